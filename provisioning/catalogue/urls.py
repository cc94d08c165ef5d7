from django.urls import path

from . import views

app_name = "setup_settings"
urlpatterns = [
    path("", views.part_list, name="parts"),
    path("days/", views.days, name="days"),
    path("days/change/", views.change_days, name="change_days"),
    path("words/", views.words, name="words"),
    path("words/new/", views.add_words, name="add_words"),
    path("words/<slug:public_id>/remove/", views.remove_word, name="remove_word"),
    path("parts/new/", views.add_part, name="add_part"),
    path("parts/<slug:number>/", views.part_page, name="part"),
    path("parts/<slug:number>/change/", views.change_part, name="change_part"),
    path("parts/<slug:number>/remove/", views.remove_part, name="remove_part"),
    path("parts/<slug:number>/elements/", views.add_element, name="add_element"),
    path("elements/<slug:public_id>/change/", views.change_element, name="change_element"),
    path("elements/<slug:public_id>/retire/", views.retire_element, name="retire_element"),
]
