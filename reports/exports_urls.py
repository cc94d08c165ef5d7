from django.urls import path

from . import exports_views as views

app_name = "exports"
urlpatterns = [
    path("", views.export_list, name="list"),
    path("new/<slug:source>/<slug:level>/<slug:format>/", views.new, name="new"),
    path("<slug:public_id>/", views.detail, name="detail"),
    path("<slug:public_id>/file/", views.download, name="download"),
    path("<slug:public_id>/cancel/", views.cancel, name="cancel"),
    path("<slug:public_id>/again/", views.again, name="again"),
]
