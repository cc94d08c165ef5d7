"""A subscription begins: a line was set up. Where its organisation tries the same already, the trial becomes it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from identity.actors import Actor
from identity.audit import record
from identity.numbering import new_number, with_unused
from pricing.quoting import add_months

from ..models import SetupLine, Subscription, SubscriptionStatus

PREFIX = "SUB"
TERM = 12  # months, where neither the order nor the part says otherwise


class NoOrganisation(Exception):
    """The line's organisation is not confirmed, so that nothing can be set up for it."""


@transaction.atomic
def start_subscription(
    line: SetupLine, *, external_id: str, continues: str | None = None, by: Actor, now: datetime
) -> Subscription:
    """Begin what a line was set up as; called again, it returns what began the first time.

    `external_id` is what the backend calls it. A trial of the same organisation, running or over, becomes the
    subscription, with its number, and what the customer did in it; with `continues`, the one that the backend was told
    of by this name, or none where it is "". For jobs: it crosses the wall between partners.
    Raises NoOrganisation.
    """
    held = SetupLine.objects.select_for_update(of=("self",)).select_related("order_line", "organisation")
    line = held.get(id=line.id)
    begun = Subscription.objects.filter(line=line).first()
    if begun is not None:
        return begun
    if line.organisation is None:
        raise NoOrganisation
    columns = _columns(line, now) | {"external_id": external_id}
    trial = trial_for(line) if continues is None else _told_of(line, continues)
    if trial is None:
        subscription = new_subscription(columns, year=columns["starts_on"].year)
        audit("started", subscription, by=by, now=now, line=str(line))
    else:
        subscription = _convert(trial, columns)
        audit("converted", subscription, by=by, now=now, line=str(line))
    return subscription


def trial_for(line: SetupLine) -> Subscription | None:
    """The trial that this line would continue, locked: of its part, or of nothing but services that it brings."""
    tried = Subscription.objects.select_for_update(of=("self",)).filter(
        organisation_id=line.organisation_id,
        reseller_id=line.reseller_id,  # a trial that somebody else sold stays theirs
        line__isnull=True,
        status__in=[SubscriptionStatus.TRIAL, SubscriptionStatus.TRIAL_EXPIRED],
    )
    found = [trial for trial in tried.order_by("id") if _goes_on(line, trial)]
    return min(found, key=lambda trial: (trial.part_number != line.part_number, trial.id), default=None)


def _told_of(line: SetupLine, external_id: str) -> Subscription | None:
    trial = trial_for(line) if external_id else None
    return trial if trial is not None and trial.external_id == external_id else None


def _goes_on(line: SetupLine, trial: Subscription) -> bool:
    return line.part_number == trial.part_number or set(trial.services) <= set(line.services)


def new_subscription(columns: dict[str, Any], *, year: int) -> Subscription:
    """Stored with a number of its own."""

    def store(found: dict[str, str]) -> Subscription:
        subscription = Subscription(**columns, **found)
        with transaction.atomic():
            subscription.save(force_insert=True)
        return subscription

    subscription = with_unused(lambda: {"number": new_number(PREFIX, year)}, store)
    subscription.refresh_from_db()  # the database has filled in whose it is
    return subscription


def local_day(now: datetime, time_zone: str) -> date:
    """Which day it is where the customer is."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def end_of(day: date, time_zone: str) -> datetime:
    """The moment at which a day is over there, however many hours it had."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(time_zone))
    return midnight.astimezone(UTC)  # where the clocks leave midnight out, it is equal to no other moment


def audit(event: str, subscription: Subscription, *, by: Actor, now: datetime, **detail: Any) -> None:
    record(
        f"subscription.{event}",
        by=by,
        now=now,
        object_type="subscription",
        object_id=subscription.public_id,
        label=f"{subscription.number} {subscription.organisation_name}",
        site_id=subscription.reseller_id,
        **detail,
    )


def _columns(line: SetupLine, now: datetime) -> dict[str, Any]:
    """What a subscription takes over from its line; its term begins today, where the customer is."""
    ordered, today = line.order_line, local_day(now, line.time_zone)
    months = ordered.months or (ordered.part.term_months if ordered.part else None) or TERM
    return {
        "line": line,
        "organisation_id": line.organisation_id,
        "organisation_name": line.organisation_name or str(line.organisation),
        "customer_id": line.customer_id,
        "customer_site_id": line.customer_site_id,
        "reseller_id": line.reseller_id,
        "distributor_id": line.distributor_id,
        "settled_on": line.settled_on,
        "part_id": ordered.part_id,
        "part_number": line.part_number,
        "description": line.description,
        "quantity": line.quantity,
        "services": line.services,
        "status": SubscriptionStatus.ACTIVE,
        "time_zone": line.time_zone,
        "starts_on": today,
        "renews_on": add_months(today, months),
    }


def _convert(trial: Subscription, columns: dict[str, Any]) -> Subscription:
    """The trial goes on as what was ordered; number, organisation and what is in it stay."""
    columns |= {"external_id": columns["external_id"] or trial.external_id}
    columns |= {"trial_ends_on": None, "due_at": None, "backend_due": False, "version": trial.version + 1}
    for name, value in columns.items():
        setattr(trial, name, value)
    trial.save(update_fields=list(columns))
    trial.refresh_from_db()
    return trial
