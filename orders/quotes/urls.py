from django.urls import path

from . import views

app_name = "quotes"
urlpatterns = [
    path("", views.quote_list, name="list"),
    path("counts/", views.counts, name="counts"),
    path("new/", views.begin, name="new"),
    path("<slug:public_id>/", views.quote_detail, name="quote"),
]
