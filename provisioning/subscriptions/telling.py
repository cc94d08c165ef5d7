"""The backend is told what became of subscriptions: outside of transactions, and until it has understood.

Whoever takes a row up holds it by a lease (`backend_at`), and speaks to the backend without holding anything else. What
it says counts for the version that was told of; of a later one it is told next. So a backend hears of the last state,
in order, and of the same one with the same key however often a worker is killed.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from identity import tenancy
from identity.actors import Actor

from ..backends import Answer, Forgotten, Refused, Trouble, Wanted, WantedOrganisation, backend
from ..models import ActivationState, Service, Subscription, SubscriptionStatus
from ..turns import is_ones_turn
from . import notices

log = logging.getLogger(__name__)

S = SubscriptionStatus
FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=1)  # between attempts, twice as long each time
PATIENCE = 5  # attempts, until the vendor's people hear of it
POLLED = timedelta(seconds=15)
UNDER_WAY = (ActivationState.PROVISIONING, ActivationState.REVIEW)

#: What the backend is to make of each state.
STATES: dict[str, str] = {
    S.TRIAL: "active",
    S.TRIAL_EXPIRED: "suspended",
    S.ACTIVE: "active",
    S.SUSPENDED: "suspended",
    S.CANCELLED: "cancelled",
    S.DELETED: "deleted",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a worker has to say, read before it speaks to anybody. `wanted`: of a trial that is not there yet."""

    id: int
    version: int
    external_id: str
    location: str
    state: str
    key: str
    wanted: Wanted | None


Heard = Answer | Trouble | Refused | Forgotten


def tell_due(*, budget: float) -> bool:
    """Tell of one after the other; whether there may be more when `budget` seconds are over."""
    until = time.monotonic() + budget
    while (taken := take_next(now=timezone.now())) is not None:
        hear(taken, _say(taken), now=timezone.now())
        if time.monotonic() > until:
            return True
    return False


def take_next(*, now: datetime) -> Taken | None:
    """The next of which the backend has to hear, with a lease; None when there is none."""
    with tenancy.as_system():
        if not is_ones_turn(now):
            return None
        due = Subscription.objects.filter(Q(backend_at=None) | Q(backend_at__lte=now), backend_due=True)
        held = due.select_for_update(of=("self",), skip_locked=True).order_by("id").first()
        if held is None:
            return None
        held.backend_leased_until = now + timedelta(seconds=settings.PROVISIONING_LEASE_SECONDS)
        held.backend_at, held.backend_error = held.backend_leased_until, ""
        held.backend_attempts += 1
        held.save(update_fields=["backend_at", "backend_leased_until", "backend_error", "backend_attempts"])
        return Taken(
            held.id, held.version, held.external_id, held.backend_location, STATES[held.status],
            f"{held.public_id}-{held.version if held.external_id else 'trial'}",
            None if held.external_id or held.line_id else wanted_of(held),
        )  # fmt: skip


def wanted_of(trial: Subscription) -> Wanted:
    """A trial, as the backend is asked for it: in an organisation that it has, with nothing that is unique."""
    organisation = trial.organisation
    where = {"country": organisation.country, "address": organisation.address, "time_zone": trial.time_zone}
    details: dict[str, dict[str, Any]] = {
        Service.CALLING: {**where, "languages": [], "sip": ""},
        Service.MEETINGS: {"site": "", "time_zone": trial.time_zone, "transfer_code": ""},
    }
    return Wanted(
        line=trial.public_id,
        order_number="",
        part_number=trial.part_number,
        quantity=trial.quantity,
        services=tuple(trial.services),
        organisation=WantedOrganisation(
            public_id=organisation.public_id,
            external_id=organisation.external_id,
            name=organisation.name,
            country=organisation.country,
            address=organisation.address,
            domain=organisation.domain,
            administrator_email=organisation.administrator_email,
            language="en",
            subdomain="",
        ),
        details={name: details.get(name, {}) for name in trial.services},
    )


def _say(taken: Taken) -> Heard | None:
    """None: there is nothing to be said, since the backend never had it."""
    try:
        if taken.external_id:
            return backend().change(taken.external_id, taken.state, taken.key)
        if taken.wanted is None:
            return None
        return backend().look(taken.location) if taken.location else backend().create(taken.wanted, taken.key)
    except (Trouble, Refused, Forgotten) as error:
        return error
    except Exception as error:
        log.exception("The backend could not be told of subscription %s.", taken.id)
        return Trouble("error", type(error).__name__)


def hear(taken: Taken, heard: Heard | None, *, now: datetime) -> None:
    """Write what the backend said."""
    with tenancy.as_system():
        held = Subscription.objects.select_for_update(of=("self",)).get(id=taken.id)
        if not held.backend_due:
            return  # another worker was told meanwhile, when this one's lease had run out
        if isinstance(heard, Answer):
            _answered(held, taken, heard, now)
        elif heard is None:
            _understood(held, taken)
        elif isinstance(heard, Forgotten):
            held.backend_location, held.backend_at = "", now + FIRST
        else:
            _troubled(held, taken, heard, now)
        held.backend_leased_until = None
        held.save(
            update_fields=[
                "external_id", "backend_location", "backend_leased_until", "backend_due", "backend_at",
                "backend_attempts", "backend_error",
            ]
        )  # fmt: skip


def _answered(held: Subscription, taken: Taken, answer: Answer, now: datetime) -> None:
    if answer.state in UNDER_WAY:
        wait = timedelta(seconds=answer.retry_after) if answer.retry_after else POLLED
        held.backend_at, held.backend_attempts = now + wait, 0
        if not taken.external_id:
            held.backend_location = answer.location
        else:
            _understood(held, taken)  # it has taken the change on
    elif answer.state == ActivationState.FAILED:
        _troubled(held, taken, Refused(answer.code, answer.text), now)
    elif taken.external_id:
        _understood(held, taken)
    else:
        held.external_id, held.backend_location = answer.external_id, ""
        _understood(held, taken, made=True)


def _understood(held: Subscription, taken: Taken, *, made: bool = False) -> None:
    """What is new since, it is told next. What was just made is active."""
    same = STATES[held.status] == "active" if made else held.version == taken.version
    held.backend_due, held.backend_at, held.backend_attempts = not same, None, 0
    held.backend_error = ""


def _troubled(held: Subscription, taken: Taken, error: Trouble | Refused, now: datetime) -> None:
    if held.version != taken.version:  # it is told something else next
        held.backend_at = None
        return
    wait = LONGEST
    if isinstance(error, Trouble):
        wait = min(LONGEST, FIRST * 2 ** min(held.backend_attempts - 1, 10))
        wait = max(wait, timedelta(seconds=error.retry_after or 0))
    held.backend_at = now + wait
    held.backend_error = (f"{error.code}: {error.text}" if error.text else error.code)[:300]
    if isinstance(error, Refused) or held.backend_attempts >= PATIENCE:
        notices.tell_of_trouble(held, held.backend_error, by=Actor.system(), now=now)
