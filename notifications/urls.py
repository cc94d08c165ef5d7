from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.read_all, name="read_all"),
    path("preferences/", views.preferences, name="preferences"),
    path("preferences/address/", views.address, name="address"),
    path("preferences/address/confirm/<str:token>/", views.confirm_address, name="confirm_address"),
    path("<str:public_id>/", views.open_item, name="open"),
    path("<str:public_id>/read/", views.read_one, name="read_one"),
    path("<str:public_id>/switch/", views.switch, name="switch"),
]
