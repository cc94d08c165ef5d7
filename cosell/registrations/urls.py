"""The addresses of registrations, under /cosell/registrations/."""

from django.urls import path

from . import views

app_name = "registrations"
urlpatterns = [
    path("", views.registration_list, name="list"),
    path("new/<slug:public_id>/", views.register, name="register"),
    path("<slug:public_id>/", views.registration_detail, name="registration"),
    path("<slug:public_id>/correct/", views.correct, name="correct"),
    path("<slug:public_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<slug:public_id>/approve/", views.decide, {"name": "approve"}, name="approve"),
    path("<slug:public_id>/require-action/", views.decide, {"name": "require_action"}, name="require_action"),
    path("<slug:public_id>/fail/", views.decide, {"name": "fail"}, name="fail"),
    path("<slug:public_id>/close/", views.decide, {"name": "close"}, name="close"),
]
