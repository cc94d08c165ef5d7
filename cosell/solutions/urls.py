"""The addresses of solutions, under /cosell/solutions/."""

from django.urls import path

from . import views

app_name = "solutions"
urlpatterns = [
    path("", views.solution_list, name="list"),
    path("add/", views.add, name="add"),
    path("<slug:public_id>/", views.solution_detail, name="solution"),
    path("<slug:public_id>/edit/", views.edit, name="edit"),
    path("<slug:public_id>/publish/", views.change, {"name": "publish"}, name="publish"),
    path("<slug:public_id>/ask/", views.change, {"name": "ask"}, name="ask"),
    path("<slug:public_id>/take-back/", views.change, {"name": "take_back"}, name="take_back"),
    path("<slug:public_id>/retire/", views.change, {"name": "retire"}, name="retire"),
    path("<slug:public_id>/bring-back/", views.change, {"name": "bring_back"}, name="bring_back"),
    path("<slug:public_id>/make-ready/", views.make_ready, name="make_ready"),
    path("<slug:public_id>/send-back/", views.say_not_ready, {"name": "send_back"}, name="send_back"),
    path("<slug:public_id>/withdraw/", views.say_not_ready, {"name": "withdraw"}, name="withdraw"),
]
