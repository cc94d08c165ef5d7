from django.urls import path

from . import views

app_name = "cosell_bulk"
urlpatterns = [
    path("", views.send, name="send"),
    path("deals.csv", views.download, name="download"),
    path("empty.csv", views.empty, name="empty"),
    path("sent/", views.uploads, name="uploads"),
    path("sent/<slug:public_id>/", views.upload, name="upload"),
    path("sent/<slug:public_id>/errors/", views.errors, name="errors"),
    path("sent/<slug:public_id>/file/", views.original, name="original"),
]
