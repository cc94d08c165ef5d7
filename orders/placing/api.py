"""`/api/v1/orders/`: placing orders, reading them, calling them off; accepting and rejecting for the vendor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.access import PrivilegeMissing
from identity.api import CHANGED, Conflict, Input, ResourceViewSet
from identity.privileges import Privilege
from pricing.quoting import Flaw

from ..models import Order, OrderLine, OrderStatus
from ..models.fields import LINES
from ..quotes.actions.beginning import quantity_flaw
from ..quotes.api.ground import naming_what_is_wrong
from ..quotes.api.input import EmptyIn, QuoteHeadIn
from . import actions, listing
from .basket import Basket, Item, Weighed, weigh
from .output import OrderOut, OrderSummaryOut
from .possible import SEERS, demand_placing, refusal

P = Privilege


class OrderFilters(serializers.Serializer[Any]):
    q = serializers.CharField(
        required=False, max_length=200, help_text="Customer, order, quote or PO number."
    )
    status = serializers.ChoiceField(OrderStatus.choices, required=False)
    customer = serializers.CharField(required=False, max_length=12, help_text="Its id in the directory.")
    here = serializers.BooleanField(
        required=False, default=False, help_text="Only those placed in the portal."
    )


class OrderItemIn(Input):
    part_number = serializers.CharField(max_length=7)
    quantity = serializers.IntegerField(default=1)
    requested_start = serializers.DateField(required=False, help_text="Services need it.")
    provisioning_email = serializers.EmailField(max_length=254, required=False, help_text="Services need it.")


class NewOrderIn(Input):
    customer = serializers.CharField(max_length=12, required=False, help_text="Its id in the directory.")
    customer_site = serializers.CharField(
        max_length=7, required=False, help_text="Its number; brings its customer along."
    )
    distributor = serializers.RegexField(r"^\d{7}$", required=False, help_text="Its site number.")
    deal_number = serializers.CharField(max_length=24, required=False)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    lines = OrderItemIn(many=True, min_length=1, max_length=LINES)  # type: ignore[call-arg]
    po_number = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    note = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)

    validate_customer = QuoteHeadIn.validate_customer
    validate_customer_site = QuoteHeadIn.validate_customer_site
    validate_distributor = QuoteHeadIn.validate_distributor
    validate_deal_number = QuoteHeadIn.validate_deal_number

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        held = given.get("customer_site")
        if held is not None:
            given.setdefault("customer", held.customer)
        if "customer" not in given:
            raise serializers.ValidationError({"customer": [_("Say for which customer it is.")]})
        if held is not None and held.customer_id != given["customer"].id:
            message = _("Your site knows no site of this customer by this number.")
            raise serializers.ValidationError({"customer_site": [message]})
        return given


class OrderRejectIn(Input):
    text = serializers.CharField(max_length=500, help_text="The reseller reads it.")


class OrderNoteIn(Input):
    text = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class OrderViewSet(ResourceViewSet):
    """Orders: those that a site stands on as reseller or distributor; all of them for the vendor's people."""

    privileges: ClassVar = {
        "list": SEERS, "retrieve": SEERS, "create": P.ORDER_PLACE, "cancel": P.ORDER_PLACE,
        "accept": P.ORDER_DECIDE, "reject": P.ORDER_DECIDE,
    }  # fmt: skip
    may_match = ("cancel", "accept", "reject")
    ordering = listing.NEWEST
    answers: ClassVar = {
        actions.OrderNotOpen: Conflict(
            "order_not_open", gettext_lazy("The order is in a state in which this cannot be done (any more).")
        ),
        actions.OrderChanged: CHANGED,
    }

    @extend_schema(
        summary="Orders, the newest first",
        parameters=[OrderFilters],
        responses={200: OrderSummaryOut(many=True)},
    )
    def list(self, request: Request) -> Response:
        asked = self.asked(OrderFilters)
        found = listing.narrowed(listing.orders_in(listing.ALL), listing.Wanted.of(asked))
        if status := asked.get("status"):
            found = found.filter(status=status)
        return self.page_of(found, OrderSummaryOut)

    @extend_schema(summary="An order with its lines", responses={200: OrderOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self._answer(self.found(Order.objects.all(), public_id))

    @extend_schema(summary="Place an order", request=NewOrderIn, responses={201: OrderOut})
    def create(self, request: Request) -> Response:
        """At the prices of today. With an Idempotency-Key it is placed once, however often it is sent."""
        demand_placing(self.actor)
        given = self.valid(NewOrderIn)
        sent = given.pop("lines")
        flaws: dict[int, list[Flaw]] = {
            place: [flaw]
            for place, line in enumerate(sent)
            if (flaw := quantity_flaw(place, line["quantity"]))
        }
        if flaws:
            raise serializers.ValidationError({"lines": _wrong(sent, flaws, {})})
        po_number, note = given.pop("po_number"), given.pop("note")
        with naming_what_is_wrong():
            weighed = weigh(
                Basket(items=[_item(line) for line in sent], **given), by=self.actor, now=self.now
            )
        if weighed.of_all:
            raise serializers.ValidationError({"customer_site": [flaw.text for flaw in weighed.of_all]})
        if not weighed.is_whole:
            raise serializers.ValidationError({"lines": _wrong(sent, weighed.flaws, weighed.unknown)})
        try:
            order = actions.place_order(
                weighed.quote, weighed.lines, basket="", po_number=po_number, note=note,
                by=self.actor, now=self.now,
            )  # fmt: skip
        except actions.DetailsMissing as missing:
            raise serializers.ValidationError({"lines": _details(weighed, missing)}) from None
        return self._answer(order, status=201)

    @extend_schema(
        summary="Call an order off that the vendor has not answered",
        request=OrderNoteIn,
        responses={200: OrderOut},
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, public_id: str) -> Response:
        return self._do("cancel", actions.cancel_order, OrderNoteIn, public_id)

    @extend_schema(summary="Accept an order", request=EmptyIn, responses={200: OrderOut})
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, public_id: str) -> Response:
        return self._do("accept", actions.accept_order, EmptyIn, public_id)

    @extend_schema(summary="Reject an order", request=OrderRejectIn, responses={200: OrderOut})
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, public_id: str) -> Response:
        return self._do("reject", actions.reject_order, OrderRejectIn, public_id)

    def _do(self, name: str, act: Callable[..., Order], serializer: type[Input], public_id: str) -> Response:
        order = self.found(Order.objects.all(), public_id)
        given = self.valid(serializer)
        refused = refusal(name, order, self.actor)
        if refused and (not order.placed_here or order.status == OrderStatus.PLACED):
            raise PrivilegeMissing(refused)
        return self._answer(act(order, **given, by=self.actor, now=self.now, version=self.seen(order)))

    def _answer(self, order: Order, *, status: int = 200) -> Response:
        order.shown_lines = list(OrderLine.objects.filter(order=order).order_by("position"))  # type: ignore[attr-defined]
        at = ("api-orders-detail", order.public_id) if status == 201 else None
        return self.one(order, OrderOut, status=status, at=at)


def _item(line: dict[str, Any]) -> Item:
    return Item(
        line["part_number"].upper(),
        line["quantity"],
        line.get("requested_start"),
        line.get("provisioning_email", ""),
    )


def _wrong(
    sent: list[dict[str, Any]], flaws: dict[int, list[Flaw]], unknown: dict[int, str]
) -> list[dict[str, list[str]]]:
    """What is wrong with each line, in their order."""
    found: list[dict[str, list[str]]] = [{} for _line in sent]
    for place in unknown:
        found[place]["part_number"] = [_("There is no such part, or it is no longer sold.")]
    names = {"quantity": "quantity", "starts_on": "requested_start"}
    for place, each in flaws.items():
        for flaw in each:
            found[place].setdefault(names.get(flaw.field, "part_number"), []).append(flaw.text)
    return found


def _details(weighed: Weighed, missing: actions.DetailsMissing) -> list[dict[str, list[str]]]:
    message = _("Say from which day on it is wanted, and who sets it up.")
    return [
        {"provisioning_email": [message]} if line.public_id in missing.lines else {} for line in weighed.lines
    ]
