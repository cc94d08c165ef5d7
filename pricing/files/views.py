"""The partner's side of price files: what there is, what changed, where a part is found and what it cost."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from identity.access import requires
from identity.actors import Actor
from identity.filestore import Stored
from identity.paging import page
from identity.places import country_name
from identity.privileges import Privilege
from identity.serving import sent_part, serve
from reports.downloads import Wanted, hand_out
from reports.files import Format
from reports.listings import QueryTooLong
from reports.sources import LIST

from ..models import FileFormat, Part, PriceBook, PriceEdition, PriceFile, PriceList, ProductLine
from . import changes, part_search, price_history, shelf
from .downloading import note_download
from .offered import STORE

VIEW = Privilege.PRICE_FILE_VIEW
MEDIA_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.PARQUET: "application/vnd.apache.parquet",
}


@requires(VIEW)
@require_GET
def file_list(request: HttpRequest) -> HttpResponse:
    """The books of a country, with the files of each, what is new and what was withdrawn."""
    now = timezone.now()
    context = _whose(request)
    found = shelf.shelves(shelf.books_of(context["mine"].country), by=request.actor, now=now)
    context["shelves"] = shelf.with_files(found, context["mine"])
    return render(request, "pricing/files/list.html", context)


@requires(VIEW)
@require_safe
def download(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The file itself, whole or in part. What is sent is written down."""
    try:
        file = shelf.offered_file(public_id, by=request.actor, now=timezone.now())
    except PriceFile.DoesNotExist:
        raise Http404 from None
    return handed_out(request, file)


def handed_out(request: HttpRequest, file: PriceFile) -> HttpResponseBase:
    """The answer to whoever may have the file, for page and API alike."""
    stored = Stored(file.stored, file.size, file.sha256)
    media_type = MEDIA_TYPES[FileFormat(file.format)]
    response = serve(request, STORE, stored, name=file.name, content_type=media_type)
    if part := sent_part(response):
        note_download(file, part, by=request.actor, now=timezone.now())
    return response


# ------------------------------------------------------------------------------------------ changes


@requires(VIEW)
@require_GET
def change_list(request: HttpRequest) -> HttpResponse:
    """What differs between two editions; by default, what is new since the site's last download."""
    found = _comparison(request)
    context: dict[str, Any] = {
        "found": found,
        "book": found.shelf.book,
        "country": country_name(found.shelf.book.country),
        "query": _normalised(request),
    }
    if found.asked is None:
        return render(request, "pricing/files/changes.html", context | {"page": None})
    listed = page(
        changes.changes(found.asked).select_related("part__line"), changes.ORDERS[found.order], request
    )
    totals = changes.totals(found.asked)
    context |= {
        "page": listed,
        "rows": [changes.Row.of(each, found.asked.column) for each in listed.items],
        "totals": totals,
        "tabs": _kinds(request, found.asked, totals),
        "columns": [(column, changes.label_of(column)) for column in found.mine.columns],
        "lines": ProductLine.objects.order_by("name", "id"),
        "taken": frozenset(found.shelf.last.editions if found.shelf.last else ()),
    }
    return render(request, "pricing/files/changes.html", context)


@requires(VIEW)
@require_GET
def change_file(request: HttpRequest, format: str) -> HttpResponseBase:
    """The same as a file, with every price of the reader's list."""
    if _comparison(request).asked is None:
        raise Http404
    wanted = Wanted(changes.CHANGES.key, _normalised(request), LIST, Format(format))
    return hand_out(request, wanted, now=timezone.now())


def _normalised(request: HttpRequest) -> str:
    """The address's filters as files know them. More than fits there asks for nothing that there is: 404."""
    try:
        return changes.CHANGES.normalised(request.GET)
    except QueryTooLong:
        raise Http404 from None


def _comparison(request: HttpRequest) -> changes.Comparison:
    try:
        return changes.comparison(request.GET, by=request.actor, now=timezone.now())
    except (PriceBook.DoesNotExist, PriceEdition.DoesNotExist):
        raise Http404 from None


def _kinds(request: HttpRequest, asked: changes.Asked, totals: dict[str, int]) -> list[tuple[Any, ...]]:
    """Tabs: (label, address, active, count)."""
    kinds = [("", _("All")), ("added", _("Added")), ("removed", _("Removed")), ("changed", _("Changed"))]
    every = sum(totals[kind] for kind, _label in kinds if kind)
    return [
        (label, _with(request, kind=kind), asked.kind == kind, totals[kind] if kind else every)
        for kind, label in kinds
    ]


def _with(request: HttpRequest, **changed: str) -> str:
    """The page's address with something else asked for, from its first page on."""
    query = request.GET.copy()
    query.pop("cursor", None)
    for name, value in changed.items():
        query[name] = value
    return f"{request.path}?{changes.CHANGES.normalised(query)}"


# ------------------------------------------------------------------------------------------ parts


@requires(VIEW)
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Parts by number, name or product line, with what they cost now and from when on something else."""
    context = _whose(request)
    found = shelf.shelves(shelf.books_of(context["mine"].country), by=request.actor, now=timezone.now())
    text, book = request.GET.get("q", "").strip()[: changes.LONGEST], request.GET.get("book", "")
    chosen = [each for each in found if book in ("", each.book.public_id)]
    context |= {"q": text, "book": book, "books": [each.book for each in found], "page": None}
    if text:
        parts = part_search.priced_parts(text, [e.id for each in chosen for e in each.editions])
        context["page"] = listed = page(parts, ("number",), request)
        context["rows"] = price_history.prices_of(listed.items, chosen, context["mine"].column)
        context["column"] = changes.label_of(context["mine"].column)
    return render(request, "pricing/files/search.html", context)


@requires(VIEW)
@require_GET
def part_prices(request: HttpRequest, number: str) -> HttpResponse:
    """What a part cost, costs and will cost: a chart, and the same as a table."""
    context = _whose(request)
    mine = context["mine"]
    asked = request.GET.get("column", "")
    column = asked if asked in mine.columns else mine.column
    found = shelf.shelves(shelf.books_of(mine.country), by=request.actor, now=timezone.now())
    part = Part.objects.select_related("line").filter(number=number).first()
    histories = price_history.histories(part, found, column) if part else []
    if part is None or not histories:
        raise Http404
    context |= {
        "part": part,
        "charts": [(each, each.picture(column, each.book.today(timezone.now()))) for each in histories],
        "column": column,
        "label": changes.label_of(column),
        "columns": [(name, changes.label_of(name)) for name in mine.columns],
    }
    return render(request, "pricing/files/part.html", context)


# ------------------------------------------------------------------------------------------ whose prices


def _whose(request: HttpRequest) -> dict[str, Any]:
    """Whose prices are shown. The vendor's people choose a country and a price list; partners have theirs."""
    countries = _countries(request.actor)
    wanted, price_list = request.GET.get("country", ""), request.GET.get("list", "")
    mine = shelf.entitled(
        request.actor,
        country=wanted if wanted in countries else next(iter(countries), ""),
        price_list=price_list if price_list in PriceList.values else "",
    )
    return {
        "mine": mine,
        "country": country_name(mine.country),
        "countries": [(code, country_name(code)) for code in countries],
        "lists": PriceList.choices,
        "price_list": PriceList(mine.price_list).label,
    }


def _countries(actor: Actor) -> list[str]:
    """The countries that there are books of, by name, for the vendor's people."""
    if actor.site_id is not None:
        return []
    codes = PriceBook.objects.order_by("country").values_list("country", flat=True).distinct()
    return sorted(codes, key=country_name)
