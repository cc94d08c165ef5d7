from django.urls import path

from . import page, views

app_name = "customers"
urlpatterns = [
    path("", views.related_list, name="list"),
    path("export.csv", views.export, {"format": "csv"}, name="export_csv"),
    path("export.xlsx", views.export, {"format": "xlsx"}, name="export_xlsx"),
    path("suggest/", views.suggest, name="suggest"),
    path("<slug:public_id>/", page.customer_page, name="customer"),
    path("<slug:public_id>/contacts/suggest/", views.suggest_contact, name="suggest_contact"),
]
