from django.urls import path

from . import register, views

app_name = "deals"
urlpatterns = [
    path("", views.deal_list, name="list"),
    path("filters/", views.filters, name="filters"),
    path("counts/", views.counts, name="counts"),
    path("export.csv", views.export, {"format": "csv"}, name="export_csv"),
    path("export.xlsx", views.export, {"format": "xlsx"}, name="export_xlsx"),
    path("register/", register.begin, name="register"),
    path("opportunities/", register.opportunities, name="opportunities"),
    path("opportunities/new/", register.new_opportunity, name="new_opportunity"),
    path("opportunities/<slug:public_id>/close/", register.close_opportunity, name="close_opportunity"),
    path("<slug:public_id>/", views.deal_detail, name="detail"),
    path("<slug:public_id>/edit/<slug:step>/", register.edit, name="edit"),
    path("<slug:public_id>/edit/<slug:step>/save/", register.autosave, name="autosave"),
    path("<slug:public_id>/review/", register.review, name="review"),
    path("<slug:public_id>/discard/", register.discard, name="discard"),
    path("<slug:public_id>/take/", views.take, name="take"),
    path("<slug:public_id>/approve/", views.approve, name="approve"),
    path("<slug:public_id>/return/", views.return_, name="return"),
    path("<slug:public_id>/reject/", views.reject, name="reject"),
    path("<slug:public_id>/revoke/", views.revoke, name="revoke"),
    path("<slug:public_id>/withdraw/", views.withdraw, name="withdraw"),
    path("<slug:public_id>/win/", views.win, name="win"),
    path("<slug:public_id>/lose/", views.lose, name="lose"),
    path("<slug:public_id>/comment/", views.comment, name="comment"),
    path("<slug:public_id>/attach/", views.attach, name="attach"),
    path("<slug:public_id>/files/<slug:file_id>/", views.download, name="download"),
    path("<slug:public_id>/files/<slug:file_id>/take-back/", views.detach, name="detach"),
    path("<slug:public_id>/again/", views.again, name="again"),
]
