from django.urls import path

from .work import views as work
from .worklist import item
from .worklist import views as worklist

app_name = "renewals"
urlpatterns = [
    path("", worklist.renewal_list, name="list"),
    path("filters/", worklist.filters, name="filters"),
    path("totals/", worklist.totals, name="totals"),
    path("export.csv", worklist.export, {"format": "csv"}, name="export_csv"),
    path("export.xlsx", worklist.export, {"format": "xlsx"}, name="export_xlsx"),
    path("together/", work.together, name="together"),
    path("<slug:public_id>/", item.item_detail, name="item"),
    path("<slug:public_id>/note/", work.note, name="note"),
    path("<slug:public_id>/assign/", work.assign, name="assign"),
    path("<slug:public_id>/snooze/", work.snooze, name="snooze"),
    path("<slug:public_id>/lose/", work.lose, name="lose"),
    path("<slug:public_id>/back/", work.back, name="back"),
]
