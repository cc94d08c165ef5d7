"""What every action on a quote stands on: who may, locking, reckoning anew, and noting what happened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max

from customers.models import CustomerSite
from identity.actors import Actor, Kind
from identity.audit import record
from identity.models import Site, SiteKind
from identity.privileges import Refusal
from pricing.models import Part
from pricing.products.queries import parts_by_number
from pricing.quoting import Flaw, QuoteFlawed

from ...models import FINAL, ORDERABLE, Quote, QuoteLine, QuoteStatus
from ...models.fields import LINES
from ..reckoning import Reckoned, put_down, reckon

PREFIX = "Q"


class NotASeller(Exception):
    """Quotes are made by somebody who works for a reseller's site."""


class QuoteNotOpen(Exception):
    """The quote's state does not allow this (any more). `status` is the state it is in."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class QuoteChanged(Exception):
    """Somebody changed the quote since it was shown. `quote` is as it is now, and says who."""

    def __init__(self, quote: Quote) -> None:
        super().__init__(quote.version)
        self.quote = quote


class PartsUnknown(Exception):
    """No part that is sold has these numbers."""

    def __init__(self, numbers: Sequence[str]) -> None:
        super().__init__(", ".join(numbers))
        self.numbers = tuple(numbers)


class TooManyLines(Exception):
    """A quote has LINES lines at most."""


class LineUnknown(Exception):
    """The quote has no such line (any more)."""


class DealNotUsable(Exception):
    """The deal gives no discount here. `refusal` says why, and what would help."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal.reason))
        self.refusal = refusal


class CustomerMissing(Exception):
    """A quote that is opened or ordered has a customer."""


class CurrencyUnknown(Exception):
    """Parts have no prices in this currency in the quote's country."""


class NotAnniversary(Exception):
    """The customer's site has no anniversary that coverage could be brought in line with."""


class OneSiteOnly(Exception):
    """All of the lines are of one site: there is nothing to split."""


class NotAlike(Exception):
    """The two proposals cannot become one. `quote` is the one that differs."""

    def __init__(self, quote: Quote) -> None:
        super().__init__(quote.number)
        self.quote = quote


class InvalidDay(Exception):
    """A quote is valid until a day from `first` to `last`."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"{first} to {last}")
        self.first, self.last = first, last


class PricesChanged(Exception):
    """Prices have changed since they were shown: the total was `seen`, and is `total` now. In minor units."""

    def __init__(self, seen: int, total: int) -> None:
        super().__init__(f"{seen} to {total}")
        self.seen, self.total = seen, total


class DistributorUnknown(Exception):
    """The site named is not an active distributor."""


class ReasonMissing(Exception):
    """This needs a reason. `line` is the public id of the line that it is about; "" for the whole quote."""

    def __init__(self, line: str = "") -> None:
        super().__init__(line)
        self.line = line


def seller(by: Actor) -> Site:
    """The reseller's site that somebody works for. Raises NotASeller."""
    if by.kind is not Kind.RESELLER or by.site_id is None:
        raise NotASeller
    return Site.objects.get(id=by.site_id)


def day_at(site: Site, now: datetime) -> date:
    """The day that it is where the site is."""
    return now.astimezone(ZoneInfo(site.time_zone)).date()


def locked(quote: Quote, version: int | None = None) -> Quote:
    """The quote as it is now, held until the transaction ends. Raises QuoteChanged, Quote.DoesNotExist."""
    # A customer's site that the relationship does not show any more is as good as none.
    quotes = Quote.objects.select_related("customer_site", "customer")
    current = quotes.select_for_update(of=("self",)).get(id=quote.id)
    if version is not None and current.version != version:
        raise QuoteChanged(current)
    return current


def proposal(quote: Quote, version: int | None = None) -> Quote:
    """The same for a proposal, which alone can be worked on. Raises QuoteNotOpen as well."""
    current = locked(quote, version)
    if current.status != QuoteStatus.DRAFT:
        raise QuoteNotOpen(current.status)
    return current


def offered(quote: Quote, version: int | None = None) -> Quote:
    """The same for a quote that is open, or ordered in part."""
    current = locked(quote, version)
    if current.status not in ORDERABLE:
        raise QuoteNotOpen(current.status)
    return current


def lines_of(quote: Quote) -> list[QuoteLine]:
    """Its lines with their parts, in their order."""
    found = QuoteLine.objects.filter(quote=quote).select_related("part", "customer_site")
    return list(found.order_by("position"))


def chosen(lines: Sequence[QuoteLine], ids: Collection[str] | None) -> list[QuoteLine]:
    """Those that were meant; all of them where none was named. Raises LineUnknown."""
    if not ids:
        return list(lines)
    found = [line for line in lines if line.public_id in ids]
    if len(found) != len(set(ids)):
        raise LineUnknown
    return found


def known_parts(numbers: Sequence[str]) -> dict[str, Part]:
    """Parts sold today, by their numbers. Raises PartsUnknown."""
    found = parts_by_number(list(numbers))
    unknown = [number for number in dict.fromkeys(numbers) if number not in found]
    if unknown:
        raise PartsUnknown(unknown)
    return found


def active_distributor(distributor: Site | None) -> Site | None:
    """Raises DistributorUnknown."""
    if distributor is not None and (distributor.kind != SiteKind.DISTRIBUTOR or not distributor.is_active):
        raise DistributorUnknown
    return distributor


def level_of_today(quote: Quote, held: CustomerSite | None) -> None:
    """The price level and the anniversary that the customer's site has now; one that is not shown changes nothing."""
    if held is not None:
        quote.price_level, quote.level_until = held.price_level or "BL", held.level_until
        quote.anniversary_on = held.anniversary_on


# ------------------------------------------------------------------------------------------ writing


def settle(
    quote: Quote,
    lines: Sequence[QuoteLine],
    event: str,
    *,
    by: Actor,
    now: datetime,
    today: date,
    touched: Collection[str] | None = (),
) -> Reckoned:
    """Reckon a proposal anew after a change, and store all of it.

    `touched` are the public ids of the lines that were changed: raises QuoteFlawed when something is wrong with one
    of them; of others it is kept, and told. None: whatever is wrong is kept.
    """
    if len(lines) > LINES:
        raise TooManyLines
    reckoned = reckon(quote, lines, today)
    flawed = [flaw for id_ in touched or () for flaw in reckoned.flaws.get(id_, ())]
    if flawed:
        raise QuoteFlawed(flawed)
    before = [_values(line) for line in lines]
    put_down(quote, lines, reckoned)
    quote.priced_at = now
    save_lines(quote, [line for line, was in zip(lines, before, strict=True) if _is_new(line, was)])
    store(quote, event, by=by, now=now)
    return reckoned


FIELDS = tuple(
    field.attname
    for field in QuoteLine._meta.concrete_fields
    if field.name not in ("id", "public_id", "quote", "site", "status")
)


def _values(line: QuoteLine) -> tuple[Any, ...]:
    return tuple(getattr(line, name) for name in FIELDS)


def _is_new(line: QuoteLine, was: tuple[Any, ...]) -> bool:
    return line.pk is None or getattr(line, "is_touched", False) or _values(line) != was


def save_lines(quote: Quote, lines: Sequence[QuoteLine]) -> None:
    """Add lines that are new, and bring the others up to date."""
    added = [line for line in lines if line.pk is None]
    for line in added:
        line.quote, line.site_id = quote, quote.site_id
    QuoteLine.objects.bulk_create(added)
    QuoteLine.objects.bulk_update([line for line in lines if line not in added], FIELDS)


def next_position(quote: Quote) -> int:
    last = QuoteLine.objects.filter(quote=quote).aggregate(last=Max("position"))["last"]
    return int(last or 0) + 1


def store(quote: Quote, event: str, *, by: Actor, now: datetime, **detail: Any) -> None:
    """Save a quote that was changed, and note by whom."""
    quote.version += 1
    quote.updated_at = now
    quote.changed_by_name = by.name[:120]
    quote.save()
    audit(event, quote, by=by, now=now, **detail)


def audit(event: str, quote: Quote, *, by: Actor, now: datetime, **detail: Any) -> None:
    record(
        f"quote.{event}",
        by=by,
        now=now,
        object_type="quote",
        object_id=quote.public_id,
        label=f"{quote.number} ({quote.revision}) {quote.customer_name}".strip(),
        site_id=quote.site_id,
        **detail,
    )


def is_final(quote: Quote) -> bool:
    return quote.status in FINAL


def flaw(line: str | None, field: str, code: str, **facts: Any) -> QuoteFlawed:
    return QuoteFlawed([Flaw(line, field, code, facts)])
