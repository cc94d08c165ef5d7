"""Ordering what a quote offers: all of it, or so many of each line."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity.access import requires
from identity.once import once
from identity.privileges import Privilege
from identity.versions import seen_version

from ...models import Quote, QuoteLine
from ...placing import actions as placing
from .. import actions
from ..possible import demand_maker, refusal
from ..telling import REFUSED, changed_words
from .quote import found, too_late

P = Privilege


class OrderRow:
    """A line of the quote with how many are ordered now, and what is wrong with that."""

    def __init__(self, line: QuoteLine, data: Any = None) -> None:
        self.line, self.left = line, line.quantity - line.ordered
        self.errors: dict[str, str] = {}
        start = line.requested_start_on or line.coverage_start
        self.quantity = str(self.left)
        self.start = start.isoformat() if start else ""
        self.email = line.provisioning_email
        if data is not None:
            for name in ("quantity", "start", "email"):
                typed = str(data.get(f"{name}-{line.public_id}", getattr(self, name)))
                setattr(self, name, typed.replace("\0", "").strip()[:254])

    @property
    def id(self) -> str:
        return self.line.public_id

    @property
    def asks_details(self) -> bool:
        return self.line.part_type in placing.NEEDS_DETAILS

    def read(self) -> tuple[int, placing.Details]:
        try:
            quantity = int(self.quantity or "0")
        except ValueError:
            quantity = 0
            self.errors["quantity"] = _("Write a whole number; 0 for none.")
        if quantity < 0:
            self.errors["quantity"] = _("Write a whole number; 0 for none.")
        return quantity, placing.Details(self._start(), self._email())

    def _start(self) -> date | None:
        try:
            return date.fromisoformat(self.start) if self.start else None
        except ValueError:
            self.errors["start"] = _("There is no such day. Write it as in 2027-02-28.")
            return None

    def _email(self) -> str:
        try:
            if self.email:
                validate_email(self.email)
        except ValidationError:
            self.errors["email"] = _("This is not an e-mail address.")
            return ""
        return self.email


@requires(P.ORDER_PLACE)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def order(request: HttpRequest, public_id: str) -> HttpResponse:
    """Look through what is ordered, then order it: once, whoever else sends it too."""
    demand_maker(request.actor, P.ORDER_PLACE)
    quote = found(public_id)
    if refusal("order", quote, request.actor):
        return too_late(request, public_id, actions.QuoteNotOpen(quote.status))
    lines = [line for line in actions.lines_of(quote) if line.ordered < line.quantity]
    if request.method != "POST":
        return _page(request, quote, [OrderRow(line) for line in lines])
    rows = [OrderRow(line, request.POST) for line in lines]
    read = {row.id: row.read() for row in rows}
    if any(row.errors for row in rows):
        return _page(request, quote, rows, status=422)
    return _ordered(request, quote, rows, read)


def _ordered(
    request: HttpRequest, quote: Quote, rows: list[OrderRow], read: dict[str, tuple[int, placing.Details]]
) -> HttpResponse:
    problem: str | Promise = ""
    try:
        placed = placing.order_quote(
            quote,
            {id_: quantity for id_, (quantity, _details) in read.items()},
            details={id_: details for id_, (_quantity, details) in read.items()},
            po_number=request.POST.get("po_number", "").replace("\0", "").strip()[:40],
            note=request.POST.get("note", "").replace("\0", "").strip()[:2000],
            by=request.actor,
            now=timezone.now(),
            version=seen_version(request),
        )
    except placing.TooManyOrdered as over:
        for row in rows:
            if row.id in over.left:
                row.errors["quantity"] = _("%(num)s are left.") % {"num": over.left[row.id]}
    except placing.DetailsMissing as missing:
        for row in rows:
            if row.id in missing.lines:
                row.errors |= _asked(row)
    except placing.NothingOrdered:
        problem = _("Say how many are ordered of at least one line.")
    except REFUSED as refused:
        current = found(quote.public_id)
        if refusal("order", current, request.actor):
            return too_late(request, quote.public_id, refused)
        left = [line for line in actions.lines_of(current) if line.ordered < line.quantity]
        again = [OrderRow(line, request.POST) for line in left]
        return _page(request, current, again, status=409, problem=changed_words(refused))
    else:
        messages.success(request, _("The order %(number)s is placed.") % {"number": placed.number})
        return redirect("orders:order", placed.public_id)
    return _page(request, quote, rows, status=422, problem=problem)


def _asked(row: OrderRow) -> dict[str, str]:
    asked = {}
    if not row.start:
        asked["start"] = _("Say from which day on it is wanted.")
    if not row.email:
        asked["email"] = _("Say who sets it up: an e-mail address.")
    return asked


def _page(
    request: HttpRequest,
    quote: Quote,
    rows: list[OrderRow],
    *,
    status: int = 200,
    problem: str | Promise = "",
) -> HttpResponse:
    context = {
        "quote": quote,
        "rows": rows,
        "has_errors": any(row.errors for row in rows),
        "problem": problem,
        "po_number": request.POST.get("po_number", quote.po_number),
        "note": request.POST.get("note", ""),
    }
    return render(request, "orders/quotes/order.html", context, status=status)
