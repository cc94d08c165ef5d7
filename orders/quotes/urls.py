from django.urls import path

from . import views

app_name = "quotes"
urlpatterns = [
    path("", views.quote_list, name="list"),
    path("counts/", views.counts, name="counts"),
    path("new/", views.begin, name="new"),
    path("<slug:public_id>/", views.quote_detail, name="quote"),
    path("<slug:public_id>/lines/", views.lines, name="lines"),
    path("<slug:public_id>/add/", views.add, name="add"),
    path("<slug:public_id>/edit/", views.edit, name="edit"),
    path("<slug:public_id>/reprice/", views.reprice, name="reprice"),
    path("<slug:public_id>/split/", views.split, name="split"),
    path("<slug:public_id>/merge/", views.merge, name="merge"),
    path("<slug:public_id>/discard/", views.discard, name="discard"),
    path("<slug:public_id>/open/", views.open_, name="open"),
    path("<slug:public_id>/revise/", views.revise, name="revise"),
    path("<slug:public_id>/close/", views.close, name="close"),
    path("<slug:public_id>/order/", views.order, name="order"),
]
