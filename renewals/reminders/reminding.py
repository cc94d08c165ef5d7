"""Reminding each site once a day, early in its morning, of all there is to say about its renewals.

`Reminding` says up to which day a site was reminded, and when it is looked at next. Both change in the transaction
that writes the notices: what runs twice, twice at once, late, or is killed in the midst tells everybody once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from deals.tasks import each_due
from identity import tenancy
from identity.actors import Actor, Kind
from identity.models import Membership, MembershipStatus, Site
from identity.privileges import Privilege
from notifications.actions import Audience, tell
from notifications.clock import zone
from notifications.kinds import NoticeKind
from notifications.values import Amount

from ..models import Reminding, RenewalItem, RenewalKind
from ..notices import BACK, REMINDERS, listed
from .steps import STEPS, Step, step_between

AT = time(7, 0)  # where the site is: before the daily mails are written
BATCH = 500  # sites taken up at once
ONE_DAY = timedelta(days=1)


def remind_due(*, now: datetime) -> int:
    """Remind every site whose time has come; returns how many were looked at."""
    take_up_sites(now=now)
    due = Reminding.objects.filter(due_at__lte=now).select_related("site").order_by("due_at", "id")
    return each_due(due, lambda row: remind_site(row, now=now))


def take_up_sites(*, now: datetime) -> None:
    """Sites that were not reminded of anything yet are, from their next morning on; of that day alone at first."""
    with tenancy.as_system():
        known = Reminding.objects.filter(site=OuterRef("id"))
        new = Site.objects.filter(~Exists(known), is_active=True).order_by("id")[:BATCH]
        rows = []
        for site in new:
            due_at = next_look(site.time_zone, now)
            first = due_at.astimezone(zone(site.time_zone)).date()
            rows.append(Reminding(site=site, done_on=first - ONE_DAY, due_at=due_at))
        Reminding.objects.bulk_create(rows, ignore_conflicts=True)


def next_look(zone_name: str, now: datetime) -> datetime:
    """The next time after `now` at which it is AT on the clocks of that time zone, in UTC."""
    here = zone(zone_name)
    day = now.astimezone(here).date()
    look = datetime.combine(day, AT, here).astimezone(UTC)
    return look if look > now else datetime.combine(day + ONE_DAY, AT, here).astimezone(UTC)


def remind_site(row: Reminding, *, now: datetime) -> None:
    """Tell a site's people what has come since it was last looked at: a notice for each step and whom it is for."""
    site = row.site
    today = now.astimezone(zone(site.time_zone)).date()
    if site.is_active and today > row.done_on:
        for told in _to_tell(site, row.done_on, today):
            _tell(told, site, today, now)
    row.done_on = max(today, row.done_on)
    row.due_at = next_look(site.time_zone, now)
    row.save(update_fields=["done_on", "due_at"])


# ------------------------------------------------------------------------------------------------ what there is to say


@dataclass(frozen=True, slots=True)
class Told:
    """What one notice says: of which step (None: what had been put off), to whom (None: the site), of which items."""

    step: Step | None
    user_id: int | None
    items: Sequence[Any]


def _to_tell(site: Site, done_on: date, today: date) -> Iterator[Told]:
    groups: dict[tuple[Step | None, int | None], list[Any]] = defaultdict(list)
    with tenancy.scope(_reader(site)):  # it is the database that says what the site sees
        people = dict(
            Membership.objects.filter(site_id=site.id, status=MembershipStatus.ACTIVE).values_list(
                "id", "user_id"
            )
        )
        for item in _items(done_on, today):
            step = step_between(item.due_on, done_on, today)
            back = item.snoozed_until is not None and done_on < item.snoozed_until <= today
            if step is not None or back:
                groups[step if not back else None, people.get(item.assigned)].append(item)
    for (step, user_id), items in groups.items():
        yield Told(step, user_id, items)


def _reader(site: Site) -> Actor:
    """Somebody who works for the site and does nothing but look at renewals."""
    return Actor(kind=Kind(site.kind), site_id=site.id, privileges=frozenset({Privilege.RENEWAL_VIEW}))


def _items(done_on: date, today: date) -> Any:
    """What may be told of: open, neither lost nor put off, and not what goes on month by month by itself."""
    stepped = Q()
    for step in STEPS:
        days = timedelta(days=step.days)
        stepped |= Q(due_on__gt=done_on + days, due_on__lte=today + days)
    return (
        RenewalItem.objects.filter(settled_on__isnull=True, due_on__gte=today)
        .exclude(kind=RenewalKind.MONTHLY)
        .annotate(
            assigned=F("work__assigned_id"),
            snoozed_until=F("work__snoozed_until"),
            lost_at=F("work__lost_at"),
        )
        .filter(
            stepped | Q(snoozed_until__gt=done_on),
            Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=today),
            lost_at__isnull=True,
        )
        .order_by("due_on", "id")
        .values_list(
            "due_on", "customer_name", "description", "currency", "extended", "assigned", "snoozed_until",
            named=True,
        )
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ telling


def _tell(told: Told, site: Site, today: date, now: datetime) -> None:
    kind: NoticeKind = REMINDERS[told.step.kind] if told.step else BACK
    first, last = told.items[0].due_on, told.items[-1].due_on
    view = "180" if told.step else "all"
    query = f"show={view}&due_from={first:%Y-%m-%d}&due_to={last:%Y-%m-%d}"
    audience = (
        Audience.user(told.user_id, site.id)
        if told.user_id is not None
        else Audience.site(site.id, Privilege.RENEWAL_VIEW)
    )
    step = told.step.days if told.step else "back"
    tell(
        kind,
        to=[audience],
        by=Actor.system(),
        now=now,
        dedupe_key=f"renewal.reminded:{site.id}:{today:%Y%m%d}:{step}:{told.user_id or ''}",
        href=f"{reverse('renewals:list')}?{query}",
        context={
            "count": len(told.items),
            "days": (first - today).days,
            "due": first,
            "items": listed(told.items),
            "total": _total(told.items),
        },
    )


def _total(items: Sequence[Any]) -> Amount | str:
    """What they come to: an amount, which each reader gets in their own way of writing; or each currency's."""
    sums: dict[str, int] = defaultdict(int)
    for item in items:
        sums[item.currency] += item.extended
    if len(sums) == 1:
        ((currency, minor),) = sums.items()
        return Amount(minor, currency)
    return ", ".join(f"{currency} {_plain(minor, currency)}" for currency, minor in sorted(sums.items()))


def _plain(minor: int, currency: str) -> str:
    places = get_currency_precision(currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"
