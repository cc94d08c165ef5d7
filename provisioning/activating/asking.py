"""What people do: provision and start billing, and try again what failed. A job does the rest (working.py)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.db import transaction

from identity.actors import Actor
from identity.audit import record
from notifications.tasks import rouse

from ..models import Activation, ActivationState, LineStatus, SetupLine, Waiting
from ..models.activation import AGAIN
from .refusals import ActivationChanged, LineOver, NothingFailed, NotOnboarded

S = ActivationState
#: What ended so is tried again by people alone.
FAILED = (S.FAILED, S.WITH_ERRORS)
#: How our own codes begin: of failures of which nobody knows what the backend did. Asked again, it is to know that this
#: is the same; no code of a backend has a dot.
UNHEARD = "portal."
ORGANISATION = "organisation"


@transaction.atomic
def provision(
    line: SetupLine, details: Mapping[str, Any], *, asked_by: str, by: Actor, now: datetime
) -> Activation:
    """Set a line up with what was entered for each service, and start billing for it once that is done.

    Whoever asks second, in another tab or as another person, gets what the first has asked for, whatever became of it;
    what failed is tried again with `ask_again`. `asked_by` is an address. Raises NotOnboarded, LineOver.
    """
    line = SetupLine.objects.select_for_update(of=("self",)).get(id=line.id)
    asked = Activation.objects.filter(line=line).first()
    if asked is not None:
        return asked
    if line.status not in (LineStatus.ORDERED, LineStatus.AWAITING_DETAILS):
        raise LineOver(line)
    if line.onboarded_at is None or line.organisation_id is None:
        raise NotOnboarded
    activation = Activation(
        line=line, key=token_hex(16), details=_of_services(line, details), services=_waiting(line),
        asked_by=asked_by, asked_at=now, due_at=now,
    )  # fmt: skip
    activation.save(force_insert=True)
    line.begun_at = line.begun_at or now
    _under_way(line)
    _audit("provision_asked", line, by=by, now=now, asked_by=asked_by)
    wake_on_commit()
    return activation


@transaction.atomic
def ask_again(
    line: SetupLine,
    *,
    by: Actor,
    now: datetime,
    details: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Activation:
    """Try again what failed; with `details`, with what was put right. What is under way by then is left alone.

    `version` is the activation's that was seen. Raises NothingFailed, ActivationChanged, LineOver;
    Activation.DoesNotExist where nobody has asked yet, or the reader may not see it.
    """
    line = SetupLine.objects.get(id=line.id)
    activation = _failed(Activation.objects.get(line=line))
    if version is not None and version != activation.version:
        raise ActivationChanged(activation)
    if line.status == LineStatus.CANCELLED:
        raise LineOver(line)
    wanted = activation.details if details is None else _of_services(line, details)
    if wanted != activation.details or not activation.error_code.startswith(UNHEARD):
        activation.round += 1  # something else, or the backend has said no: this is another request
        activation.location, activation.request = "", None
    activation.details = wanted
    activation.services = {name: _again(known) for name, known in activation.services.items()}
    activation.state, activation.version = S.QUEUED, activation.version + 1
    activation.attempts = activation.troubles = 0
    activation.error_code = activation.error_text = ""
    activation.finished_at, activation.leased_until, activation.due_at = None, None, now
    activation.save(update_fields=AGAIN)
    _audit("provision_asked_again", line, by=by, now=now)
    wake_on_commit()
    return activation


def _failed(seen: Activation) -> Activation:
    """Locked. Whoever is not staff may lock only what has failed: looked for by that, it is there or not."""
    found = Activation.objects.select_for_update(of=("self",)).filter(id=seen.id, state__in=FAILED).first()
    if found is None:
        raise NothingFailed
    return found


def _of_services(line: SetupLine, details: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing of services that were not bought."""
    return {name: details.get(name) or {} for name in (*line.services, ORGANISATION)}


def _waiting(line: SetupLine) -> dict[str, Any]:
    return {name: {"state": S.QUEUED.value, "code": "", "text": ""} for name in line.services}


def _again(known: dict[str, str]) -> dict[str, str]:
    """What is there stays there."""
    return known if known["state"] == S.PROVISIONED else {"state": S.QUEUED.value, "code": "", "text": ""}


def _under_way(line: SetupLine) -> None:
    line.status, line.status_note = LineStatus.PROVISIONING, ""
    line.waits_for, line.due_at = Waiting.NOTHING, None
    line.service_states = _waiting(line)
    line.version += 1
    line.save(
        update_fields=[
            "status",
            "status_note",
            "waits_for",
            "due_at",
            "service_states",
            "begun_at",
            "version",
        ]
    )


def wake_on_commit() -> None:
    """Have the job look at once; it would anyway, in a while."""
    from ..tasks import activate

    transaction.on_commit(lambda: rouse(activate), robust=True)


def _audit(event: str, line: SetupLine, *, by: Actor, now: datetime, **detail: Any) -> None:
    audit(f"setup_line.{event}", line, by=by, now=now, **detail)


def audit(event: str, line: SetupLine, *, by: Actor, now: datetime, **detail: Any) -> None:
    """Write what happened to a line's set-up; the reseller reads it too."""
    record(
        event,
        by=by,
        now=now,
        object_type="setup_line",
        object_id=line.public_id,
        label=f"{line} {line.customer_name}",
        site_id=line.reseller_id,
        **detail,
    )
