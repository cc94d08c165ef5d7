from django.urls import path

from . import views

app_name = "notes_settings"
urlpatterns = [path("", views.fare, name="fare")]
