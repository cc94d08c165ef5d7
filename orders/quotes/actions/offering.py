"""From proposal to quote, to its next version, and to its end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from identity.actors import Actor
from identity.models import public_id
from pricing.quoting import Flaw, QuoteFlawed

from ...models import ORDERABLE, Quote, QuoteLine, QuoteStatus
from .deals import drop_deal, why_not
from .ground import (
    CustomerMissing,
    DealNotUsable,
    InvalidDay,
    PricesChanged,
    QuoteNotOpen,
    ReasonMissing,
    day_at,
    level_of_today,
    lines_of,
    locked,
    offered,
    proposal,
    seller,
    settle,
    store,
)

VALID_DAYS = 30
LONGEST_VALID = timedelta(days=180)


def default_valid_until(today: date) -> date:
    return today + timedelta(days=VALID_DAYS)


@transaction.atomic
def open_quote(
    quote: Quote,
    *,
    valid_until: date | None = None,
    terms: str | None = None,
    seen_total: int | None = None,
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> Quote:
    """Make a quote of a proposal: from now on its prices stand, until the end of `valid_until` where the site is.

    A former version that is open is superseded. `seen_total` is what its maker was shown: raises PricesChanged when
    prices have changed since. Raises QuoteNotOpen, QuoteChanged, CustomerMissing,
    QuoteFlawed, DealNotUsable, InvalidDay.
    """
    site = seller(by)
    today = day_at(site, now)
    quote = proposal(quote, version)
    valid_until = valid_until or default_valid_until(today)
    if not today <= valid_until <= today + LONGEST_VALID:
        raise InvalidDay(today, today + LONGEST_VALID)
    if quote.customer_id is None:
        raise CustomerMissing
    if quote.deal is not None and (refused := why_not(quote, quote.deal, now=now)):
        raise DealNotUsable(refused)
    lines = lines_of(quote)
    if not lines:
        raise QuoteFlawed([Flaw(None, "lines", "no_lines")])
    reckoned = settle(quote, lines, "priced", by=by, now=now, today=today, touched=None)
    if reckoned.whole.flaws:
        raise QuoteFlawed(reckoned.whole.flaws)
    if seen_total is not None and seen_total != quote.total:
        raise PricesChanged(seen_total, quote.total)
    for former in Quote.objects.select_for_update().filter(
        site_id=quote.site_id, number=quote.number, status__in=ORDERABLE
    ):
        _end(former, QuoteStatus.SUPERSEDED, "superseded", by=by, now=now)
    quote.status, quote.opened_at, quote.valid_until = QuoteStatus.OPEN, now, valid_until
    if terms is not None:
        quote.terms = terms
    store(quote, "opened", by=by, now=now)
    return quote


@transaction.atomic
def revise_quote(quote: Quote, *, by: Actor, now: datetime, version: int | None = None) -> Quote:
    """The next version of a quote, as a proposal with everything that is in it; opening it supersedes the former.

    The one that is open stays so until then. What was ordered of it already is not in the next one. If somebody has
    begun it already, that is it. Raises QuoteNotOpen for a proposal, QuoteChanged.
    """
    site = seller(by)
    former = locked(quote, version)
    if former.status == QuoteStatus.DRAFT:
        raise QuoteNotOpen(former.status)
    versions = Quote.objects.filter(site_id=former.site_id, number=former.number)
    begun = versions.filter(status=QuoteStatus.DRAFT).first()
    if begun is not None:
        return begun
    latest = versions.order_by("-revision").first()
    assert latest is not None  # the former itself is one
    lines = [line for line in lines_of(former) if line.quantity > line.ordered]
    revision = _copy(former, revision=latest.revision + 1, by=by, now=now)
    level_of_today(revision, former.customer_site)
    if revision.deal is not None and why_not(revision, revision.deal, now=now):
        drop_deal(revision)  # it has run out since
    revision.save(force_insert=True)
    copies = [copy_of(line, quantity=line.quantity - line.ordered) for line in lines]
    settle(revision, copies, "revised", by=by, now=now, today=day_at(site, now), touched=None)
    return revision


FRESH: dict[str, Any] = {
    "id": None, "status": QuoteStatus.DRAFT, "version": 0, "opened_at": None, "closed_at": None, "closed_reason": "",
    "valid_until": None, "priced_at": None, "earned_level": "",
}  # fmt: skip


def _copy(quote: Quote, *, revision: int, by: Actor, now: datetime) -> Quote:
    values = {field.attname: getattr(quote, field.attname) for field in Quote._meta.concrete_fields}
    values |= FRESH | {"public_id": public_id(), "revision": revision, "created_at": now, "updated_at": now}
    return Quote(**values | {"owner_name": by.name[:120]})


def copy_of(line: QuoteLine, **changes: Any) -> QuoteLine:
    """A line that is not saved yet, like another one."""
    values = {field.attname: getattr(line, field.attname) for field in QuoteLine._meta.concrete_fields}
    values |= {
        "id": None,
        "public_id": public_id(),
        "quote_id": None,
        "ordered": 0,
        "status": QuoteStatus.DRAFT,
    }
    copied = QuoteLine(**values | changes)
    copied.part = line.part
    return copied


@transaction.atomic
def close_quote(quote: Quote, *, reason: str, by: Actor, now: datetime, version: int | None = None) -> Quote:
    """End an open quote by hand, saying why. Raises QuoteNotOpen, QuoteChanged, ReasonMissing."""
    seller(by)
    if not reason.strip():
        raise ReasonMissing
    quote = offered(quote, version)
    return _end(quote, QuoteStatus.CLOSED, "closed", by=by, now=now, reason=reason.strip()[:500])


def expire_quote(quote: Quote, *, by: Actor, now: datetime) -> Quote:
    """End an open quote whose time is over; for the job that has found and locked it."""
    return _end(quote, QuoteStatus.EXPIRED, "expired", by=by, now=now)


def _end(quote: Quote, status: str, event: str, *, by: Actor, now: datetime, reason: str = "") -> Quote:
    quote.status, quote.closed_at, quote.closed_reason = status, now, reason
    store(quote, event, by=by, now=now)
    return quote
