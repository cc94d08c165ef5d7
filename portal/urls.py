"""Every address of the portal."""

from django.conf import settings
from django.urls import include, path

from accounts.views.oneself import help

from . import views
from .reference import api_reference, api_reference_resource

# Looked through from the top for each request: the busiest first, and what begins with nothing last.
urlpatterns = [
    path("", views.home, name="home"),
    path("deals/", include("deals.urls")),
    path("renewals/", include("renewals.urls")),
    path("prices/", include("pricing.files.urls")),
    path("api/v1/", include("portal.api")),
    path("account/", include("accounts.door")),
    path("quotes/", include("orders.papers.urls")),
    path("quotes/", include("orders.quotes.urls")),
    path("orders/", include("orders.urls")),
    path("help/questions/", include("cosell.faq.urls")),
    path("cosell/notes/", include("cosell.notes.urls")),
    path("settings/notes/", include("cosell.notes.settings_urls")),
    path("help/", help, name="help"),
    path("cosell/profiles/", include("cosell.profiles.urls")),
    path("partners/", include("cosell.directory.urls")),
    path("cosell/leads/", include("cosell.leads.urls")),
    path("cosell/matching/", include("cosell.matching.urls")),
    path("cosell/told/", include("cosell.told.urls")),
    path("cosell/solutions/", include("cosell.solutions.urls")),
    path("cosell/registrations/", include("cosell.registrations.urls")),
    path("cosell/desk/", include("cosell.desk.urls")),
    path("cosell/deals/file/", include("cosell.bulk.urls")),
    path("cosell/deals/", include("cosell.referrals.urls")),
    path("notifications/", include("notifications.urls")),
    path("views/", include("reports.urls")),
    path("feeds/", include("feeds.urls")),
    path("reports/exports/", include("reports.exports_urls")),
    path("reports/schedules/", include("reports.schedules_urls")),
    path("reports/", include("reports.report_urls")),
    path("provisioning/forms/", include("provisioning.elements.urls")),
    path("provisioning/", include("provisioning.urls")),
    path("subscriptions/", include("provisioning.subscriptions.urls")),
    path("organisations/", include("provisioning.organisations.urls")),
    path("setup/", include("provisioning.wizard.urls")),
    path("cosell/", include("cosell.rights.urls")),  # after the rooms under it
    path("guided-selling/", include("orders.guide.urls")),
    path("settings/guide/", include("orders.guide.settings_urls")),
    path("settings/calendars/", include("calendars.urls")),
    path("settings/rules/", include("deals.rules_urls")),
    path("settings/products/", include("pricing.products.urls")),
    path("settings/provisioning/", include("provisioning.catalogue.urls")),
    path("settings/rates/", include("pricing.rates.urls")),
    path("settings/prices/", include("pricing.books.urls")),
    path("customers/", include("customers.urls")),
    path("parts/", include("pricing.products.suggest_urls")),
    path("api-reference/", api_reference, name="api-reference"),
    path("api-reference/<slug:tag>/", api_reference_resource, name="api-reference-resource"),
    path("", include("identity.urls")),
    path("", include("accounts.urls")),
]

if settings.MODE != "production":
    urlpatterns.append(path("dev/", include("portal.dev")))

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.permission_denied"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
