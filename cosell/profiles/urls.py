"""The addresses of business profiles, under /cosell/profiles/."""

from django.urls import path

from . import views

app_name = "profiles"
urlpatterns = [
    path("", views.profile_list, name="list"),
    path("new/", views.make, name="make"),
    path("waiting/", views.queue, name="queue"),
    path("<slug:public_id>/", views.profile_detail, name="profile"),
    path("<slug:public_id>/change/", views.change, name="change"),
    path("<slug:public_id>/logo/", views.logo, name="logo"),
    path("<slug:public_id>/review/", views.review, name="review"),
    path("<slug:public_id>/approve/", views.approve, name="approve"),
    path("<slug:public_id>/stop/", views.stop, name="stop"),
    *(
        path(f"<slug:public_id>/{name.replace('_', '-')}/", views.do, {"name": name}, name=name)
        for name in ("publish", "take_back", "withdraw", "delete")
    ),
]
