"""Subscriptions are suspended, resumed, cancelled, restored while there is time, and deleted for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from identity.actors import Actor
from notifications.tasks import rouse

from ..models import SetupRules, Subscription, SubscriptionStatus
from . import notices
from .beginning import audit
from .possible import FROM, administers, window_over

S = SubscriptionStatus
WARNED = timedelta(days=7)  # before something ends, if it is that far away


class SubscriptionNotOpen(Exception):
    """The state of the subscription does not allow this (any more). `status` is the one it is in."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class SubscriptionChanged(Exception):
    """Somebody changed the subscription since it was shown. `subscription` is as it is now."""

    def __init__(self, subscription: Subscription) -> None:
        super().__init__(subscription.version)
        self.subscription = subscription


class NotAdministered(Exception):
    """The customer administers this organisation alone, or another partner does."""


class WindowOver(Exception):
    """What was cancelled could be restored until `until`, and not any more."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__(until)
        self.until = until


class NotConfirmed(Exception):
    """What cannot be undone is asked twice: the subscription's own number was to be given."""


@transaction.atomic
def suspend_subscription(
    subscription: Subscription, *, by: Actor, now: datetime, version: int | None = None
) -> Subscription:
    """Nobody of the customer can use it until it is resumed; its term goes on. Raises SubscriptionNotOpen,
    SubscriptionChanged, NotAdministered, as all of these do.
    """
    held = held_for("suspend", subscription, by=by, now=now, version=version)
    store(held, "suspended", by=by, now=now, status=S.SUSPENDED, suspended_at=now)
    notices.tell_of_change(held, notices.SUSPENDED, by=by, now=now)
    return held


@transaction.atomic
def resume_subscription(
    subscription: Subscription, *, by: Actor, now: datetime, version: int | None = None
) -> Subscription:
    """It is used again, as before."""
    held = held_for("resume", subscription, by=by, now=now, version=version)
    store(held, "resumed", by=by, now=now, status=S.ACTIVE, suspended_at=None)
    notices.tell_of_change(held, notices.RESUMED, by=by, now=now)
    return held


@transaction.atomic
def cancel_subscription(
    subscription: Subscription, *, by: Actor, now: datetime, version: int | None = None
) -> Subscription:
    """End it now. Until `restore_until` it can come back with everything in it; then it is deleted by itself."""
    held = held_for("cancel", subscription, by=by, now=now, version=version)
    until = restorable_until(held, now)
    store(
        held, "cancelled", by=by, now=now, until=until.isoformat(), status=S.CANCELLED, cancelled_at=now,
        restore_until=until, due_at=next_due(until, now),
    )  # fmt: skip
    notices.tell_of_change(held, notices.CANCELLED, by=by, now=now, until=until)
    return held


@transaction.atomic
def restore_subscription(
    subscription: Subscription, *, by: Actor, now: datetime, version: int | None = None
) -> Subscription:
    """Bring back what was cancelled, active. Raises WindowOver besides: also where the job has not been there yet."""
    held = held_for("restore", subscription, by=by, now=now, version=version)
    if window_over(held, now):
        raise WindowOver(held.restore_until)
    store(
        held, "restored", by=by, now=now, status=S.ACTIVE, suspended_at=None, cancelled_at=None,
        restore_until=None, due_at=None,
    )  # fmt: skip
    notices.tell_of_change(held, notices.RESTORED, by=by, now=now)
    return held


@transaction.atomic
def delete_subscription(
    subscription: Subscription, *, number: str, by: Actor, now: datetime, version: int | None = None
) -> Subscription:
    """For good, with all that is in it: what was cancelled, or a trial. `number` is given by whoever wants that.
    Raises NotConfirmed besides.
    """
    held = held_for("delete", subscription, by=by, now=now, version=version)
    if "".join(number.split()).upper() != held.number.upper():
        raise NotConfirmed
    let_go(held, by=by, now=now)
    return held


def let_go(held: Subscription, *, by: Actor, now: datetime) -> None:
    """Delete one that is held, and say so."""
    store(held, "deleted", by=by, now=now, status=S.DELETED, deleted_at=now, due_at=None)
    notices.tell_of_change(held, notices.DELETED, by=by, now=now)


# ------------------------------------------------------------------------------------------ the ground


def held_for(
    name: str, subscription: Subscription, *, by: Actor, now: datetime, version: int | None = None
) -> Subscription:
    """The subscription as it is now, held until the transaction ends, if its state allows the deed.

    Raises Subscription.DoesNotExist, NotAdministered, SubscriptionNotOpen, SubscriptionChanged.
    """
    # A reseller holds only what it may still change, so that what was deleted meanwhile is read without.
    current = Subscription.objects.select_for_update(of=("self",)).filter(id=subscription.id).first()
    current = current or Subscription.objects.get(id=subscription.id)
    if not administers(by, current.organisation_id):
        raise NotAdministered
    if current.status not in FROM[name]:
        raise SubscriptionNotOpen(current.status)
    if version is not None and current.version != version:
        raise SubscriptionChanged(current)
    return current


#: What every change of state says of the backend: it is to be told.
TO_TELL: dict[str, Any] = {"backend_due": True, "backend_attempts": 0, "backend_error": ""}


def store(
    held: Subscription, event: str, *, by: Actor, now: datetime, until: str = "", **columns: Any
) -> None:
    """Change it, have the backend told, and write down that it happened; `until` is for the audit."""
    changed = columns | TO_TELL | {"version": held.version + 1}
    if (
        held.backend_error
    ):  # it waits after a failure: this goes at once. Where a worker is at it, that one goes first
        changed["backend_at"] = None
    for name, value in changed.items():
        setattr(held, name, value)
    held.save(update_fields=list(changed))
    audit(event, held, by=by, now=now, **({"until": until} if until else {}))
    wake_on_commit()


def wake_on_commit() -> None:
    """Have the backend told at once; it would be anyway, in a while."""
    from ..tasks import tell_backend

    transaction.on_commit(lambda: rouse(tell_backend), robust=True)


def restorable_until(subscription: Subscription, now: datetime) -> datetime:
    """So many days on, at the same time of day by the customer's clocks."""
    days = rules().restore_days
    until = now.astimezone(ZoneInfo(subscription.time_zone)) + timedelta(days=days)
    return until.astimezone(UTC)


def next_due(ends_at: datetime, now: datetime) -> datetime:
    """When to look at it next: soon before it ends, or at the end. Both in UTC."""
    warned = ends_at - WARNED
    return warned if warned > now else ends_at


def rules() -> SetupRules:
    return SetupRules.objects.filter(id=1).first() or SetupRules()
