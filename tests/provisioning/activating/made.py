"""Lines that can be set up, and what was entered for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from identity import tenancy
from identity.models import Site
from provisioning.activating import provision
from provisioning.activating.working import take_next, work_on
from provisioning.models import Activation, LineStatus, Organisation, SetupLine, Waiting
from tests.provisioning.made import guest_of, make_line, make_organisation

ENTERED: dict[str, Any] = {
    "calling": {"country": "EG", "address": "1 Corniche, Alexandria", "time_zone": "Africa/Cairo",
                "languages": ["ar", "en"], "sip": "oasis-voice"},
    "meetings": {"site": "oasis-meets", "time_zone": "Africa/Cairo", "transfer_code": ""},
    "messaging": {},
    "organisation": {"subdomain": "oasis"},
}  # fmt: skip
ASKED_BY = "it@oasis.example"


def make_ready(site: Site, *, organisation: Organisation | None = None, **extra: Any) -> SetupLine:
    """A line whose organisations are confirmed, so that it can be set up."""
    waiting = {"waits_for": Waiting.NOTHING, "due_at": None, "status": LineStatus.AWAITING_DETAILS}
    organisation = organisation or make_organisation(administered_by=site)
    return make_line(
        site, **(waiting | {"organisation": organisation, "onboarded_at": timezone.now()} | extra)
    )


def entered(**changes: dict[str, Any]) -> dict[str, Any]:
    """What was entered, with something else for some services."""
    return {name: known | changes.get(name, {}) for name, known in ENTERED.items()}


def asked(line: SetupLine, *, now: datetime | None = None, **changes: dict[str, Any]) -> Activation:
    """Whoever holds the link provisions it."""
    now = now or timezone.now()
    with tenancy.scope(guest_of(line)):
        return provision(line, entered(**changes), asked_by=ASKED_BY, by=guest_of(line), now=now)


def work(*, now: datetime | None = None) -> int:
    """A worker takes on what is due; returns how many it was."""
    done = 0
    while (taken := take_next(now=now or timezone.now())) is not None:
        work_on(taken)
        done += 1
        assert done < 50
    return done


def again(activation: Activation) -> Activation:
    with tenancy.as_system():
        return Activation.objects.select_related("line__organisation").get(id=activation.id)


def make_due(activation: Activation) -> None:
    """As if it had waited long enough."""
    with tenancy.as_system():
        Activation.objects.filter(id=activation.id).update(due_at=timezone.now())
