"""What is due as events of a calendar: one for each customer site and day. In the scope of whoever fetches it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Max, Sum
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from identity.actors import Actor
from reports import words

from ..models import CalendarFeed, RenewalItem
from .ics import Event

BACK = timedelta(days=31)
AHEAD = timedelta(days=400)
MOST = 1_000  # events
QUOTES = 10  # numbers that an event names


@dataclass(slots=True)
class Due:
    """What is due at one customer site on one day."""

    customer: str = ""
    site: str = ""
    count: int = 0
    amounts: dict[str, int] = field(default_factory=dict)
    quotes: set[str] = field(default_factory=set)


def events_of(feed: CalendarFeed, actor: Actor, *, today: date, host: str) -> Iterator[Event]:
    """The events of a feed, in the reader's words; `host` is where the portal is, as in "https://portal.example"."""
    for (customer_site, customer, day), due in sorted(
        _due(feed, actor, today).items(), key=lambda e: e[0][2]
    ):
        key = f"{feed.site_id}:{customer_site}:{customer}:{day}"
        uid = salted_hmac("renewals.calendar", key, algorithm="sha256").hexdigest()[:40]
        query = {"show": "all", "due_from": day.isoformat(), "due_to": day.isoformat()}
        yield Event(
            uid=f"{uid}@portway",
            day=day,
            summary=_summary(due, feed.with_names),
            description=_description(due, feed.with_names),
            url=f"{host}{reverse('renewals:list')}?{urlencode(query)}",
        )


def _due(feed: CalendarFeed, actor: Actor, today: date) -> dict[tuple[Any, Any, date], Due]:
    """By customer site (or customer, of what is of no site) and day. Two queries at most, however much there is."""
    found = (
        RenewalItem.objects.filter(
            settled_on__isnull=True, due_on__gte=today - BACK, due_on__lte=today + AHEAD
        )
        .annotate(assigned=F("work__assigned_id"), lost_at=F("work__lost_at"))
        .filter(lost_at__isnull=True)
    )
    if feed.only_mine:
        found = found.filter(assigned=actor.membership_id)
    rows = (
        found.order_by("due_on")
        .values("customer_site_id", "customer_id", "due_on", "currency")
        .annotate(
            found=Count("id"),
            worth=Sum("extended"),
            customer=Max("customer_name"),
            site=Max("site_name"),
            quotes=ArrayAgg("quote_number", distinct=True),
        )
    )
    by_day: dict[tuple[Any, Any, date], Due] = defaultdict(Due)
    for row in rows[:MOST]:
        due = by_day[row["customer_site_id"], row["customer_id"], row["due_on"]]
        due.customer, due.site = row["customer"], row["site"]
        due.count += row["found"]
        due.amounts[row["currency"]] = due.amounts.get(row["currency"], 0) + int(row["worth"])
        due.quotes.update(row["quotes"])
    return by_day


def _summary(due: Due, with_names: bool) -> str:
    total = ", ".join(words.amount(minor, currency) for currency, minor in sorted(due.amounts.items()))
    said = {"count": due.count, "total": total, "customer": due.customer}
    if with_names:
        text = ngettext(
            "%(customer)s: %(count)s renewal due, %(total)s",
            "%(customer)s: %(count)s renewals due, %(total)s",
            due.count,
        )
    else:
        text = ngettext("%(count)s renewal due, %(total)s", "%(count)s renewals due, %(total)s", due.count)
    return text % said


def _description(due: Due, with_names: bool) -> str:
    quotes = sorted(due.quotes)
    listed = ", ".join([*quotes[:QUOTES], *(["…"] if len(quotes) > QUOTES else [])])
    lines = [_("Quotes of the vendor: %(numbers)s") % {"numbers": listed}]
    if with_names and due.site:
        lines.insert(0, due.site)
    lines.append(_("The portal says of each what happens if nobody does anything."))
    return "\n".join(lines)
