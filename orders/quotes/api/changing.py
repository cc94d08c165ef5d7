"""Working on a proposal."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from .. import actions
from ..possible import demand_maker
from .ground import MANAGE, QuotePart, naming_what_is_wrong
from .input import (
    EmptyIn,
    NewQuoteIn,
    QuoteAddIn,
    QuoteCotermIn,
    QuoteHeadIn,
    QuoteLinesIn,
    QuoteMergeIn,
    wanted,
)
from .output import QuoteOut, QuoteSummaryOut

AT_BEGINNING = ("title", "customer", "customer_site", "currency", "distributor")


class Changing(QuotePart):
    """Begun, written, co-termed, repriced, split, merged, thrown away."""

    privileges: ClassVar = dict.fromkeys(
        ("create", "partial_update", "destroy", "add", "lines", "coterm", "reprice", "split", "merge"), MANAGE
    )
    may_match = ("add", "lines", "coterm", "reprice", "split", "merge")

    @extend_schema(summary="Begin a proposal", request=NewQuoteIn, responses={201: QuoteOut})
    def create(self, request: Request) -> Response:
        demand_maker(self.actor)
        given = self.valid(NewQuoteIn)
        sent = given.pop("lines", [])
        first = {name: given.pop(name) for name in AT_BEGINNING if name in given}
        common: dict[str, Any] = {"by": self.actor, "now": self.now}
        with naming_what_is_wrong(sent), transaction.atomic():  # all of it, or nothing
            number = given.pop("deal_number", "")
            deal = actions.deal_numbered(number) if number else None
            quote = actions.begin_quote(**first, deal=deal, **common)
            if given:
                quote = actions.change_quote(quote, given, **common)
            if sent:
                quote = actions.add_lines(quote, wanted(sent), **common)
        return self.answer(quote, status=201)

    @extend_schema(summary="Change a proposal", request=QuoteHeadIn, responses={200: QuoteOut})
    def partial_update(self, request: Request, public_id: str) -> Response:
        quote = self.to_change(public_id)
        self.match(quote)
        given = self.valid(QuoteHeadIn)
        with naming_what_is_wrong():
            quote = actions.change_quote(quote, given, by=self.actor, now=self.now, version=quote.version)
        return self.answer(quote)

    @extend_schema(summary="Throw a proposal away", responses={204: None})
    def destroy(self, request: Request, public_id: str) -> Response:
        actions.discard_quote(self.to_change(public_id), by=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(summary="Add parts to a proposal", request=QuoteAddIn, responses={200: QuoteOut})
    @action(detail=True, methods=["post"])
    def add(self, request: Request, public_id: str) -> Response:
        quote = self.to_change(public_id)
        sent = self.valid(QuoteAddIn)["lines"]
        with naming_what_is_wrong(sent):
            quote = actions.add_lines(quote, wanted(sent), **self.common(quote))
        return self.answer(quote)

    @extend_schema(
        summary="Change lines of a proposal, and take others out",
        request=QuoteLinesIn,
        responses={200: QuoteOut},
    )
    @action(detail=True, methods=["post"])
    def lines(self, request: Request, public_id: str) -> Response:
        """All of it, or nothing. Errors are told by the lines' ids."""
        quote = self.to_change(public_id)
        given = self.valid(QuoteLinesIn)
        changes = {line.pop("id"): _change(line) for line in given.get("lines", [])}
        with naming_what_is_wrong():
            quote = actions.change_lines(quote, changes, remove=given.get("remove", []), **self.common(quote))
        return self.answer(quote)

    @extend_schema(
        summary="Bring coverage in line with the anniversary",
        request=QuoteCotermIn,
        responses={200: QuoteOut},
    )
    @action(detail=True, methods=["post"])
    def coterm(self, request: Request, public_id: str) -> Response:
        quote = self.to_change(public_id)
        given = self.valid(QuoteCotermIn)
        with naming_what_is_wrong():
            quote = actions.coterm_lines(quote, given.get("lines"), back=given["back"], **self.common(quote))
        return self.answer(quote)

    @extend_schema(summary="Take over the prices of today", request=EmptyIn, responses={200: QuoteOut})
    @action(detail=True, methods=["post"])
    def reprice(self, request: Request, public_id: str) -> Response:
        quote = self.to_change(public_id)
        self.valid(EmptyIn)
        return self.answer(actions.reprice_quote(quote, **self.common(quote)))

    @extend_schema(
        summary="Make a proposal for each of the customer's sites",
        request=EmptyIn,
        responses={200: QuoteSummaryOut(many=True)},
    )
    @action(detail=True, methods=["post"], pagination_class=None)
    def split(self, request: Request, public_id: str) -> Response:
        quote = self.to_change(public_id)
        self.valid(EmptyIn)
        made: Any = actions.split_by_site(quote, **self.common(quote))
        return Response(QuoteSummaryOut(made, many=True, context=self.get_serializer_context()).data)

    @extend_schema(
        summary="Take the lines of other proposals over", request=QuoteMergeIn, responses={200: QuoteOut}
    )
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, public_id: str) -> Response:
        """The others are gone then."""
        quote = self.to_change(public_id)
        others = [self.one_quote(id_) for id_ in self.valid(QuoteMergeIn)["quotes"]]
        return self.answer(actions.merge_quotes(quote, others, **self.common(quote)))


def _change(given: dict[str, Any]) -> actions.LineChange:
    if "coverage_start" in given:
        start, end = given.pop("coverage_start"), given.pop("coverage_end", None)
        given["coverage"] = (start, end) if start else ()
    given.pop("coverage_end", None)
    return actions.LineChange(**given)
