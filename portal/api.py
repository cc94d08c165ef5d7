"""The API's addresses: the resources of every app, and their description."""

from __future__ import annotations

from functools import cache

from django.http import HttpResponse
from django.urls import path, re_path
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from accounts.api import AccessRequestViewSet, InvitationViewSet, MemberViewSet, SiteViewSet
from calendars.api import CalendarViewSet, HolidayViewSet
from cosell.bulk.api import ReferralUploadViewSet
from cosell.desk.api import CosellDeskViewSet
from cosell.directory.api import DirectoryViewSet
from cosell.leads.api import LeadViewSet
from cosell.matching.api import MatchFiguresViewSet, NeedViewSet
from cosell.notes.api import NotesViewSet
from cosell.profiles.api import ProfileViewSet
from cosell.referrals.api import ReferralViewSet
from cosell.registrations.api import WonRegistrationViewSet
from cosell.rights.api import CosellRoleViewSet, LocationViewSet
from cosell.solutions.api import SolutionViewSet
from cosell.told.api import CosellAddressViewSet
from customers.api import ContactViewSet, CustomerViewSet, RelationshipViewSet
from deals.api import (
    DealViewSet,
    OpportunityViewSet,
    ProposalViewSet,
    RulesViewSet,
    SiteTierViewSet,
)
from feeds.api import DeliveryViewSet, FeedViewSet
from identity.api import Refused
from identity.me import MeViewSet
from notifications.api import NotificationViewSet
from orders.guide.api import GuidedSellingViewSet
from orders.papers.api import QuotePaperViewSet
from orders.placing.api import OrderViewSet
from orders.quotes.api import QuoteViewSet
from pricing.books.api import PriceBookViewSet, PriceEditionViewSet
from pricing.files.api import PriceChangeViewSet, PriceFileViewSet, PriceHistoryViewSet, PriceViewSet
from pricing.products.api import PartViewSet, ProductLineViewSet
from pricing.rates.api import ExchangeRateViewSet
from provisioning.catalogue.api import (
    NameWordViewSet,
    SetupElementViewSet,
    SetupPartViewSet,
    SetupRulesViewSet,
)
from provisioning.elements.api import ProvisioningFormViewSet
from provisioning.lines.api import SetupLineViewSet
from provisioning.organisations.api import OrganisationViewSet
from provisioning.subscriptions.api import SubscriptionViewSet
from renewals.api import RenewalViewSet
from reports.api import SavedViewViewSet
from reports.exports_api import ExportViewSet
from reports.report_api import ReportViewSet
from reports.schedules_api import ScheduleViewSet

router = SimpleRouter()
router.register("deals", DealViewSet, basename="api-deals")
router.register("opportunities", OpportunityViewSet, basename="api-opportunities")
router.register("proposals", ProposalViewSet, basename="api-proposals")
router.register("rules", RulesViewSet, basename="api-rules")
router.register("site-tiers", SiteTierViewSet, basename="api-site-tiers")
router.register("quotes", QuoteViewSet, basename="api-quotes")
router.register("orders", OrderViewSet, basename="api-orders")
router.register("setup-lines", SetupLineViewSet, basename="api-setup-lines")
router.register("provisioning-forms", ProvisioningFormViewSet, basename="api-provisioning-forms")
router.register("setup-parts", SetupPartViewSet, basename="api-setup-parts")
router.register("setup-elements", SetupElementViewSet, basename="api-setup-elements")
router.register("setup-rules", SetupRulesViewSet, basename="api-setup-rules")
router.register("name-words", NameWordViewSet, basename="api-name-words")
router.register("profiles", ProfileViewSet, basename="api-profiles")
router.register("directory", DirectoryViewSet, basename="api-directory")
router.register("customers", CustomerViewSet, basename="api-customers")
router.register("contacts", ContactViewSet, basename="api-contacts")
router.register("relationships", RelationshipViewSet, basename="api-relationships")
router.register("parts", PartViewSet, basename="api-parts")
router.register("product-lines", ProductLineViewSet, basename="api-product-lines")
router.register("price-books", PriceBookViewSet, basename="api-price-books")
router.register("price-editions", PriceEditionViewSet, basename="api-price-editions")
router.register("price-files", PriceFileViewSet, basename="api-price-files")
router.register("price-changes", PriceChangeViewSet, basename="api-price-changes")
router.register("prices", PriceViewSet, basename="api-prices")
router.register("price-history", PriceHistoryViewSet, basename="api-price-history")
router.register("quotes", QuotePaperViewSet, basename="api-quote-papers")
router.register("guided-selling", GuidedSellingViewSet, basename="api-guided-selling")
router.register("members", MemberViewSet, basename="api-members")
router.register("invitations", InvitationViewSet, basename="api-invitations")
router.register("access-requests", AccessRequestViewSet, basename="api-access-requests")
router.register("sites", SiteViewSet, basename="api-sites")
router.register("calendars", CalendarViewSet, basename="api-calendars")
router.register("holidays", HolidayViewSet, basename="api-holidays")
router.register("notifications", NotificationViewSet, basename="api-notifications")
router.register("views", SavedViewViewSet, basename="api-views")
router.register("exchange-rates", ExchangeRateViewSet, basename="api-exchange-rates")
router.register("renewals", RenewalViewSet, basename="api-renewals")
router.register("subscriptions", SubscriptionViewSet, basename="api-subscriptions")
router.register("organisations", OrganisationViewSet, basename="api-organisations")
router.register("notes", NotesViewSet, basename="api-notes")
router.register("solutions", SolutionViewSet, basename="api-solutions")
router.register("won-registrations", WonRegistrationViewSet, basename="api-won-registrations")
router.register("locations", LocationViewSet, basename="api-locations")
router.register("cosell-roles", CosellRoleViewSet, basename="api-cosell-roles")
router.register("cosell-desk", CosellDeskViewSet, basename="api-cosell-desk")
router.register("cosell-address", CosellAddressViewSet, basename="api-cosell-address")
router.register("referrals", ReferralViewSet, basename="api-referrals")
router.register("feeds", FeedViewSet, basename="api-feeds")
router.register("deliveries", DeliveryViewSet, basename="api-deliveries")
router.register("reports", ReportViewSet, basename="api-reports")
router.register("exports", ExportViewSet, basename="api-exports")
router.register("referral-uploads", ReferralUploadViewSet, basename="api-referral-uploads")
router.register("schedules", ScheduleViewSet, basename="api-schedules")
router.register("leads", LeadViewSet, basename="api-leads")
router.register("needs", NeedViewSet, basename="api-needs")
router.register("match-figures", MatchFiguresViewSet, basename="api-match-figures")


@cache
def description() -> bytes:
    """The OpenAPI document, in English; made once by each process."""
    with translation.override("en"):
        document = SchemaGenerator().get_schema(request=None, public=True)
    return bytes(JSONRenderer().render(document))


class OpenView(APIView):
    """For everybody, with or without a key."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    metadata_class = None


@extend_schema(exclude=True)
class SchemaView(OpenView):
    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(description(), content_type="application/json")


@extend_schema(exclude=True)
class UnknownAddress(OpenView):
    """Whatever is asked of an address that does not exist: JSON says so, and nothing is redirected."""

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        hint = {} if request.path.endswith("/") else {"hint": _("Every address ends with a slash.")}
        raise Refused(404, "not_found", _("There is nothing at this address."), details=hint)


urlpatterns = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("me/", MeViewSet.as_view({"get": "retrieve"}), name="api-me"),
    *router.urls,
    re_path(r"^(?P<rest>.*)$", UnknownAddress.as_view(), name="api-unknown"),
]
