from django.urls import path

from . import views

app_name = "organisations"
urlpatterns = [
    path("", views.organisation_list, name="list"),
    path("<slug:public_id>/", views.organisation_detail, name="organisation"),
    path("<slug:public_id>/trial/", views.begin_trial, name="trial"),
]
