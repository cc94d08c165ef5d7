"""`/api/v1/deals/` and `/api/v1/opportunities/`: everything the pages do, through the same actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from babel.numbers import get_currency_precision
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.countries import countries
from customers.models import Customer
from customers.names import search_domain, search_name
from identity.api import CHANGED, Conflict, Input, ResourceViewSet
from identity.models import Site, SiteKind
from identity.privileges import Privilege
from pricing.money import CURRENCIES
from pricing.queries import parts_by_number

from . import actions, queries
from .models import LARGEST_VALUE, PRODUCTS, Deal, DealEvent, Opportunity, VisibleTo
from .possible import demand_deed, demand_reseller
from .states import LostReason, RejectReason, Stage, Status

P = Privilege
VIEW, REGISTER, DECIDE = P.DEAL_VIEW, P.DEAL_REGISTER, P.DEAL_DECIDE
CURRENCY_CHOICES = [(code, code) for code in sorted(CURRENCIES)]


def decimals(minor_units: int | None, currency: str) -> str | None:
    """An amount in the API: "1250.50", with the currency's own number of decimals."""
    if minor_units is None:
        return None
    return str(Decimal(minor_units).scaleb(-get_currency_precision(currency or "USD")))


# ------------------------------------------------------------------------------------------------ what comes out


class DealCustomerOut(serializers.Serializer[Deal]):
    id = serializers.CharField(
        source="customer.public_id",
        default=None,
        allow_null=True,
        help_text="In the shared directory; null while a draft's customer is not in it.",
    )
    name = serializers.CharField(source="customer_name")
    country = serializers.CharField(source="customer_country", help_text="ISO 3166-1.")
    tax_id = serializers.CharField(source="customer_tax_id")
    web_domain = serializers.CharField(source="customer_domain")


class DealContactOut(serializers.Serializer[Deal]):
    name = serializers.CharField(source="contact_name")
    job_title = serializers.CharField(source="contact_job_title")
    email = serializers.CharField(source="contact_email")
    phone = serializers.CharField(source="contact_phone")


class DealProductOut(serializers.Serializer[Any]):
    part_number = serializers.CharField()
    description = serializers.CharField()
    quantity = serializers.IntegerField()


class DealPartyOut(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="7 digits, as text.")
    name = serializers.CharField()


class DealOut(serializers.Serializer[Deal]):
    id = serializers.CharField(source="public_id")
    status = serializers.ChoiceField(Status.choices)
    reference = serializers.CharField(
        source="submission_ref", allow_null=True, help_text="From the first submission on."
    )
    number = serializers.CharField(allow_null=True, help_text="The registration number, from approval on.")
    name = serializers.CharField()
    partner = serializers.SerializerMethodField()
    customer = DealCustomerOut(source="*")
    contact = DealContactOut(source="*")
    products = DealProductOut(many=True, source="dealproducts.all")
    value = serializers.SerializerMethodField(method_name="get_amount")
    currency = serializers.CharField()
    close_on = serializers.DateField(allow_null=True)
    stage = serializers.ChoiceField(Stage.choices)
    competitors = serializers.CharField()
    next_steps = serializers.CharField()
    distributor = serializers.SerializerMethodField()
    sales_contact = serializers.CharField(source="owner_name")
    engineer_name = serializers.CharField()
    engineer_email = serializers.CharField()
    reviewer = serializers.CharField(source="reviewer_name")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(
        allow_null=True, help_text="The first complete submission: first come is judged by it."
    )
    decision_due_at = serializers.DateTimeField(
        allow_null=True, help_text="By when a decision is promised; null while none is awaited."
    )
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_code = serializers.CharField(help_text="Of a rejection.")
    decision_text = serializers.CharField()
    approved_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    outcome_code = serializers.CharField(help_text="Why a deal was lost.")
    outcome_text = serializers.CharField()
    version = serializers.IntegerField(help_text="Raised by every change; also the ETag.")

    @extend_schema_field(DealPartyOut)
    def get_partner(self, deal: Deal) -> dict[str, str]:
        return {"number": deal.site_number, "name": deal.site_name}

    def get_amount(self, deal: Deal) -> str | None:
        """As a decimal number in text."""
        return decimals(deal.value, deal.currency)

    @extend_schema_field(DealPartyOut(allow_null=True))
    def get_distributor(self, deal: Deal) -> dict[str, str] | None:
        if deal.distributor is None:
            return None
        return {"number": deal.distributor.number, "name": deal.distributor_name}


class DealEventOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(DealEvent.Kind.choices)
    actor = serializers.CharField(source="actor_name")
    actor_kind = serializers.CharField()
    visible_to = serializers.ChoiceField(VisibleTo.choices)
    code = serializers.CharField()
    text = serializers.CharField()


class OpportunityOut(serializers.Serializer[Opportunity]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    customer_name = serializers.CharField()
    customer_country = serializers.CharField()
    stage = serializers.ChoiceField(Stage.choices)
    value = serializers.SerializerMethodField(method_name="get_amount")
    currency = serializers.CharField()
    close_on = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    status = serializers.CharField()
    created_at = serializers.DateTimeField()

    def get_amount(self, opportunity: Opportunity) -> str | None:
        return decimals(opportunity.value, opportunity.currency)


# ------------------------------------------------------------------------------------------------ what goes in


class AmountField(serializers.DecimalField):
    """A decimal number; the currency says how many decimals it may have."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=3, **kwargs)


def minor_units(value: Decimal, currency: str) -> int:
    """The amount in minor units. Raises ValidationError for more decimals than the currency has, and out of range."""
    scaled = value.scaleb(get_currency_precision(currency))
    if scaled != scaled.to_integral_value():
        raise serializers.ValidationError({"value": [_("This currency has fewer decimals.")]})
    if not 0 < scaled <= LARGEST_VALUE:
        raise serializers.ValidationError({"value": [_("This is not the value of a deal. Check it.")]})
    return int(scaled)


class DealCustomerIn(Input):
    """A customer of the directory by its `id`, or a name and country (and what else is known)."""

    id = serializers.CharField(required=False, max_length=12)
    name = serializers.CharField(required=False, max_length=200)
    country = serializers.RegexField("^[A-Z]{2}$", required=False, help_text="ISO 3166-1, two capitals.")
    tax_id = serializers.CharField(required=False, max_length=30, allow_blank=True)
    web_domain = serializers.CharField(required=False, max_length=100, allow_blank=True)

    def validate_country(self, country: str) -> str:
        if country not in countries():
            raise serializers.ValidationError(_("There is no country of this code."))
        return country

    def validate_name(self, name: str) -> str:
        if not search_name(name):
            raise serializers.ValidationError(_("A name has at least one letter or digit."))
        return " ".join(name.split())


class DealContactIn(Input):
    name = serializers.CharField(max_length=120)
    job_title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)


class DealProductIn(Input):
    part_number = serializers.CharField(max_length=7)
    quantity = serializers.IntegerField(min_value=1, max_value=1_000_000, default=1)


class DealIn(Input):
    """What a partner writes of a deal. A draft may leave anything out."""

    name = serializers.CharField(max_length=120, required=False)
    customer = DealCustomerIn(required=False)
    contact = DealContactIn(required=False)
    products = DealProductIn(many=True, required=False, max_length=PRODUCTS)  # type: ignore[call-arg]
    value = AmountField(required=False)
    currency = serializers.ChoiceField(CURRENCY_CHOICES, required=False)
    close_on = serializers.DateField(required=False)
    stage = serializers.ChoiceField(Stage.choices, required=False)
    competitors = serializers.CharField(max_length=500, required=False, allow_blank=True)
    next_steps = serializers.CharField(max_length=2000, required=False)
    distributor = serializers.RegexField(
        r"^\d{7}$", required=False, allow_null=True, help_text="The distributor's site number, or null."
    )
    engineer_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    engineer_email = serializers.EmailField(max_length=254, required=False, allow_blank=True)

    def validate_products(self, products: list[dict[str, Any]]) -> list[tuple[Any, int]]:
        numbers = [product["part_number"].upper() for product in products]
        if len(set(numbers)) < len(numbers):
            raise serializers.ValidationError(_("A part is named twice; raise its quantity instead."))
        known = parts_by_number(numbers)
        if unknown := [number for number in numbers if number not in known]:
            message = _("These part numbers are not sold: %(numbers)s.") % {"numbers": ", ".join(unknown)}
            raise serializers.ValidationError(message)
        return [(known[product["part_number"].upper()], product["quantity"]) for product in products]

    def validate_distributor(self, number: str | None) -> Site | None:
        if number is None:
            return None
        found = Site.objects.filter(number=number, kind=SiteKind.DISTRIBUTOR, is_active=True).first()
        if found is None:
            raise serializers.ValidationError(_("There is no distributor of this number."))
        return found

    def changes(self, deal: Deal, given: dict[str, Any]) -> dict[str, Any]:
        """The checked input, by the names that `save_draft` knows."""
        changes = dict(given)
        if contact := changes.pop("contact", None):
            changes |= {f"contact_{name}": value for name, value in contact.items()}
        if customer := changes.pop("customer", None):
            changes |= self._customer(customer)
        if "value" in changes:
            changes["value"] = minor_units(changes["value"], changes.get("currency", deal.currency))
        elif "currency" in changes and deal.value and changes["currency"] != deal.currency:
            raise serializers.ValidationError({"value": [_("With another currency, give the value again.")]})
        return changes

    @staticmethod
    def _customer(given: dict[str, Any]) -> dict[str, Any]:
        if chosen := given.get("id"):
            known = Customer.objects.filter(public_id=chosen).first()
            if known is None:
                message = _("This company is not in the directory.")
                raise serializers.ValidationError({"customer": {"id": [message]}})
            return {"customer": known}
        if "web_domain" in given:
            given["web_domain"] = search_domain(given["web_domain"])
        names = {"name": "customer_name", "country": "customer_country", "tax_id": "customer_tax_id"}
        names["web_domain"] = "customer_domain"
        return {"customer": None} | {names[name]: value for name, value in given.items()}


class NewDealIn(DealIn):
    submit = serializers.BooleanField(
        default=True, help_text="Hand it in at once; it has to be complete then. False keeps a draft."
    )


class DealCommentIn(Input):
    text = serializers.CharField(max_length=4000)
    visible_to = serializers.ChoiceField(
        VisibleTo.choices, default=VisibleTo.ALL, help_text="`staff` is for the vendor's people only."
    )

    def validate_visible_to(self, value: str) -> str:
        """A partner's note for the vendor alone would be read by all: it is refused instead."""
        if value == VisibleTo.STAFF and not self.context["request"].actor.is_staff:
            self.fields["visible_to"].fail("invalid_choice", input=value)
        return value


class DealTextIn(Input):
    text = serializers.CharField(max_length=2000)


class DealNoteIn(Input):
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class DealRejectIn(DealTextIn):
    code = serializers.ChoiceField(RejectReason.choices)


class DealLoseIn(DealNoteIn):
    code = serializers.ChoiceField(LostReason.choices)


class EmptyIn(Input):
    """An empty object, or no body at all."""


class OpportunityIn(Input):
    name = serializers.CharField(max_length=120)
    customer_name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    customer_country = serializers.RegexField("^[A-Z]{2}$", required=False)
    stage = serializers.ChoiceField(Stage.choices, default=Stage.QUALIFIED)
    value = AmountField(required=False)
    currency = serializers.ChoiceField(CURRENCY_CHOICES, default="USD")
    close_on = serializers.DateField(required=False)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class DealFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(Status.choices, required=False)
    q = serializers.CharField(
        required=False, max_length=200, help_text="A registration number, a reference, or a customer's name."
    )
    expires_within_days = serializers.IntegerField(required=False, min_value=0, max_value=400)


# ------------------------------------------------------------------------------------------------ the resources


class DealViewSet(ResourceViewSet):
    """Deal registrations: a site's own, those that name a distributor, or what the partners handed in."""

    privileges: ClassVar = {
        "list": VIEW, "retrieve": VIEW, "events": VIEW,
        "create": REGISTER, "partial_update": REGISTER, "destroy": REGISTER, "submit": REGISTER,
        "withdraw": REGISTER, "win": REGISTER, "lose": REGISTER, "again": REGISTER,
        "comment": (REGISTER, DECIDE),
        "take": DECIDE, "approve": DECIDE, "return_": DECIDE, "reject": DECIDE, "revoke": DECIDE,
    }  # fmt: skip
    ordering = queries.NEWEST_FIRST
    may_match = ("submit", "withdraw", "win", "lose", "take", "approve", "return_", "reject", "revoke")
    answers: ClassVar = {
        actions.DealNotOpen: Conflict(
            "deal_not_open", gettext_lazy("The deal is in a state in which this cannot be done (any more).")
        ),
        actions.DealChanged: CHANGED,
        actions.DistributorUnknown: Conflict(
            "distributor_unknown", gettext_lazy("The site named is not an active distributor.")
        ),
    }

    @extend_schema(
        summary="Deals, the newest first", parameters=[DealFilters], responses={200: DealOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        asked = self.asked(DealFilters)
        wanted = Q()
        if status := asked.get("status"):
            wanted &= Q(status=status)
        if text := asked.get("q", "").strip():
            wanted &= queries.meant_by(text, self.actor)
        if (days := asked.get("expires_within_days")) is not None:
            wanted &= Q(status=Status.APPROVED, expires_at__lt=self.now + timedelta(days=days))
        return self.page_of(_whole().filter(wanted), DealOut)

    @extend_schema(summary="A deal", responses={200: DealOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self.found(_whole(), public_id), DealOut)

    @extend_schema(summary="Register a deal", request=NewDealIn, responses={201: DealOut})
    def create(self, request: Request) -> Response:
        """Registers a deal in one call, or keeps a draft with `"submit": false`."""
        demand_reseller(self.actor)
        given = self.valid(NewDealIn)
        submit = given.pop("submit")
        with transaction.atomic():  # all of it, or nothing
            deal = actions.begin_deal(by=self.actor, now=self.now)
            deal = self._write(deal, given, NewDealIn)
            if submit:
                deal = self._hand_in(deal)
        return self._answer(deal, status=201)

    @extend_schema(summary="Change a draft or a returned deal", request=DealIn, responses={200: DealOut})
    def partial_update(self, request: Request, public_id: str) -> Response:
        demand_reseller(self.actor)
        deal = self.found(Deal.objects.all(), public_id)
        self.match(deal)
        return self._answer(self._write(deal, self.valid(DealIn), DealIn, version=deal.version))

    @extend_schema(summary="Discard a draft", responses={204: None})
    def destroy(self, request: Request, public_id: str) -> Response:
        demand_reseller(self.actor)
        actions.discard_draft(self.found(Deal.objects.all(), public_id), by=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(
        summary="What happened to a deal, the newest first", responses={200: DealEventOut(many=True)}
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def events(self, request: Request, public_id: str) -> Response:
        deal = self.found(Deal.objects.all(), public_id)
        return Response(DealEventOut(queries.events_of(deal), many=True).data)

    # -- the partner's

    @extend_schema(summary="Hand a draft or a returned deal in", request=EmptyIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, public_id: str) -> Response:
        demand_reseller(self.actor)
        deal = self.found(Deal.objects.all(), public_id)
        return self._answer(self._hand_in(deal, version=self._seen(deal)))

    @extend_schema(summary="Withdraw", request=DealNoteIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, public_id: str) -> Response:
        return self._do("withdraw", actions.withdraw_deal, DealNoteIn, public_id)

    @extend_schema(summary="Mark as won", request=EmptyIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def win(self, request: Request, public_id: str) -> Response:
        return self._do("win", actions.win_deal, EmptyIn, public_id)

    @extend_schema(summary="Mark as lost", request=DealLoseIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def lose(self, request: Request, public_id: str) -> Response:
        return self._do("lose", actions.lose_deal, DealLoseIn, public_id)

    @extend_schema(
        summary="Take a closed deal up again in a new draft", request=EmptyIn, responses={201: DealOut}
    )
    @action(detail=True, methods=["post"])
    def again(self, request: Request, public_id: str) -> Response:
        demand_deed("again", self.actor)
        previous = self.found(Deal.objects.all(), public_id)
        self.valid(EmptyIn)
        deal = actions.begin_deal(previous=previous, by=self.actor, now=self.now)
        return self._answer(deal, status=201)

    @extend_schema(summary="Comment", request=DealCommentIn, responses={201: DealEventOut})
    @action(detail=True, methods=["post"])
    def comment(self, request: Request, public_id: str) -> Response:
        deal = self.found(Deal.objects.all(), public_id)
        event = actions.comment_on_deal(deal, **self.valid(DealCommentIn), by=self.actor, now=self.now)
        return Response(DealEventOut(event).data, status=201)

    # -- the deal desk's

    @extend_schema(summary="Begin to review", request=EmptyIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def take(self, request: Request, public_id: str) -> Response:
        return self._do("take", actions.take_under_review, EmptyIn, public_id)

    @extend_schema(summary="Approve", request=DealNoteIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, public_id: str) -> Response:
        return self._do("approve", actions.approve_deal, DealNoteIn, public_id)

    @extend_schema(summary="Return for changes", request=DealTextIn, responses={200: DealOut})
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def return_(self, request: Request, public_id: str) -> Response:
        return self._do("return", actions.return_deal, DealTextIn, public_id)

    @extend_schema(summary="Reject", request=DealRejectIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, public_id: str) -> Response:
        return self._do("reject", actions.reject_deal, DealRejectIn, public_id)

    @extend_schema(summary="Revoke an approval", request=DealTextIn, responses={200: DealOut})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, public_id: str) -> Response:
        return self._do("revoke", actions.revoke_deal, DealTextIn, public_id)

    # -- pieces

    def _do(self, name: str, act: Callable[..., Deal], serializer: type[Input], public_id: str) -> Response:
        deal = self.found(Deal.objects.all(), public_id)
        demand_deed(name, self.actor)
        given = self.valid(serializer)
        return self._answer(act(deal, **given, version=self._seen(deal), by=self.actor, now=self.now))

    def _seen(self, deal: Deal) -> int | None:
        """With If-Match, only the deal that the caller has seen is acted on. Raises Refused (412)."""
        if "If-Match" not in self.request.headers:
            return None
        self.match(deal)
        return deal.version

    def _write(
        self, deal: Deal, given: dict[str, Any], serializer: type[DealIn], version: int | None = None
    ) -> Deal:
        changes = serializer().changes(deal, given)
        return actions.save_draft(deal, changes=changes, version=version, by=self.actor, now=self.now)

    def _hand_in(self, deal: Deal, version: int | None = None) -> Deal:
        """Raises ValidationError with what is missing, by the names that the input has."""
        try:
            return actions.submit_deal(deal, version=version, by=self.actor, now=self.now)
        except actions.DealIncomplete as incomplete:
            details: dict[str, Any] = {}
            for item in incomplete.missing:
                details.setdefault(INPUT_NAMES.get(item.field, item.field), []).append(item.message)
            raise serializers.ValidationError(details) from None

    def _answer(self, deal: Deal, *, status: int = 200) -> Response:
        at = ("api-deals-detail", deal.public_id) if status == 201 else None
        return self.one(_whole().get(id=deal.id), DealOut, status=status, at=at)


INPUT_NAMES = {
    "customer_name": "customer",
    "customer_country": "customer",
    "contact_name": "contact",
    "contact_email": "contact",
}


def _whole() -> QuerySet[Deal]:
    return Deal.objects.select_related("customer", "distributor").prefetch_related("dealproducts")


class OpportunityViewSet(ResourceViewSet):
    """Chances of a sale, which only the site itself sees."""

    privileges: ClassVar = {"list": REGISTER, "create": REGISTER, "close": REGISTER}
    versioned = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        demand_reseller(self.actor)

    @extend_schema(summary="Opportunities, the newest first", responses={200: OpportunityOut(many=True)})
    def list(self, request: Request) -> Response:
        return self.page_of(Opportunity.objects.all(), OpportunityOut)

    @extend_schema(summary="Note an opportunity", request=OpportunityIn, responses={201: OpportunityOut})
    def create(self, request: Request) -> Response:
        given = self.valid(OpportunityIn)
        if "value" in given:
            given["value"] = minor_units(given["value"], given["currency"])
        found = actions.note_opportunity(**given, by=self.actor, now=self.now)
        return self.one(found, OpportunityOut, status=201)

    @extend_schema(summary="Close an opportunity", request=EmptyIn, responses={200: OpportunityOut})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, public_id: str) -> Response:
        self.valid(EmptyIn)
        found = self.found(Opportunity.objects.all(), public_id)
        actions.close_opportunity(found, by=self.actor, now=self.now)
        found.refresh_from_db()
        return self.one(found, OpportunityOut)
