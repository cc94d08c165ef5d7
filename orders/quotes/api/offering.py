"""From proposal to quote, and on to its next version, its end, or an order."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.privileges import Privilege

from ...models import OrderLine
from ...placing import actions as placing
from ...placing.output import OrderOut
from .. import actions
from .ground import MANAGE, QuotePart, naming_what_is_wrong
from .input import EmptyIn, QuoteCloseIn, QuoteOpenIn, QuoteOrderIn
from .output import QuoteOut


class Offering(QuotePart):
    """Opened, revised, closed, ordered."""

    privileges: ClassVar = {
        "open": MANAGE, "revise": MANAGE, "close": MANAGE, "order": Privilege.ORDER_PLACE,
    }  # fmt: skip
    may_match = ("open", "revise", "close", "order")

    @extend_schema(summary="Open a proposal as a quote", request=QuoteOpenIn, responses={200: QuoteOut})
    @action(detail=True, methods=["post"])
    def open(self, request: Request, public_id: str) -> Response:
        """Its prices stand from then on. A former version that is open is superseded."""
        quote = self.to_change(public_id)
        given = self.valid(QuoteOpenIn)
        with naming_what_is_wrong():
            quote = actions.open_quote(quote, **given, **self.common(quote))
        return self.answer(quote)

    @extend_schema(summary="Begin the next version of a quote", request=EmptyIn, responses={200: QuoteOut})
    @action(detail=True, methods=["post"])
    def revise(self, request: Request, public_id: str) -> Response:
        """If somebody has begun it already, that is it."""
        quote = self.to_change(public_id)
        self.valid(EmptyIn)
        return self.answer(actions.revise_quote(quote, **self.common(quote)))

    @extend_schema(summary="Close an open quote", request=QuoteCloseIn, responses={200: QuoteOut})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, public_id: str) -> Response:
        quote = self.to_change(public_id)
        reason = self.valid(QuoteCloseIn)["reason"]
        return self.answer(actions.close_quote(quote, reason=reason, **self.common(quote)))

    @extend_schema(summary="Order what a quote offers", request=QuoteOrderIn, responses={201: OrderOut})
    @action(detail=True, methods=["post"])
    def order(self, request: Request, public_id: str) -> Response:
        """All that is left, or so many of each line that is named."""
        quote = self.to_change(public_id, Privilege.ORDER_PLACE)
        given = self.valid(QuoteOrderIn)
        named = given.pop("lines", None)
        quantities = None if named is None else {line["id"]: line["quantity"] for line in named}
        details = {
            line["id"]: placing.Details(line.get("requested_start"), line.get("provisioning_email", ""))
            for line in named or []
        }
        try:
            order = placing.order_quote(quote, quantities, details=details, **given, **self.common(quote))
        except placing.TooManyOrdered as over:
            words = _("%(num)s are left.")
            wrong = {id_: {"quantity": [words % {"num": left}]} for id_, left in over.left.items()}
            raise serializers.ValidationError({"lines": wrong}) from None
        except placing.NothingOrdered:
            message = _("Say how many are ordered of at least one line.")
            raise serializers.ValidationError({"lines": [message]}) from None
        except placing.DetailsMissing as missing:
            message = _("Say from which day on it is wanted, and who sets it up.")
            wrong = {id_: {"provisioning_email": [message]} for id_ in missing.lines}
            raise serializers.ValidationError({"lines": wrong}) from None
        order.shown_lines = list(OrderLine.objects.filter(order=order).order_by("position"))  # type: ignore[attr-defined]
        return self.one(order, OrderOut, status=201, at=("api-orders-detail", order.public_id))
