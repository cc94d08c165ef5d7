"""The settings' pages about the rules of deal registration."""

from django.urls import path

from .views import programme
from .views.questions import questions

app_name = "rules"
urlpatterns = [
    path("", programme.numbers, name="list"),
    path("minimum-values/", programme.minimum_values, name="minimum_values"),
    path("discounts/", programme.discounts, name="discounts"),
    path("reasons/", programme.reasons, name="reasons"),
    path("tiers/", programme.tiers, name="tiers"),
    path("partners/", programme.partner_tiers, name="partners"),
    path("partners/<slug:public_id>/", programme.partner_tier, name="partner"),
    path("questions/", questions, name="questions"),
    path("history/", programme.history, name="history"),
    path("history/<int:number>/", programme.version, name="version"),
    path("<slug:which>/new/", programme.add_entry, name="add_entry"),
    path("<slug:which>/<slug:code>/change/", programme.change_entry, name="change_entry"),
]
