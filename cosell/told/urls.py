from django.urls import path

from . import views

app_name = "cosell_told"

urlpatterns = [
    path("address/", views.address, name="address"),
    path("deal/<str:engagement>/", views.engagement, name="engagement"),
    path("<str:public_id>/", views.deal, name="deal"),
]
