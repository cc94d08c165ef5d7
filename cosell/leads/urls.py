from django.urls import path

from . import views

app_name = "leads"
urlpatterns = [
    path("", views.lead_list, name="list"),
    path("counts/", views.counts, name="counts"),
    path("<slug:public_id>/", views.lead_detail, name="lead"),
    path("<slug:public_id>/accept/", views.accept, name="accept"),
    path("<slug:public_id>/archive/", views.archive, name="archive"),
    path("<slug:public_id>/spam/", views.spam, name="spam"),
    path("<slug:public_id>/restore/", views.restore, name="restore"),
    path("<slug:public_id>/assign/", views.assign, name="assign"),
    path("<slug:public_id>/favourite/", views.favourite, name="favourite"),
    path("<slug:public_id>/deal/", views.deal, name="deal"),
]
