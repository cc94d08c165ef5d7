from django.urls import path

from . import views

app_name = "matching"
urlpatterns = [
    path("", views.figures, name="figures"),
    path("how/", views.how, name="how"),
    path("needs/", views.need_list, name="needs"),
    path("needs/new/", views.new_need, name="new_need"),
    path("needs/<slug:public_id>/", views.need_detail, name="need"),
    path("needs/<slug:public_id>/offer/", views.offer, name="offer"),
    path("needs/<slug:public_id>/close/", views.close, name="close"),
]
