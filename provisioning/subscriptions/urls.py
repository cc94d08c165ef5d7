from django.urls import path

from . import views

app_name = "subscriptions"
urlpatterns = [
    path("", views.subscription_list, name="list"),
    path("<slug:public_id>/", views.subscription_detail, name="subscription"),
    path("<slug:public_id>/delete/", views.delete, name="delete"),
    *(
        path(f"<slug:public_id>/{name}/", views.change, {"name": name}, name=name)
        for name in ("suspend", "resume", "cancel", "restore", "extend")
    ),
]
