"""`/api/v1/cosell-desk/`: the vendor's side of co-sell deals, for the vendor's people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from deals.api.input import AmountField
from deals.api.output import decimals
from identity.access import PrivilegeMissing
from identity.api import CHANGED, Conflict, Input, ResourceViewSet
from identity.models import Site
from identity.privileges import Privilege

from ..models import Location, Referral, Seller, Solution, SolutionStatus, VendorReferral
from ..referrals.api.input import in_minor_units
from ..referrals.content import DealContent, Wanted
from ..states import (
    CompanySize,
    Direction,
    HelpType,
    PartnerReason,
    SalesStage,
    Sharing,
    Status,
    Substatus,
    VendorReason,
)
from . import actions, listing

P = Privilege
LOOKERS = (P.REFERRAL_ANSWER, P.COSELL_DECIDE)


class CosellDeskFilters(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, max_length=200, help_text="Deal, customer, partner or number.")
    show = serializers.ChoiceField(
        [tab.name for tab in listing.TABS if tab.of_vendor is not None], required=False,
        help_text="`awaiting` an answer, `active`, `closed`, or `sent` to partners; all of them when it is not given.",
    )  # fmt: skip
    country = serializers.CharField(required=False, max_length=2, help_text="Of the customer; ISO 3166-1.")


class CosellSellerOut(serializers.Serializer[Seller]):
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()


class CosellDeskPartnerOut(serializers.Serializer[Any]):
    """The partner's side of the deal, as it shares it."""

    id = serializers.CharField(source="public_id")
    partner_number = serializers.CharField(source="site_number")
    partner_name = serializers.CharField(source="site_name")
    location = serializers.CharField(source="location_name")
    name = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    substatus = serializers.ChoiceField(Substatus.choices)
    reason = serializers.ChoiceField(PartnerReason.choices, allow_blank=True)
    stage = serializers.ChoiceField(SalesStage.choices)
    customer_name = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1.")
    duns = serializers.CharField()
    value = serializers.SerializerMethodField(method_name="in_figures")
    currency = serializers.CharField()
    close_on = serializers.DateField()
    help_type = serializers.ChoiceField(HelpType.choices, allow_blank=True)
    vendor_notes = serializers.CharField()
    contact_email = serializers.CharField()

    def in_figures(self, referral: Referral) -> str | None:
        return decimals(referral.value, referral.currency)


class CosellDeskOut(serializers.Serializer[VendorReferral]):
    id = serializers.CharField(source="public_id")
    engagement = serializers.CharField()
    direction = serializers.ChoiceField(Direction.choices, help_text="As the vendor sees it.")
    status = serializers.ChoiceField(Status.choices)
    substatus = serializers.ChoiceField(Substatus.choices)
    reason = serializers.ChoiceField(
        VendorReason.choices, allow_blank=True,
        help_text="What the partner is shown: empty where the deal expired, or is worth less than USD 25,000.",
    )  # fmt: skip
    value_usd = serializers.SerializerMethodField(
        help_text="In US dollars, at the rate of the day of the answer; null before, and where no rate was known."
    )
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="Until when the vendor's answer is awaited."
    )
    accepted_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    seller = serializers.SerializerMethodField()
    deal = CosellDeskPartnerOut(source="referral")
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")

    def get_value_usd(self, side: VendorReferral) -> str | None:
        return decimals(side.value_usd, "USD")

    @extend_schema_field(CosellSellerOut(allow_null=True))
    def get_seller(self, side: VendorReferral) -> Any:
        seller = getattr(side, "seller", None)
        return CosellSellerOut(seller).data if seller is not None else None


class CosellSellerIn(Input):
    name = serializers.CharField(max_length=120)
    email = serializers.EmailField(max_length=254)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class CosellDeskAcceptIn(Input):
    seller = CosellSellerIn(help_text="Who works on it; the partner sees them from then on.")


class CosellDeskDeclineIn(Input):
    reason = serializers.ChoiceField(VendorReason.choices)


class CosellDeskCloseIn(Input):
    won = serializers.BooleanField()


class CosellDeskSendIn(Input):
    """A deal for a partner: inbound there."""

    partner_number = serializers.CharField(max_length=7)
    location = serializers.CharField(max_length=12, help_text="The id of one of the partner's locations.")
    seller = CosellSellerIn()
    name = serializers.CharField(max_length=120)
    customer_name = serializers.CharField(max_length=200)
    customer_size = serializers.ChoiceField(CompanySize.choices, required=False, default="")
    address_line1 = serializers.CharField(max_length=200)
    address_line2 = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    city = serializers.CharField(max_length=120)
    state = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    postal_code = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    country = serializers.CharField(max_length=2, help_text="ISO 3166-1.")
    duns = serializers.CharField(max_length=9, required=False, allow_blank=True, default="")
    contact_first_name = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    contact_last_name = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    contact_title = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    contact_phone = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    contact_email = serializers.EmailField(max_length=254, required=False, allow_blank=True, default="")
    value = AmountField(help_text="With at most the decimals of its currency.")
    currency = serializers.CharField(max_length=3)
    close_on = serializers.DateField()
    notes = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    solutions = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, default=list, max_length=50,
        help_text="Ids of published solutions of the partner.",
    )  # fmt: skip
    consent_share = serializers.BooleanField(help_text="The customer agrees that it is shared with others.")
    consent_contact = serializers.BooleanField(help_text="The customer agrees to be contacted.")
    consent_sellers = serializers.BooleanField(
        help_text="The customer agrees that the vendor's sellers see it."
    )


class CosellDeskViewSet(ResourceViewSet):
    """The vendor's side of co-sell deals: what awaits the vendor's answer, what it works on, and what it sent."""

    privileges: ClassVar = {
        "list": LOOKERS, "retrieve": LOOKERS, "create": P.REFERRAL_ANSWER, "accept": P.REFERRAL_ANSWER,
        "decline": P.REFERRAL_ANSWER, "seller": P.REFERRAL_ANSWER, "close": P.REFERRAL_ANSWER,
    }  # fmt: skip
    may_match = ("accept", "decline", "seller", "close")
    answers: ClassVar = {actions.SideChanged: CHANGED}

    @extend_schema(
        summary="The vendor's side of deals, the newest first",
        parameters=[CosellDeskFilters],
        responses={200: CosellDeskOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        asked = self.asked(CosellDeskFilters)
        tab = listing.tab_named(asked["show"]) if "show" in asked else listing.EVERY
        found = listing.found_in(tab, listing.Wanted.of(asked))
        return self.page_of(found.select_related("referral", "seller"), CosellDeskOut)

    @extend_schema(summary="The vendor's side of a deal", responses={200: CosellDeskOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self._side(public_id), CosellDeskOut)

    @extend_schema(
        summary="Send a deal to a partner", request=CosellDeskSendIn, responses={201: CosellDeskOut}
    )
    def create(self, request: Request) -> Response:
        """It is inbound there, and the partner has the usual time to answer."""
        given = self.valid(CosellDeskSendIn)
        site = get_object_or_404(Site, number=given.pop("partner_number"))
        seller = actions.SellerDetails(**given.pop("seller"))
        content = DealContent(
            **given | {"value": in_minor_units("value", given["value"], given["currency"]),
                       "location": self._location(site, given["location"]),
                       "solutions": self._solutions(site, given["solutions"])},
            sharing=Sharing.COSELL, team=(),
        )  # fmt: skip
        try:
            sent = actions.send_deal(content, site=site, seller=seller, by=self.actor, now=self.now)
        except actions.BadContent as error:
            raise serializers.ValidationError(error.errors) from None
        except actions.NotPossible as error:
            raise _refused(error) from None
        side = VendorReferral.objects.select_related("referral", "seller").get(referral=sent)
        return self.one(side, CosellDeskOut, status=201, at=("api-cosell-desk-detail", side.public_id))

    def _location(self, site: Site, public_id: str) -> Location:
        found = Location.objects.filter(site=site, public_id=public_id).first()
        if found is None:
            raise serializers.ValidationError({"location": [_("This partner has no such location.")]})
        return found

    def _solutions(self, site: Site, ids: Any) -> tuple[Wanted, ...]:
        wanted = list(dict.fromkeys(ids))
        found = {
            each.public_id: each
            for each in Solution.objects.filter(
                site=site, status=SolutionStatus.PUBLISHED, public_id__in=wanted
            )
        }
        if missing := [each for each in wanted if each not in found]:
            message = _("This partner has no such published solution: %(id)s.") % {"id": missing[0]}
            raise serializers.ValidationError({"solutions": [message]})
        return tuple(Wanted(found[each]) for each in wanted)

    @extend_schema(summary="Accept a deal", request=CosellDeskAcceptIn, responses={200: CosellDeskOut})
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, public_id: str) -> Response:
        return self._do(
            public_id, CosellDeskAcceptIn,
            lambda side, given, seen: actions.accept_for_vendor(side, seller=_seller(given["seller"]), **seen),
        )  # fmt: skip

    @extend_schema(summary="Decline a deal", request=CosellDeskDeclineIn, responses={200: CosellDeskOut})
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, public_id: str) -> Response:
        """Where the deal is worth less than USD 25,000 at the day's rate, the partner is shown no reason."""
        return self._do(
            public_id, CosellDeskDeclineIn,
            lambda side, given, seen: actions.decline_for_vendor(side, reason=given["reason"], **seen),
        )  # fmt: skip

    @extend_schema(summary="Name another seller", request=CosellSellerIn, responses={200: CosellDeskOut})
    @action(detail=True, methods=["post"])
    def seller(self, request: Request, public_id: str) -> Response:
        return self._do(
            public_id, CosellSellerIn,
            lambda side, given, seen: actions.change_seller(side, seller=_seller(given), **seen),
        )  # fmt: skip

    @extend_schema(summary="Close as won or lost", request=CosellDeskCloseIn, responses={200: CosellDeskOut})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, public_id: str) -> Response:
        """The vendor's side alone: the partner closes its own."""
        return self._do(
            public_id, CosellDeskCloseIn,
            lambda side, given, seen: actions.close_for_vendor(side, won=given["won"], **seen),
        )  # fmt: skip

    def _do(
        self,
        public_id: str,
        serializer: type[Input],
        act: Callable[[VendorReferral, dict[str, Any], dict[str, Any]], VendorReferral],
    ) -> Response:
        side = self._side(public_id)
        given = self.valid(serializer)
        seen = {"by": self.actor, "now": self.now, "version": self._seen(side)}
        try:
            act(side, given, seen)
        except actions.BadContent as error:
            raise serializers.ValidationError(error.errors) from None
        except actions.NotPossible as error:
            raise _refused(error) from None
        return self.one(self._side(public_id), CosellDeskOut)

    def _side(self, public_id: str) -> VendorReferral:
        found: VendorReferral = self.found(
            VendorReferral.objects.select_related("referral", "seller"), public_id
        )
        return found

    def _seen(self, side: VendorReferral) -> int | None:
        """The version that the caller says to have seen, if they do. Raises Refused where it is not this one."""
        if "If-Match" not in self.request.headers:
            return None
        self.match(side)
        return side.version


def _seller(given: dict[str, Any]) -> actions.SellerDetails:
    return actions.SellerDetails(given["name"], given["email"], given["phone"])


def _refused(error: actions.NotPossible) -> Exception:
    if error.of_person:
        return PrivilegeMissing(error.refusal)
    return Conflict("side_not_open", f"{error.refusal.reason} {error.refusal.who}")
