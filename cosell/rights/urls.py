"""The addresses of access, roles and locations, under /cosell/."""

from django.urls import path

from . import views

app_name = "cosell"
urlpatterns = [
    path("", views.home, name="home"),
    path("ask/", views.ask, name="ask"),
    path("roles/", views.people, name="roles"),
    path("roles/<slug:public_id>/", views.member_roles, name="member_roles"),
    path("locations/", views.location_list, name="locations"),
    path("locations/add/", views.add_location, name="add_location"),
    path("locations/<slug:public_id>/", views.location_page, name="location"),
    path("locations/<slug:public_id>/close/", views.close_location, name="close_location"),
    path("locations/<slug:public_id>/reopen/", views.reopen_location, name="reopen_location"),
]
