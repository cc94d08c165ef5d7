from django.urls import path

from . import views

app_name = "setup_forms"
urlpatterns = [
    path("", views.form_list, name="list"),
    path("<slug:public_id>/", views.form_page, name="form"),
    path("<slug:public_id>/fill/", views.fill, name="fill"),
]
