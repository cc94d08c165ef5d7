from django.urls import path

from . import views

app_name = "cosell_desk"

urlpatterns = [
    path("", views.deal_list, name="list"),
    path("counts/", views.counts, name="counts"),
    path("send/", views.choose_site, name="send"),
    path("send/<slug:number>/", views.send, name="send_to"),
    path("<slug:public_id>/", views.deal, name="deal"),
    path("<slug:public_id>/accept/", views.accept, name="accept"),
    path("<slug:public_id>/decline/", views.decline, name="decline"),
    path("<slug:public_id>/seller/", views.seller, name="seller"),
    path("<slug:public_id>/win/", views.win, name="win"),
    path("<slug:public_id>/lose/", views.lose, name="lose"),
]
