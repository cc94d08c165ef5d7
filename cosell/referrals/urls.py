from django.urls import path

from . import views

app_name = "referrals"
urlpatterns = [
    path("", views.deal_list, name="list"),
    path("counts/", views.counts, name="counts"),
    path("new/", views.new, name="new"),
    path("customers/", views.suggest_customer, name="suggest_customer"),
    path("<slug:public_id>/", views.deal_detail, name="deal"),
    path("<slug:public_id>/edit/", views.edit, name="edit"),
    path("<slug:public_id>/favourite/", views.favourite, name="favourite"),
    path("<slug:public_id>/invite/", views.invite, name="invite"),
    *(
        path(f"<slug:public_id>/{name}/", views.answer, {"name": name}, name=name)
        for name in ("accept", "decline", "win", "lose", "stage", "upgrade", "recreate")
    ),
]
