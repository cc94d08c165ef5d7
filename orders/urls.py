from django.urls import path

from .placing import views

app_name = "orders"
urlpatterns = [
    path("", views.order_list, name="list"),
    path("counts/", views.counts, name="counts"),
    path("place/", views.place, name="place"),
    path("<slug:public_id>/", views.order_detail, name="order"),
    path("<slug:public_id>/cancel/", views.cancel, name="cancel"),
    path("<slug:public_id>/accept/", views.accept, name="accept"),
    path("<slug:public_id>/reject/", views.reject, name="reject"),
]
