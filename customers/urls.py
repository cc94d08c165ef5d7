from django.urls import path

from . import views

app_name = "customers"
urlpatterns = [
    path("", views.related_list, name="list"),
    path("export.csv", views.export, {"format": "csv"}, name="export_csv"),
    path("export.xlsx", views.export, {"format": "xlsx"}, name="export_xlsx"),
    path("suggest/", views.suggest, name="suggest"),
    path("<slug:public_id>/contacts/suggest/", views.suggest_contact, name="suggest_contact"),
]
