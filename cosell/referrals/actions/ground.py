"""What every action on a deal stands on: holding the row, asking whether it is possible, storing, telling."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from identity.actors import Actor
from identity.audit import record
from identity.privileges import Refusal, Role, why_not

from ...models import Referral, ReferralSolution, TeamMember
from ...states import Sharing, Status
from ..content import DealContent, Teammate, Wanted
from ..possible import P


class DealChanged(Exception):
    """Somebody changed the deal since it was shown. `referral` is as it is now."""

    def __init__(self, referral: Referral) -> None:
        super().__init__(referral.version)
        self.referral = referral


class NotPossible(Exception):
    """A rule stands against it. `refusal` says which, and who can change that; `of_person` when it is about them."""

    def __init__(self, refusal: Refusal, *, of_person: bool = False) -> None:
        super().__init__(str(refusal.reason))
        self.refusal = refusal
        self.of_person = of_person


class DealClosed(NotPossible):
    """The deal is won, lost, declined or expired. Nobody ever changes it again."""


class BadContent(Exception):
    """What was entered cannot be kept: `errors`, field by field, sentences for the reader."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__(", ".join(errors))
        self.errors = {field: list(messages) for field, messages in errors.items()}


Rule = Callable[[Referral, Actor, datetime], Refusal | None]


def held_for(rule: Rule, referral: Referral, *, version: int | None, by: Actor, now: datetime) -> Referral:
    """The deal as it is now, held until the transaction ends, if the rule (of possible.py) allows the deed.

    Raises Referral.DoesNotExist, NotPossible, DealClosed, DealChanged.
    """
    held = Referral.objects.select_for_update(of=("self",)).get(id=referral.id)
    demand(rule(held, by, now), by, closed=held.status == Status.CLOSED)
    if version is not None and held.version != version:
        raise DealChanged(held)
    return held


def demand(refused: Refusal | None, by: Actor, *, closed: bool = False) -> None:
    """Raises NotPossible, or DealClosed, where there is a refusal."""
    if refused is None:
        return
    if not by.may(P.REFERRAL_WORK):
        raise NotPossible(refused, of_person=True)
    raise DealClosed(refused) if closed else NotPossible(refused)


def demand_privilege(by: Actor, privilege: P) -> None:
    """Raises NotPossible for whoever lacks the privilege."""
    if refused := why_not(by, privilege):
        raise NotPossible(refused, of_person=True)


def store(
    held: Referral, event: str, *, by: Actor, now: datetime, detail: Any = None, **columns: Any
) -> None:
    """Change a held deal and write down that it happened; `detail` is for the audit."""
    changed = columns | {"version": held.version + 1, "updated_at": now}
    for name, value in changed.items():
        setattr(held, name, value)
    held.save(update_fields=list(changed))
    audit(event, held, by=by, now=now, **(detail or {}))


def audit(
    event: str, referral: Referral, *, by: Actor, now: datetime, private: bool = False, **detail: Any
) -> None:
    """Write down what happened. The vendor's people may read the trail too, but nothing of a private deal, and nothing
    that is `private`: what passes between partners.
    """
    record(
        event if "." in event else f"referral.{event}",
        by=by,
        now=now,
        object_type="referral",
        object_id=referral.public_id,
        label=referral.name,
        site_id=referral.site_id,
        private=private or referral.sharing == Sharing.PRIVATE,
        **detail,
    )


def broken(error: IntegrityError) -> str:
    """The name of the rule that the database held to."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def answer_by(now: datetime) -> datetime:
    """Until when whoever is asked now can answer."""
    return now + timedelta(days=settings.COSELL_ANSWER_DAYS)


def locations_at(role: Role) -> set[int]:
    """Ids of the locations at which whoever the transaction works for has a role; the policies ask the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cosell_locations(%s)", [role])
        return set(cursor.fetchone()[0])


# ------------------------------------------------------------------------------------------ team and solutions


def user_ids(team: Sequence[Teammate]) -> list[int]:
    """The users on a team, for the column by which the policies go; the database keeps it from then on."""
    return sorted({mate.membership.user_id for mate in team if mate.membership is not None})


def add_team(referral: Referral, team: Sequence[Teammate]) -> None:
    TeamMember.objects.bulk_create(
        TeamMember(**_part_of(referral), **_columns_of(mate)) for mate in team
    )  # fmt: skip


def add_solutions(referral: Referral, solutions: Sequence[Wanted]) -> None:
    ReferralSolution.objects.bulk_create(
        ReferralSolution(
            **_part_of(referral), solution=wanted.solution, name=wanted.solution.name, quantity=wanted.quantity,
            price=wanted.price,
        )
        for wanted in solutions
    )  # fmt: skip


def change_team(referral: Referral, team: Sequence[Teammate]) -> None:
    """Bring the team in line. Who leaves goes last: a user may see the deal by the team alone, and could not write the
    others any more.
    """
    there = {member.email.casefold(): member for member in TeamMember.objects.filter(referral=referral)}
    new = []
    for mate in team:
        member = there.pop(mate.email.casefold(), None)
        if member is None:
            new.append(mate)
        elif different := {
            name: value for name, value in _columns_of(mate).items() if getattr(member, name) != value
        }:
            TeamMember.objects.filter(id=member.id).update(**different)
    add_team(referral, new)
    if there:
        TeamMember.objects.filter(id__in=[member.id for member in there.values()]).delete()


def change_solutions(referral: Referral, solutions: Sequence[Wanted]) -> None:
    """Bring the solutions in line. Names stay as they were when they were chosen."""
    there = {each.solution_id: each for each in ReferralSolution.objects.filter(referral=referral)}
    new = []
    for wanted in solutions:
        row = there.pop(wanted.solution.pk, None)
        if row is None:
            new.append(wanted)
        elif (row.quantity, row.price) != (wanted.quantity, wanted.price):
            ReferralSolution.objects.filter(id=row.id).update(quantity=wanted.quantity, price=wanted.price)
    add_solutions(referral, new)
    if there:
        ReferralSolution.objects.filter(id__in=[row.id for row in there.values()]).delete()


def _part_of(referral: Referral) -> dict[str, Any]:
    return {"site_id": referral.site_id, "referral_id": referral.id, "sharing": referral.sharing}


def _columns_of(mate: Teammate) -> dict[str, Any]:
    return {
        "membership_id": mate.membership.pk if mate.membership else None,
        "first_name": mate.first_name,
        "last_name": mate.last_name,
        "job_title": mate.job_title,
        "email": mate.email,
        "phone": mate.phone,
        "notify": mate.notify,
    }


def strangers_in(content: DealContent, site_id: int) -> dict[str, list[str]]:
    """Parts of the content that are another company's. The database refuses them as well; here they have names."""
    found: dict[str, list[str]] = {}
    if content.location.site_id != site_id:
        found["location"] = [_("Your company has no such location.")]
    for number, mate in enumerate(content.team):
        if mate.membership is not None and mate.membership.site_id != site_id:
            found[f"team.{number}.email"] = [_("This is not one of your company's users.")]
    for number, wanted in enumerate(content.solutions):
        if wanted.solution.site_id != site_id:
            found[f"solutions.{number}.solution"] = [_("Your company has no such solution.")]
    return found


def merged(*errors: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    together: dict[str, list[str]] = {}
    for each in errors:
        for field, messages in each.items():
            together.setdefault(field, []).extend(messages)
    return together
