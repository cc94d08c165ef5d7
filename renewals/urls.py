from django.urls import path

from .calendar import views as calendar
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
    path("calendar/", calendar.subscribe, name="calendar"),
    path("calendar/new/", calendar.make, name="calendar_make"),
    path("calendar/made/", calendar.made, name="calendar_made"),
    path("calendar/end/", calendar.end, name="calendar_end"),
    path("calendar/<slug:secret>.ics", calendar.feed, name="calendar_feed"),
    path("<slug:public_id>/", item.item_detail, name="item"),
    path("<slug:public_id>/note/", work.note, name="note"),
    path("<slug:public_id>/assign/", work.assign, name="assign"),
    path("<slug:public_id>/snooze/", work.snooze, name="snooze"),
    path("<slug:public_id>/lose/", work.lose, name="lose"),
    path("<slug:public_id>/back/", work.back, name="back"),
]
