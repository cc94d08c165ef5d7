from django.urls import path

from . import report_views

app_name = "report"
urlpatterns = [
    path("", report_views.report_list, name="list"),
    path("<slug:key>/", report_views.report_page, name="page"),
    path("<slug:key>/totals/", report_views.report_totals, name="totals"),
]
