from django.urls import path

from . import views

app_name = "feeds"
urlpatterns = [
    path("", views.delivery_list, name="deliveries"),
    path("kinds/", views.feed_list, name="feeds"),
    path("kinds/<slug:key>/", views.feed_page, name="feed"),
    path("kinds/<slug:key>/example/", views.example, name="example"),
    path("<slug:public_id>/", views.delivery_page, name="delivery"),
    path("<slug:public_id>/progress/", views.progress, name="progress"),
    path("<slug:public_id>/columns/", views.match_columns, name="match_columns"),
    path("<slug:public_id>/reading/", views.read_again, name="read_again"),
    path("<slug:public_id>/confirm/", views.confirm, name="confirm"),
    path("<slug:public_id>/cancel/", views.cancel, name="cancel"),
    path("<slug:public_id>/errors/", views.errors, name="errors"),
    path("<slug:public_id>/file/", views.original, name="original"),
]
