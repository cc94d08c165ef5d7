from django.urls import path

from . import views

app_name = "cosell_notes"
urlpatterns = [
    path("look/", views.look, name="look"),
    path("draft/", views.draft, name="draft"),
    path("<slug:public_id>/feedback/", views.feedback, name="feedback"),
]
