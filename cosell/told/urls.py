from django.urls import path

from . import views

app_name = "cosell_told"

urlpatterns = [
    path("address/", views.address, name="address"),
    path("invitation/<slug:invitation>/", views.side, name="side"),
    path("<slug:public_id>/", views.deal, name="deal"),
]
