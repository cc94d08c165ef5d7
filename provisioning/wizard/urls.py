from django.urls import path

from . import views

app_name = "setup"
urlpatterns = [
    path("<str:secret>/", views.start, name="start"),
    path("<str:secret>/stopped/", views.stopped, name="stopped"),
    path("<str:secret>/ordered/", views.ordered, name="ordered"),
    path("<str:secret>/services/", views.services, name="services"),
    path("<str:secret>/progress/", views.progress, name="progress"),
]
