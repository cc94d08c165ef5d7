"""One proposal made of several, or several of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from identity.actors import Actor
from identity.models import public_id

from ...models import Quote, QuoteLine, QuoteStatus
from ...models.fields import LINES
from .beginning import choose_customer, number
from .ground import NotAlike, OneSiteOnly, TooManyLines, audit, day_at, lines_of, proposal, seller, settle
from .offering import FRESH, copy_of


@transaction.atomic
def split_by_site(quote: Quote, *, by: Actor, now: datetime, version: int | None = None) -> list[Quote]:
    """A proposal for each of the customer's sites that it has lines of; the first is the proposal itself.

    Lines that name no site stay where they are. Raises QuoteNotOpen, QuoteChanged, OneSiteOnly.
    """
    site = seller(by)
    quote = proposal(quote, version)
    today = day_at(site, now)
    by_site: dict[int | None, list[QuoteLine]] = defaultdict(list)
    for line in lines_of(quote):
        by_site[line.customer_site_id or quote.customer_site_id].append(line)
    if len(by_site) < 2:
        raise OneSiteOnly
    own = quote.customer_site_id if quote.customer_site_id in by_site else next(iter(by_site))
    made = [quote]
    staying = by_site.pop(own)
    for lines in by_site.values():
        apart = _like(quote, by=by, now=now)
        _move_to_site_of(apart, lines[0])
        number(apart, today)
        settle(
            apart, [copy_of(line) for line in lines], "split_off", by=by, now=now, today=today, touched=None
        )
        made.append(apart)
    moved = [line.id for lines in by_site.values() for line in lines]
    QuoteLine.objects.filter(quote=quote, id__in=moved).delete()
    if staying[0].customer_site_id is not None:
        _move_to_site_of(quote, staying[0])
    settle(quote, staying, "split", by=by, now=now, today=today, touched=None)
    return made


def _move_to_site_of(quote: Quote, line: QuoteLine) -> None:
    """A site that is not shown any more lends its number alone."""
    if line.customer_site is not None:
        choose_customer(quote, quote.customer, line.customer_site)
    else:
        quote.customer_site_id, quote.site_number = line.customer_site_id, line.site_number


def _like(quote: Quote, *, by: Actor, now: datetime) -> Quote:
    values = {field.attname: getattr(quote, field.attname) for field in Quote._meta.concrete_fields}
    values |= FRESH | {
        "public_id": public_id(),
        "number": "",
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }
    return Quote(**values | {"owner_name": by.name[:120]})


@transaction.atomic
def merge_quotes(
    quote: Quote, others: Sequence[Quote], *, by: Actor, now: datetime, version: int | None = None
) -> Quote:
    """Take the lines of other proposals over into this one; the others are gone then.

    All of the same customer, country and currency, at the same price level, and from the same deal or none. Raises
    QuoteNotOpen, QuoteChanged, NotAlike, TooManyLines.
    """
    site = seller(by)
    held = {each.id: proposal(each) for each in sorted([quote, *others], key=lambda each: each.id)}
    quote = proposal(quote, version)
    rest = [held[each.id] for each in others if each.id != quote.id]
    for other in rest:
        if _terms(other) != _terms(quote) or other.status != QuoteStatus.DRAFT:
            raise NotAlike(other)
    lines = lines_of(quote)
    for other in rest:
        for line in lines_of(other):
            of = line if line.customer_site_id else other
            site_of = {"customer_site_id": of.customer_site_id, "site_number": of.site_number}
            lines.append(copy_of(line, position=len(lines) + 1, **site_of))
        audit("merged_into", other, by=by, now=now, into=quote.number)
        other.delete()
    if len(lines) > LINES:
        raise TooManyLines
    for position, line in enumerate(lines, start=1):
        line.position = position
    settle(quote, lines, "merged", by=by, now=now, today=day_at(site, now), touched=None)
    return quote


def _terms(quote: Quote) -> tuple[object, ...]:
    """What proposals have in common that can become one."""
    level = (quote.programme, quote.price_level)
    return quote.site_id, quote.customer_id, quote.country, quote.currency, quote.deal_id, *level


def mergeable_with(quote: Quote) -> list[Quote]:
    """The site's other proposals that could be taken over into this one."""
    found = Quote.objects.filter(
        site_id=quote.site_id, status=QuoteStatus.DRAFT, customer_id=quote.customer_id, currency=quote.currency,
        country=quote.country, deal_id=quote.deal_id, programme=quote.programme, price_level=quote.price_level,
    )  # fmt: skip
    return list(found.exclude(id=quote.id).exclude(customer=None).order_by("-updated_at", "-id")[:20])
