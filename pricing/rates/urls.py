from django.urls import path

from . import views as rate_views

app_name = "rates"
urlpatterns = [path("", rate_views.rate_list, name="list")]
