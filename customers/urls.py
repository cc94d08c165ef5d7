from django.urls import path

from . import views

app_name = "customers"
urlpatterns = [
    path("suggest/", views.suggest, name="suggest"),
    path("<slug:public_id>/contacts/suggest/", views.suggest_contact, name="suggest_contact"),
]
