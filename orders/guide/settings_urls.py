from django.urls import path

from . import settings_views as views

app_name = "guide_settings"
urlpatterns = [
    path("", views.guide_list, name="list"),
    path("try/", views.try_it, name="try"),
    path("questions/new/", views.add_question, name="add_question"),
    path("questions/<slug:public_id>/", views.question_page, name="question"),
    path("questions/<slug:public_id>/change/", views.change_question, name="change_question"),
    path("questions/<slug:public_id>/answers/", views.add_answer, name="add_answer"),
    path("answers/<slug:public_id>/change/", views.change_answer, name="change_answer"),
    path("rules/new/", views.add_rule, name="add_rule"),
    path("rules/<slug:public_id>/change/", views.change_rule, name="change_rule"),
    path("<slug:what>/<slug:public_id>/retire/", views.retire, name="retire"),
]
