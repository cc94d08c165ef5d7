from django.urls import path

from . import schedules_views as views

app_name = "schedules"
urlpatterns = [
    path("", views.schedule_list, name="list"),
    path("add/", views.add, name="add"),
    path("<slug:public_id>/change/", views.change, name="change"),
    path("<slug:public_id>/send/", views.send, name="send"),
    path("<slug:public_id>/pause/", views.pause, name="pause"),
    path("<slug:public_id>/resume/", views.resume, name="resume"),
    path("<slug:public_id>/delete/", views.delete, name="delete"),
]
