"""What becomes of what a backend says. Each function is the work of one transaction, as the system, on locked rows."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from identity.actors import Actor

from ..backends import Answer, Refused, ServiceState, Trouble
from ..models import (
    Activation,
    ActivationState,
    BillingStart,
    LineStatus,
    Organisation,
    SetupLine,
)
from ..subscriptions.beginning import start_subscription
from . import notices
from .asking import ORGANISATION, audit

S = ActivationState
#: How long until a backend is asked again that was away or busy: doubled each time, six hours in all.
FIRST_WAIT, LONGEST_WAIT, MOST_TROUBLES = 5, 30 * 60, 20
#: How long until it is asked again how far it is: half as long again each time.
FIRST_LOOK, LONGEST_LOOK = 2, 60
#: A review is people's work, and takes as long as it takes.
REVIEW_LOOK = 10 * 60
#: So often nothing was new: a day, by and by. Then somebody is to look after it.
MOST_LOOKS = 1500

UNREACHABLE, STALLED = "portal.unreachable", "portal.stalled"


class LeaseLost(Exception):
    """Another worker has taken the activation up, or it is over."""


@dataclass(frozen=True, slots=True)
class Held:
    """An activation and its line, both locked."""

    activation: Activation
    line: SetupLine


def held(activation_id: int, version: int) -> Held:
    """As they are now, if the lease of this number is still the last. Raises LeaseLost."""
    ours = Activation.objects.select_for_update(of=("self",)).filter(id=activation_id, version=version)
    activation = ours.filter(finished_at=None).first()
    if activation is None:
        raise LeaseLost
    lines = SetupLine.objects.select_for_update(of=("self",)).select_related("organisation")
    return Held(activation, lines.get(id=activation.line_id))


def answered(held: Held, answer: Answer, *, now: datetime) -> None:
    """The backend says how far it is."""
    activation = held.activation
    before = (activation.services, activation.state)
    activation.services = _services(held, answer)
    activation.location = answer.location or activation.location
    activation.external_id = answer.external_id or activation.external_id
    activation.troubles, activation.heard_at = 0, now
    _know_organisation(held, answer)
    if answer.state == S.PROVISIONED:
        return _done(held, now=now)
    if answer.state in (S.WITH_ERRORS, S.FAILED):
        return _failed(held, answer.state, answer.code or "failed", answer.text, now=now)
    activation.state = answer.state
    if (activation.services, activation.state) != before:
        activation.attempts = 0
    if activation.state == S.PROVISIONING and activation.attempts >= MOST_LOOKS:
        return _failed(held, S.FAILED, STALLED, "", now=now)
    _again(held, _until_next_look(activation, answer), now=now)


def refused(held: Held, refusal: Refused, *, now: datetime) -> None:
    """The backend will not."""
    held.activation.troubles, held.activation.heard_at = 0, now
    _failed(held, S.FAILED, refusal.code, refusal.text, now=now)


def troubled(held: Held, trouble: Trouble, *, now: datetime) -> None:
    """Nobody knows. The same is said again, less and less often; the backend may ask for more time than that."""
    activation = held.activation
    activation.troubles += 1
    if activation.troubles >= MOST_TROUBLES:
        return _failed(held, S.FAILED, UNREACHABLE, trouble.text, now=now)
    activation.error_code, activation.error_text = trouble.code, trouble.text[:500]
    wait = min(FIRST_WAIT * 2 ** (activation.troubles - 1), LONGEST_WAIT) * random.uniform(0.8, 1.2)
    _again(held, max(wait, trouble.retry_after or 0), now=now)


def forgotten(held: Held, *, now: datetime) -> None:
    """The backend does not know where it told us to look: it is asked anew, with the same key, but not for ever."""
    held.activation.location = ""
    if held.activation.attempts >= MOST_LOOKS:
        return _failed(held, S.FAILED, STALLED, "", now=now)
    troubled(held, Trouble("forgotten"), now=now)


# ------------------------------------------------------------------------------------------ how it goes on


def _until_next_look(activation: Activation, answer: Answer) -> float:
    wait = REVIEW_LOOK if activation.state == S.REVIEW else FIRST_LOOK * 1.5 ** min(activation.attempts, 20)
    return max(wait if activation.state == S.REVIEW else min(wait, LONGEST_LOOK), answer.retry_after or 0)


def _again(held: Held, seconds: float, *, now: datetime) -> None:
    activation = held.activation
    if not activation.troubles:
        activation.error_code = activation.error_text = ""
    activation.due_at, activation.leased_until = now + timedelta(seconds=seconds), None
    activation.save()
    _show(held)


def _show(held: Held) -> None:
    """The line tells how far each service is."""
    if held.line.service_states != held.activation.services:
        held.line.service_states = held.activation.services
        held.line.save(update_fields=["service_states"])


def _services(held: Held, answer: Answer) -> dict[str, Any]:
    """How far each service that was bought is. Of those that the answer leaves out, what it says of the whole."""
    whole = ServiceState(answer.state if answer.state != S.WITH_ERRORS else S.PROVISIONED, answer.code)
    said = {name: answer.services.get(name, whole) for name in held.line.services}
    return {name: {"state": str(s.state), "code": s.code, "text": s.text} for name, s in said.items()}


def _know_organisation(held: Held, answer: Answer) -> None:
    """What the backend calls the organisation, once and for all; and its subdomain, once it has it for certain."""
    organisation = held.line.organisation
    assert organisation is not None
    before = (organisation.external_id, organisation.subdomain)
    organisation.external_id = organisation.external_id or answer.organisation_id
    if answer.state in (S.PROVISIONED, S.WITH_ERRORS) and not answer.code.startswith("subdomain"):
        entered = held.activation.details.get(ORGANISATION) or {}
        organisation.subdomain = organisation.subdomain or str(entered.get("subdomain") or "")[:63]
    if (organisation.external_id, organisation.subdomain) != before:
        organisation.version += 1
        Organisation.save(organisation, update_fields=["external_id", "subdomain", "version"])


def _over(held: Held, state: str, *, now: datetime) -> None:
    activation = held.activation
    activation.state, activation.finished_at = state, now
    activation.due_at = activation.leased_until = None
    activation.version += 1
    activation.save()


def _done(held: Held, *, now: datetime) -> None:
    """The line is active and billed from now on, its subscription begins, and people are told; all of it or nothing."""
    system, line = Actor.system(), held.line
    held.activation.error_code = held.activation.error_text = ""
    _over(held, S.PROVISIONED, now=now)
    line.status, line.status_note, line.activated_at = LineStatus.ACTIVE, "", now
    line.service_states, line.version = held.activation.services, line.version + 1
    line.save(update_fields=["status", "status_note", "activated_at", "service_states", "version"])
    BillingStart.objects.create(line=line, at=now, quantity=line.quantity)
    continued = (held.activation.request or {}).get("continues", "")
    start_subscription(line, external_id=held.activation.external_id, continues=continued, by=system, now=now)
    audit("setup_line.provisioned", line, by=system, now=now)
    notices.tell_done(held.activation, line, by=system, now=now)


def _failed(held: Held, state: str, code: str, text: str, *, now: datetime) -> None:
    """It comes to an end without: somebody has to do something, and is told what."""
    system, line, activation = Actor.system(), held.line, held.activation
    activation.error_code, activation.error_text = code[:60], text[:500]
    if state == S.FAILED:
        activation.services = {
            name: known if known["state"] == S.PROVISIONED else known | {"state": S.FAILED.value}
            for name, known in activation.services.items()
        }
    _over(held, state, now=now)
    line.status, line.service_states, line.version = LineStatus.FAILED, activation.services, line.version + 1
    line.save(update_fields=["status", "service_states", "version"])
    audit("setup_line.provision_failed", line, by=system, now=now, code=activation.error_code)
    notices.tell_failed(activation, line, by=system, now=now)
