"""The lines of a proposal: added, changed, co-termed, taken out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from identity.actors import Actor
from pricing.quoting import Flaw, QuoteFlawed, can_be_prorated, coterm_end, next_start

from ...models import CutReason, Quote, QuoteLine
from ...models.fields import LINES
from ..wanted import WantedLine
from .beginning import made_of, quantity_flaw
from .ground import (
    LineUnknown,
    NotAnniversary,
    ReasonMissing,
    TooManyLines,
    chosen,
    day_at,
    level_of_today,
    lines_of,
    next_position,
    proposal,
    seller,
    settle,
)


@dataclass(frozen=True, slots=True)
class LineChange:
    """What a line is to be like. None leaves something as it is; coverage is given whole, and () takes it away."""

    quantity: int | None = None
    cut_reason: str | None = None
    cut_text: str | None = None
    coverage: tuple[date, date | None] | tuple[()] | None = None
    requested_start_on: date | None = None
    provisioning_email: str | None = None


@transaction.atomic
def add_lines(
    quote: Quote, wanted: Sequence[WantedLine], *, by: Actor, now: datetime, version: int | None = None
) -> Quote:
    """Add parts to a proposal, after those that it has.

    Raises QuoteNotOpen, QuoteChanged, PartsUnknown, TooManyLines, and QuoteFlawed, whose flaws name the rows of
    `wanted` from 1 on.
    """
    site = seller(by)
    quote = proposal(quote, version)
    if quote.line_count + len(wanted) > LINES:
        raise TooManyLines
    added = made_of(wanted, next_position(quote))
    rows = {line.public_id: row for row, line in enumerate(added, start=1)}
    try:
        settle(
            quote, [*lines_of(quote), *added], "lines_added",
            by=by, now=now, today=day_at(site, now), touched=rows,
        )  # fmt: skip
    except QuoteFlawed as flawed:
        raise QuoteFlawed(
            [Flaw(rows[str(each.line)], each.field, each.code, each.facts) for each in flawed.flaws]
        ) from None
    return quote


@transaction.atomic
def change_lines(
    quote: Quote,
    changes: Mapping[str, LineChange],
    *,
    remove: Collection[str] = (),
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> Quote:
    """Change lines of a proposal, named by their public ids, and take others out: all of it, or nothing.

    Whoever renews fewer than are installed says why. Raises QuoteNotOpen, QuoteChanged, LineUnknown, QuoteFlawed,
    ReasonMissing.
    """
    site = seller(by)
    quote = proposal(quote, version)
    lines = lines_of(quote)
    known = {line.public_id: line for line in lines}
    if not (set(changes) | set(remove)) <= set(known):
        raise LineUnknown
    if remove:
        QuoteLine.objects.filter(quote=quote, public_id__in=list(remove)).delete()
        lines = [line for line in lines if line.public_id not in remove]
    touched = [id_ for id_ in changes if id_ not in remove]
    flaws = [
        flaw
        for id_ in touched
        if (quantity := changes[id_].quantity) is not None and (flaw := quantity_flaw(id_, quantity))
    ]
    if flaws:
        raise QuoteFlawed(flaws)
    for id_ in touched:
        _change(known[id_], changes[id_])
    event = "lines_removed" if remove and not touched else "lines_changed"
    settle(quote, lines, event, by=by, now=now, today=day_at(site, now), touched=touched)
    return quote


def _change(line: QuoteLine, change: LineChange) -> None:
    for name in ("quantity", "cut_reason", "cut_text", "requested_start_on", "provisioning_email"):
        value = getattr(change, name)
        if value is not None:
            setattr(line, name, value)
    if change.coverage is not None:
        line.coverage_start, line.coverage_end = change.coverage or (None, None)
    _demand_reason(line)
    line.is_touched = True  # type: ignore[attr-defined]


def _demand_reason(line: QuoteLine) -> None:
    """Renewing fewer than are installed has a reason, and in words if it is another one than those listed."""
    if line.installed is None or line.quantity >= line.installed:
        line.cut_reason = line.cut_text = ""
        return
    if line.cut_reason not in CutReason.values:
        raise ReasonMissing(line.public_id)
    if line.cut_reason == CutReason.OTHER and not line.cut_text.strip():
        raise ReasonMissing(line.public_id)


@transaction.atomic
def coterm_lines(
    quote: Quote,
    ids: Collection[str] | None = None,
    *,
    back: bool = False,
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> Quote:
    """Let lines end with the customer's anniversary, priced by the months until then; `back` gives whole terms again.

    Of all lines (no ids), those that can be prorated. Raises QuoteNotOpen, QuoteChanged, LineUnknown, QuoteFlawed for
    lines that are sold as a whole, NotAnniversary when the customer's site has none.
    """
    site = seller(by)
    quote = proposal(quote, version)
    anniversary, today = quote.anniversary_on, day_at(site, now)
    if not back and anniversary is None:
        raise NotAnniversary
    lines = lines_of(quote)
    meant = chosen(lines, ids)
    if not ids:
        meant = [line for line in meant if line.part.term_months and can_be_prorated(line.part.type)]
    for line in meant:
        start = line.coverage_start or (next_start(line.covered_until) if line.covered_until else today)
        line.coverage_start = start
        if back:
            line.coverage_end = None
        elif anniversary is not None:
            line.coverage_end = coterm_end(start, anniversary)
        line.is_touched = True  # type: ignore[attr-defined]
    touched = [line.public_id for line in meant]
    settle(quote, lines, "whole_terms" if back else "cotermed", by=by, now=now, today=today, touched=touched)
    return quote


@transaction.atomic
def reprice_quote(quote: Quote, *, by: Actor, now: datetime, version: int | None = None) -> Quote:
    """Give a proposal the prices of today, and the price level that the customer's site has today.

    Raises QuoteNotOpen, QuoteChanged.
    """
    site = seller(by)
    quote = proposal(quote, version)
    level_of_today(quote, quote.customer_site)
    settle(quote, lines_of(quote), "repriced", by=by, now=now, today=day_at(site, now), touched=None)
    return quote
