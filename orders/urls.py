from django.urls import path

from .placing import views

app_name = "orders"
urlpatterns = [
    path("", views.order_list, name="list"),
    path("place/", views.place, name="place"),
    path("<slug:public_id>/", views.order_detail, name="order"),
]
