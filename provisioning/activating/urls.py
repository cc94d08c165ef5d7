"""The addresses of setting up itself, as part of provisioning.urls."""

from django.urls import path

from . import views

urlpatterns = [path("<slug:public_id>/again/", views.again, name="again")]
