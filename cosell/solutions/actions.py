"""Every change of a solution: what the partner writes and asks, what the vendor decides (C4, C9).

The database holds to who may: a trigger refuses a partner who would make its own solution ready (migrations/0003).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from identity.access import PrivilegeMissing
from identity.actors import Actor
from identity.audit import record
from identity.models import Site
from identity.privileges import Privilege, Refusal

from ..models import Incentive, Readiness, Solution, SolutionStatus
from . import notices
from .checklist import missing_to_stay
from .possible import lacks, not_theirs, refusal

#: What the vendor looked at before it agreed: when it changes, it is looked at again.
ESSENTIAL = ("name", "kind", "description", "customer_value")


@dataclass(frozen=True, slots=True)
class SolutionContent:
    """What a partner writes of a solution. `kind` is one of SolutionKind."""

    name: str
    kind: str
    description: str = ""
    customer_value: str = ""
    document_url: str = ""
    contact_name: str = ""
    contact_email: str = ""


class NotPossible(Exception):
    """The solution's state does not allow it. `refusal` says why, and who can change that."""

    def __init__(self, refused: Refusal) -> None:
        super().__init__(str(refused.reason))
        self.refusal = refused


class SolutionChanged(Exception):
    """Somebody changed the solution since it was shown. `solution` is as it is now."""

    def __init__(self, solution: Solution) -> None:
        super().__init__(solution.version)
        self.solution = solution


class NameTaken(Exception):
    """The company has another solution of this name."""


class NoteMissing(Exception):
    """What is sent back or taken away is so for a reason, which the partner reads."""


def answer_by(asked_at: datetime) -> datetime:
    """Until when the vendor promises an answer."""
    return asked_at + timedelta(days=settings.COSELL_REVIEW_DAYS)


# ------------------------------------------------------------------------------------------- of partners


@transaction.atomic
def write_solution(content: SolutionContent, *, by: Actor, now: datetime) -> Solution:
    """A new draft. Raises PrivilegeMissing, NameTaken."""
    _demand_person("edit", by)
    site = Site.objects.get(id=by.site_id)
    solution = Solution(site=site, site_name=site.name, created_at=now, **asdict(content))
    _save(solution)
    _record("written", solution, by=by, now=now)
    return solution


@transaction.atomic
def edit_solution(
    solution: Solution, content: SolutionContent, *, version: int | None = None, by: Actor, now: datetime
) -> Solution:
    """Change what is written. Where the vendor had agreed to something else, it is asked to look again, and told.

    The incentive that the vendor named stays until it decides anew: deals that were begun while the solution was ready
    are won under what they were promised. Raises PrivilegeMissing, NotPossible (also where something would be missing
    that took it to where it stands), SolutionChanged, NameTaken.
    """
    held = _held("edit", solution, version, by)
    wanted = asdict(content)
    changes = {
        name: [getattr(held, name), value] for name, value in wanted.items() if getattr(held, name) != value
    }
    if not changes:
        return held
    lacked = missing_to_stay(held)
    for name, (_was, value) in changes.items():
        setattr(held, name, value)
    if refused := lacks([step for step in missing_to_stay(held) if step not in lacked]):
        raise NotPossible(refused)
    again = held.readiness != Readiness.NOT_READY and not changes.keys().isdisjoint(ESSENTIAL)
    if again:
        held.readiness, held.asked_at = Readiness.ASKED, now
    _store(held, "edited", by=by, now=now, fields=sorted(changes), again=again)
    if again:
        notices.tell_asked(held, by=by, now=now)
    return held


@transaction.atomic
def publish_solution(solution: Solution, *, version: int | None = None, by: Actor, now: datetime) -> Solution:
    """Show it to the vendor. Raises PrivilegeMissing, NotPossible, SolutionChanged."""
    held = _held("publish", solution, version, by)
    held.status, held.published_at = SolutionStatus.PUBLISHED, now
    return _store(held, "published", by=by, now=now)


@transaction.atomic
def ask_readiness(solution: Solution, *, version: int | None = None, by: Actor, now: datetime) -> Solution:
    """Ask the vendor to make it co-sell ready. Raises PrivilegeMissing, NotPossible, SolutionChanged."""
    held = _held("ask", solution, version, by)
    held.readiness, held.asked_at, held.readiness_note = Readiness.ASKED, now, ""
    _store(held, "asked", by=by, now=now)
    notices.tell_asked(held, by=by, now=now)
    return held


@transaction.atomic
def take_back(solution: Solution, *, version: int | None = None, by: Actor, now: datetime) -> Solution:
    """No longer ask. Raises PrivilegeMissing, NotPossible, SolutionChanged."""
    held = _held("take_back", solution, version, by)
    held.readiness, held.asked_at = Readiness.NOT_READY, None
    return _store(held, "taken_back", by=by, now=now)


@transaction.atomic
def retire_solution(solution: Solution, *, version: int | None = None, by: Actor, now: datetime) -> Solution:
    """Sell it no more: no new deal names it, and those that do go on. Raises as the others do."""
    held = _held("retire", solution, version, by)
    held.status, held.readiness, held.asked_at = SolutionStatus.RETIRED, Readiness.NOT_READY, None
    return _store(held, "retired", by=by, now=now)


@transaction.atomic
def bring_back(solution: Solution, *, version: int | None = None, by: Actor, now: datetime) -> Solution:
    """Make a retired one a draft again. Raises PrivilegeMissing, NotPossible, SolutionChanged, NameTaken."""
    held = _held("bring_back", solution, version, by)
    held.status, held.published_at = SolutionStatus.DRAFT, None
    return _store(held, "brought_back", by=by, now=now)


# ------------------------------------------------------------------------------------------- of the vendor


@transaction.atomic
def make_ready(
    solution: Solution, *, incentive: str | None = None, version: int | None = None, by: Actor, now: datetime
) -> Solution:
    """Agree to help to sell it; `incentive` ("" or one of Incentive) is what won deals with it can be rewarded by.

    None: the one that it had when it was ready before, if any. Raises PrivilegeMissing, NotPossible, SolutionChanged,
    ValueError.
    """
    if incentive and incentive not in Incentive.values:
        raise ValueError(incentive)
    held = _held("make_ready", solution, version, by)
    held.incentive = held.incentive if incentive is None else incentive
    held.readiness, held.ready_at, held.readiness_note = Readiness.READY, now, ""
    _store(held, "made_ready", by=by, now=now, incentive=held.incentive)
    notices.tell_ready(held, by=by, now=now)
    return held


@transaction.atomic
def send_back(
    solution: Solution, *, note: str, version: int | None = None, by: Actor, now: datetime
) -> Solution:
    """Say what is missing. Raises PrivilegeMissing, NotPossible, SolutionChanged, NoteMissing."""
    return _not_ready("send_back", "sent_back", solution, note, version, by=by, now=now)


@transaction.atomic
def withdraw_readiness(
    solution: Solution, *, note: str, version: int | None = None, by: Actor, now: datetime
) -> Solution:
    """Take readiness away again, and say why. Raises PrivilegeMissing, NotPossible, SolutionChanged, NoteMissing."""
    return _not_ready("withdraw", "withdrawn", solution, note, version, by=by, now=now)


def _not_ready(
    deed: str, event: str, solution: Solution, note: str, version: int | None, *, by: Actor, now: datetime
) -> Solution:
    held = _held(deed, solution, version, by)
    if not note.strip():
        raise NoteMissing
    held.readiness, held.readiness_note, held.incentive = Readiness.NOT_READY, note.strip(), ""
    _store(held, event, by=by, now=now, note=held.readiness_note)
    notices.tell_not_ready(held, by=by, now=now)
    return held


# ------------------------------------------------------------------------------------------- the ground

_OF_PARTNERS = (
    "name", "kind", "description", "customer_value", "document_url", "contact_name", "contact_email", "status",
    "published_at", "readiness", "readiness_note", "asked_at", "version",
)  # fmt: skip
_OF_STAFF = ("readiness", "readiness_note", "ready_at", "incentive", "version")


def _demand_person(deed: str, by: Actor) -> None:
    if refused := not_theirs(deed, by):
        raise PrivilegeMissing(refused, Privilege.COSELL_DECIDE if by.is_staff else Privilege.REFERRAL_MANAGE)


def _held(deed: str, solution: Solution, version: int | None, by: Actor) -> Solution:
    """The solution as it is now, held, of which this can be done."""
    _demand_person(deed, by)
    held = Solution.objects.select_for_update(of=("self",), no_key=True).get(id=solution.id)
    if refused := refusal(deed, held, by):
        raise NotPossible(refused)
    if version is not None and held.version != version:
        raise SolutionChanged(held)
    return held


def _store(solution: Solution, event: str, *, by: Actor, now: datetime, **detail: Any) -> Solution:
    solution.version += 1
    _save(solution, list(_OF_STAFF if by.is_staff else _OF_PARTNERS))
    _record(event, solution, by=by, now=now, **detail)
    return solution


def _save(solution: Solution, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            solution.save(update_fields=fields)
    except IntegrityError as error:
        if "solution_name_once" in str(error):
            raise NameTaken from None
        raise


def _record(event: str, solution: Solution, *, by: Actor, now: datetime, **detail: Any) -> None:
    record(
        f"solution.{event}", by=by, now=now, object_type="solution", object_id=solution.public_id,
        label=solution.name, site_id=solution.site_id, **detail,
    )  # fmt: skip
