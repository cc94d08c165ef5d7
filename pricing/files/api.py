"""The partner's side of prices for programs: files, what changed, parts with their prices, and what they cost before.

`/api/v1/price-files/`, `price-changes/`, `prices/`, `price-history/`: all of them for reading.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from babel.numbers import get_currency_precision
from django.http import Http404, HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import ResourceViewSet
from identity.privileges import Privilege

from ..models import (
    COLUMNS,
    ChangeKind,
    FileFormat,
    Offer,
    Part,
    PriceBook,
    PriceEdition,
    PriceFile,
    PriceList,
    Window,
)
from . import changes, part_search, price_history, shelf
from .offered import offered_sets
from .views import MEDIA_TYPES, handed_out

VIEW = Privilege.PRICE_FILE_VIEW
FORMATS = [format.value for format in FileFormat]
DECIMAL = "A decimal number in the book's currency."


def plain(minor_units: int | None, currency: str) -> str | None:
    """An amount as the API writes them: "48500.00"."""
    if minor_units is None:
        return None
    return f"{Decimal(minor_units).scaleb(-get_currency_precision(currency)):f}"


class EditionBriefOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    announcement_no = serializers.CharField(source="name")
    effective_on = serializers.DateField(help_text="The first day, in the book's time zone.")


# ------------------------------------------------------------------------------------------ files


class PriceFileFilters(serializers.Serializer[Any]):
    book = serializers.CharField(max_length=12, required=False, help_text="A price book's id.")
    window = serializers.ChoiceField(Window.choices, required=False)
    file_format = serializers.ChoiceField(FORMATS, required=False, source="format")
    with_cost = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="With the partner's own cost, or without."
    )


class PriceFileOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    book = serializers.CharField(source="file_set.book.public_id", help_text="The price book's id.")
    country = serializers.CharField()
    currency = serializers.CharField(source="file_set.book.currency")
    kind = serializers.CharField(source="file_set.book.kind")
    price_list = serializers.ChoiceField(PriceList.choices)
    with_cost = serializers.BooleanField()
    window = serializers.ChoiceField(Window.choices)
    format = serializers.ChoiceField(FORMATS)
    editions = serializers.SerializerMethodField(help_text="Those it has prices of, by their dates.")
    name = serializers.CharField(help_text="What it is called where it is saved.")
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField(help_text="Its checksum, and its ETag.")
    rows = serializers.IntegerField(help_text="Prices in it.")
    built_at = serializers.DateTimeField()
    content = serializers.SerializerMethodField(help_text="Where the file itself is.")

    @extend_schema_field(EditionBriefOut(many=True))
    def get_editions(self, file: PriceFile) -> Any:
        known = self.context["editions"]
        return EditionBriefOut([known[each] for each in file.editions if each in known], many=True).data

    @extend_schema_field(OpenApiTypes.URI)
    def get_content(self, file: PriceFile) -> str:
        path = reverse("api-price-files-content", args=[file.public_id])
        return str(self.context["request"].build_absolute_uri(path))


class PriceFileViewSet(ResourceViewSet):
    """The price files offered today, of the site's country and price list."""

    privileges: ClassVar = {"list": VIEW, "retrieve": VIEW, "content": VIEW}
    ordering: ClassVar = ("-built_at", "-id")
    versioned = False
    known: dict[int, PriceEdition]

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "editions": getattr(self, "known", {})}

    def _file(self, public_id: str) -> PriceFile:
        try:
            return shelf.offered_file(public_id, by=self.actor, now=self.now)
        except PriceFile.DoesNotExist:
            raise Http404 from None

    @extend_schema(
        summary="Price files", parameters=[PriceFileFilters], responses={200: PriceFileOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        """The newest first."""
        asked = self.asked(PriceFileFilters)
        sets = offered_sets(self.now)
        self.known = _editions_in(each for one in sets.values() for each in one.editions)
        offered = shelf.offered_files(self.actor).filter(file_set__in=[each.id for each in sets.values()])
        for name in ("window", "format", "with_cost"):
            if asked.get(name) is not None:
                offered = offered.filter(**{name: asked[name]})
        if "book" in asked:
            offered = offered.filter(file_set__book__public_id=asked["book"])
        return self.page_of(offered, PriceFileOut)

    @extend_schema(summary="A price file", responses={200: PriceFileOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        file = shelf.offered_files(self.actor).get(id=self._file(public_id).id)
        self.known = _editions_in(file.editions)
        return self.one(file, PriceFileOut)

    @extend_schema(
        summary="Download a price file",
        responses={(200, media_type): OpenApiTypes.BINARY for media_type in MEDIA_TYPES.values()},
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def content(self, request: Request, public_id: str) -> HttpResponseBase:
        """Whole, or with `Range` a part (206), as long as `If-Range` holds. With `If-None-Match` it is not sent again
        (304). Each download is recorded.
        """
        return handed_out(request._request, self._file(public_id))


def _editions_in(ids: Any) -> dict[int, PriceEdition]:
    return {each.id: each for each in PriceEdition.objects.filter(id__in=set(ids))}


# ------------------------------------------------------------------------------------------ changes


class SummaryFilters(serializers.Serializer[Any]):
    book = serializers.CharField(
        max_length=12, required=False, help_text="A price book's id; by default, the first of the country."
    )
    since = serializers.CharField(
        max_length=12,
        required=False,
        help_text="An edition's id; by default, the latest of your last download.",
    )
    until = serializers.CharField(
        max_length=12, required=False, help_text="An edition's id; by default, the newest there is."
    )
    q = serializers.CharField(
        max_length=changes.LONGEST,
        required=False,
        help_text="The beginning of a part number, words of the description, or a product line.",
    )
    line = serializers.CharField(max_length=20, required=False, help_text="A product line's code.")
    column = serializers.ChoiceField(
        COLUMNS, required=False, help_text="The price that rose or fell; by default, that of your own level."
    )


class ChangeFilters(SummaryFilters):
    kind = serializers.ChoiceField(ChangeKind.choices, required=False)
    order = serializers.ChoiceField([(name, name) for name in changes.ORDERS], required=False)


class ChangedPriceOut(serializers.Serializer[Any]):
    old = serializers.CharField(allow_null=True, help_text=DECIMAL)
    new = serializers.CharField(allow_null=True, help_text=DECIMAL)
    percent = serializers.DecimalField(
        20,
        2,
        allow_null=True,
        help_text="Rounded to two decimals, halves away from zero; null where a price was missing or nothing.",
    )


class PriceChangeOut(serializers.Serializer[Any]):
    part_number = serializers.CharField(source="part.number")
    description = serializers.CharField(source="part.description")
    product_line = serializers.CharField(source="part.line.name")
    kind = serializers.ChoiceField(ChangeKind.choices)
    prices = serializers.SerializerMethodField(help_text="By price column: those of your price list.")

    @extend_schema_field(serializers.DictField(child=ChangedPriceOut()))
    def get_prices(self, change: Any) -> Any:
        return {column: self._price(change, column) for column in self.context["columns"]}

    def _price(self, change: Any, column: str) -> Any:
        old, new = getattr(change, f"old_{column}"), getattr(change, f"new_{column}")
        percent, currency = price_history.percent(old, new), self.context["currency"]
        told = {"old": plain(old, currency), "new": plain(new, currency), "percent": percent}
        return ChangedPriceOut(told).data


class ChangeSummaryOut(serializers.Serializer[Any]):
    book = serializers.CharField(help_text="The price book's id.")
    currency = serializers.CharField()
    since = EditionBriefOut(allow_null=True)
    until = EditionBriefOut(allow_null=True)
    column = serializers.CharField(help_text="The price that `risen` and `fallen` are about.")
    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    changed = serializers.IntegerField()
    risen = serializers.IntegerField()
    fallen = serializers.IntegerField()


class PriceChangeViewSet(ResourceViewSet):
    """What differs between two editions of a price book, part by part."""

    privileges: ClassVar = {"list": VIEW, "summary": VIEW}
    ordering = changes.ORDERS["number"]
    answers_besides: ClassVar = {"list": ("404",), "summary": ("404",)}  # of a book or an edition

    def _comparison(self) -> changes.Comparison:
        try:
            return changes.comparison(self.request._request.GET, by=self.actor, now=self.now)
        except (PriceBook.DoesNotExist, PriceEdition.DoesNotExist):
            raise Http404 from None

    def get_serializer_context(self) -> dict[str, Any]:
        found = getattr(self, "compared", None)
        told = {"columns": found.mine.columns, "currency": found.shelf.book.currency} if found else {}
        return {**super().get_serializer_context(), **told}

    @extend_schema(
        summary="What changed", parameters=[ChangeFilters], responses={200: PriceChangeOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        """By part number, or the biggest rises or falls first."""
        self.asked(ChangeFilters)
        self.compared = found = self._comparison()
        self.ordering = changes.ORDERS[found.order]
        if found.asked is None:
            return Response({"results": [], "next": None, "previous": None})
        return self.page_of(changes.changes(found.asked).select_related("part__line"), PriceChangeOut)

    @extend_schema(summary="How much changed", parameters=[SummaryFilters], responses={200: ChangeSummaryOut})
    @action(detail=False, methods=["get"], pagination_class=None)
    def summary(self, request: Request) -> Response:
        self.asked(SummaryFilters)
        found = self._comparison()
        asked, book = found.asked, found.shelf.book
        nothing = dict.fromkeys(("added", "removed", "changed", "risen", "fallen"), 0)
        told = {
            "book": book.public_id,
            "currency": book.currency,
            "since": asked.since if asked else None,
            "until": asked.until if asked else None,
            "column": asked.column if asked else found.mine.column,
        }
        return Response(ChangeSummaryOut(told | (changes.totals(asked) if asked else nothing)).data)


# ------------------------------------------------------------------------------------------ parts


class Whose(serializers.Serializer[Any]):
    """The vendor's people say whose prices they ask for; of partners it is left out."""

    country = serializers.CharField(max_length=2, required=False, help_text="For the vendor's people.")
    list = serializers.ChoiceField(PriceList.choices, required=False, help_text="For the vendor's people.")


class PriceSearch(Whose):
    q = serializers.CharField(
        max_length=changes.LONGEST,
        help_text="The beginning of a part number, words of the description, or a product line.",
    )
    book = serializers.CharField(max_length=12, required=False, help_text="A price book's id.")


class PriceOut(serializers.Serializer[Any]):
    book = serializers.CharField(help_text="The price book's id.")
    currency = serializers.CharField()
    edition = EditionBriefOut()
    state = serializers.ChoiceField([("current", "current"), ("future", "future")])
    prices = serializers.DictField(
        child=serializers.CharField(allow_null=True),
        help_text="By price column, those of your price list: decimal numbers in the currency.",
    )


class PricedPartOut(serializers.Serializer[Any]):
    part_number = serializers.CharField()
    description = serializers.CharField()
    product_line = serializers.CharField()
    type = serializers.CharField()
    offers = PriceOut(many=True)


class PriceViewSet(ResourceViewSet):
    """Parts with what they cost now, and from when on something else."""

    privileges: ClassVar = {"list": VIEW}
    ordering: ClassVar = ("number",)

    @extend_schema(
        summary="Find parts and prices", parameters=[PriceSearch], responses={200: PricedPartOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        """By part number; parts that have a price in the country."""
        asked = self.asked(PriceSearch)
        mine = _whose(self.actor, asked)
        found = shelf.shelves(shelf.books_of(mine.country), by=self.actor, now=self.now)
        found = [each for each in found if asked.get("book", each.book.public_id) == each.book.public_id]
        editions = [edition.id for each in found for edition in each.editions]
        parts: list[Any] = self.paginate_queryset(part_search.priced_parts(asked["q"], editions)) or []
        offers = _offers(parts, editions, mine)
        rows = [
            {
                "part_number": part.number,
                "description": part.description,
                "product_line": part.line.name,
                "type": part.type,
                "offers": [
                    {
                        "book": each.book.public_id,
                        "currency": each.book.currency,
                        "edition": edition,
                        "state": "current" if edition is each.current else "future",
                        "prices": {
                            column: plain(amount, each.book.currency)
                            for column, amount in zip(mine.columns, offers[edition.id, part.id], strict=True)
                        },
                    }
                    for each in found
                    for edition in each.editions
                    if (edition.id, part.id) in offers
                ],
            }
            for part in parts
        ]
        return self.get_paginated_response(PricedPartOut(rows, many=True).data)


def _whose(actor: Any, asked: dict[str, Any]) -> shelf.Entitled:
    return shelf.entitled(actor, country=asked.get("country", ""), price_list=asked.get("list", ""))


def _offers(
    parts: list[Part], editions: list[int], mine: shelf.Entitled
) -> dict[tuple[int, int], list[int | None]]:
    rows = Offer.objects.filter(edition_id__in=editions, part_id__in=[part.id for part in parts])
    return {
        (edition, part): prices
        for edition, part, *prices in rows.values_list("edition_id", "part_id", *mine.columns)
    }


class HistoryFilters(Whose):
    column = serializers.ChoiceField(
        COLUMNS, required=False, help_text="A price column; by default, that of your own level."
    )


class StepOut(serializers.Serializer[Any]):
    edition = EditionBriefOut()
    state = serializers.ChoiceField([("past", "past"), ("current", "current"), ("future", "future")])
    amount = serializers.SerializerMethodField(help_text=f"{DECIMAL} Null: not offered.")
    percent = serializers.DecimalField(
        20, 2, source="change", allow_null=True, help_text="The change from the edition before."
    )

    def get_amount(self, step: price_history.Step) -> str | None:
        return plain(step.amount, step.edition.book.currency)


class PriceHistoryOut(serializers.Serializer[Any]):
    book = serializers.CharField(source="book.public_id", help_text="The price book's id.")
    currency = serializers.CharField(source="book.currency")
    kind = serializers.CharField(source="book.kind")
    steps = StepOut(many=True)


class PriceHistoryViewSet(ResourceViewSet):
    """What a part cost, costs and will cost."""

    privileges: ClassVar = {"retrieve": VIEW}
    versioned = False
    lookup_field = "number"
    lookup_value_regex = "[A-Z0-9]{7}"
    pagination_class = None  # type: ignore[assignment]

    @extend_schema(
        summary="The prices of a part",
        parameters=[HistoryFilters],
        responses={200: PriceHistoryOut(many=True)},
    )
    def retrieve(self, request: Request, number: str) -> Response:
        """In each book of the country, the oldest first."""
        asked = self.asked(HistoryFilters)
        mine = _whose(self.actor, asked)
        part: Part = self.found(Part.objects.all(), number)
        column = asked.get("column", mine.column)
        found = shelf.shelves(shelf.books_of(mine.country), by=self.actor, now=self.now)
        column = column if column in mine.columns else mine.column
        histories = price_history.histories(part, found, column)
        if not histories:
            raise Http404
        return Response(PriceHistoryOut(histories, many=True).data)
