from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("", views.view_list, name="views"),
    path("save/", views.save, name="save"),
    path("<slug:public_id>/change/", views.change, name="change"),
    path("<slug:public_id>/delete/", views.delete, name="delete"),
    path("<slug:public_id>/default/", views.default, name="default"),
]
