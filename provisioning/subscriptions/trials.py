"""Trials: begun for a customer that the partner looks after, extended, and ended by the clock (ending.py) or an order
(beginning.py).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from customers.models import Relationship
from customers.models.relationships import RelationshipRole
from identity.actors import Actor, Kind
from identity.models import Site
from pricing.models import Part

from ..lines.whereabouts import time_zone_of
from ..models import TRIALS, Organisation, OrganisationKind, PartSetup, Subscription, SubscriptionStatus
from . import notices
from .beginning import audit, end_of, local_day, new_subscription
from .changing import TO_TELL, NotAdministered, held_for, next_due, rules, store, wake_on_commit

S = SubscriptionStatus
MOST = 100  # of what is tried


class NotTried(Exception):
    """This part is not sold, or nothing is set up when it is ordered."""


class HadAlready(Exception):
    """The organisation has this already, or tries it. `subscription` is what it has."""

    def __init__(self, subscription: Subscription) -> None:
        super().__init__(subscription.number)
        self.subscription = subscription


class NotACustomer(Exception):
    """The site has no relationship with the customer whose organisation this is (any more)."""


class NotThereYet(Exception):
    """The organisation is still being set up."""


class BadQuantity(Exception):
    """At least one, and at most MOST."""


class NothingGained(Exception):
    """The trial runs until then already. `until` is its last day."""

    def __init__(self, until: date) -> None:
        super().__init__(until)
        self.until = until


def parts_to_try() -> QuerySet[PartSetup]:
    """What can be tried: every part that is sold and set up."""
    return PartSetup.objects.filter(part__is_active=True).select_related("part").order_by("part__number")


@transaction.atomic
def begin_trial(
    organisation: Organisation, part: Part, *, quantity: int = 1, by: Actor, now: datetime
) -> Subscription:
    """Have a customer try a part for `rules.trial_days` from today, by the customer's clocks.

    Raises NotAdministered, NotThereYet, NotTried, HadAlready, NotACustomer, BadQuantity; Organisation.DoesNotExist.
    """
    if by.kind is not Kind.RESELLER:
        raise NotAdministered
    organisation = Organisation.objects.get(id=organisation.id)
    if organisation.administered_by_id != by.site_id or organisation.kind != OrganisationKind.CUSTOMER:
        raise NotAdministered
    if not organisation.external_id:
        raise NotThereYet
    setup = parts_to_try().filter(part=part).first()
    if setup is None:
        raise NotTried
    if not 1 <= quantity <= MOST:
        raise BadQuantity
    if not deals_with(organisation, by, now):
        raise NotACustomer
    _demand_new(organisation, setup)
    site = Site.objects.get(id=by.site_id)
    time_zone = time_zone_of(organisation.country, site)
    today = local_day(now, time_zone)
    last = today + timedelta(days=rules().trial_days)
    columns = {
        "organisation": organisation, "organisation_name": organisation.name, "customer_id": organisation.customer_id,
        "reseller_id": by.site_id, "settled_on": today, "part": setup.part, "part_number": setup.part.number,
        "description": setup.part.description, "quantity": quantity, "services": setup.services,
        "status": S.TRIAL, "time_zone": time_zone, "starts_on": today, "trial_ends_on": last,
        "due_at": next_due(end_of(last, time_zone), now), **TO_TELL,
    }  # fmt: skip
    trial = new_subscription(columns, year=today.year)
    audit("trial_begun", trial, by=by, now=now)
    notices.tell_of_change(trial, notices.TRIAL_BEGUN, by=by, now=now, until=last)
    wake_on_commit()
    return trial


@transaction.atomic
def extend_trial(
    trial: Subscription, *, by: Actor, now: datetime, version: int | None = None
) -> Subscription:
    """Go on trying for `rules.trial_days` from today, not on top of what is left; what is over runs again.

    Raises NothingGained, and what changes of subscriptions raise.
    """
    held = held_for("extend", trial, by=by, now=now, version=version)
    last = extended_to(held, now)
    if held.status == S.TRIAL and held.trial_ends_on is not None and last <= held.trial_ends_on:
        raise NothingGained(held.trial_ends_on)
    store(
        held, "trial_extended", by=by, now=now, until=last.isoformat(), status=S.TRIAL, trial_ends_on=last,
        due_at=next_due(end_of(last, held.time_zone), now),
    )  # fmt: skip
    notices.tell_of_change(held, notices.TRIAL_EXTENDED, by=by, now=now, until=last)
    return held


def extended_to(trial: Subscription, now: datetime) -> date:
    """The last day of a trial that is extended now."""
    return local_day(now, trial.time_zone) + timedelta(days=rules().trial_days)


def deals_with(organisation: Organisation, by: Actor, now: datetime) -> bool:
    """Whether the site has a relationship with the customer: only then does it see what it begins."""
    today = local_day(now, "UTC")
    own = Relationship.objects.filter(
        site_id=by.site_id,
        customer_id=organisation.customer_id,
        role=RelationshipRole.RESELLER,
        valid_from__lte=today,
    )
    return own.filter(Q(valid_to=None) | Q(valid_to__gt=today)).exists()


def _demand_new(organisation: Organisation, setup: PartSetup) -> None:
    """Two who begin something there at once wait for each other here."""
    with connection.cursor() as cursor:  # a partner may not hold the organisation itself
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"trials of {organisation.id}"]
        )
    had = Subscription.objects.filter(organisation=organisation).exclude(status=S.DELETED)
    same = had.filter(part=setup.part).first() or next(
        (one for one in had.filter(status__in=[S.ACTIVE, S.SUSPENDED, *TRIALS]) if _covers(one, setup)), None
    )
    if same is not None:
        raise HadAlready(same)


def _covers(one: Subscription, setup: PartSetup) -> bool:
    return set(setup.services) <= set(one.services)
