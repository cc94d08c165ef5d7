"""The public addresses, under /partners/."""

from django.urls import path

from . import views

app_name = "directory"
urlpatterns = [
    path("", views.search, name="search"),
    path("suggest/", views.suggest, name="suggest"),
    path("<slug:public_id>/", views.partner, name="partner"),
    path("<slug:public_id>/logo/", views.logo, name="logo"),
    path("<slug:public_id>/ask/", views.enquire, name="enquire"),
    path("<slug:public_id>/thanks/", views.thanks, name="thanks"),
]
