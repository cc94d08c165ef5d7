from django.urls import path

from . import suggesting as views

app_name = "pricing"
urlpatterns = [
    path("suggest/", views.suggest, name="suggest"),
]
