"""Every change to reports that are sent by themselves. Sending is the job's (`scheduling.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from identity.actors import Actor
from identity.audit import record
from identity.models import Membership, MembershipStatus, User
from notifications.clock import zone

from .downloads import Wanted, must_fit
from .models import Schedule, ScheduleStatus
from .sources import listing_of, table_of
from .timetable import Timetable

MOST = 30  # schedules of one person at one site
MOST_COLLEAGUES = 20


class TooManySchedules(Exception):
    """One person has no more reports sent."""


class ScheduleChanged(Exception):
    """It is not as it was when the caller saw it."""


class NoReader(Exception):
    """Somebody must get it."""


class NotAColleague(Exception):
    """Somebody named is not at this site (any more)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """When a report is sent, to whom, and how. `colleagues` are ids of memberships."""

    name: str
    every: str
    hour: int
    weekday: int = 0
    day: int = 1
    attached: bool = False
    to_owner: bool = True
    colleagues: tuple[int, ...] = ()


def timetable(schedule: Schedule) -> Timetable:
    return Timetable(schedule.every, schedule.hour, zone(schedule.time_zone), schedule.weekday, schedule.day)


@transaction.atomic
def make_schedule(wanted: Wanted, plan: Plan, *, by: Actor, now: datetime) -> Schedule:
    """Have a report sent again and again.

    Raises ReportNotFound, PrivilegeMissing, BadFilter, SheetFull; NoReader, NotAColleague, TooManySchedules.
    """
    _check(wanted, plan, by)
    User.objects.select_for_update(no_key=True).only("id").get(id=by.user_id)
    if Schedule.objects.count() >= MOST:
        raise TooManySchedules
    schedule = Schedule(
        user_id=by.user_id, site_id=by.site_id, created_at=now, version=0, status=ScheduleStatus.ACTIVE
    )
    _store(schedule, wanted, plan, by=by, now=now)
    _record("schedule.made", schedule, by=by, now=now)
    return schedule


@transaction.atomic
def change_schedule(
    schedule: Schedule,
    wanted: Wanted,
    plan: Plan,
    *,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Schedule:
    """Send something else, at another time, to others. Raises ScheduleChanged, and what make_schedule does."""
    _check(wanted, plan, by)
    schedule = _locked(schedule, version)
    _store(schedule, wanted, plan, by=by, now=now)
    _record("schedule.changed", schedule, by=by, now=now)
    return schedule


@transaction.atomic
def pause_schedule(schedule: Schedule, *, by: Actor, now: datetime) -> Schedule:
    """Send nothing until it is resumed; done before, nothing happens."""
    schedule = _locked(schedule)
    if schedule.status == ScheduleStatus.ACTIVE:
        schedule.status = ScheduleStatus.PAUSED
        _save(schedule, now)
        _record("schedule.paused", schedule, by=by, now=now)
    return schedule


@transaction.atomic
def resume_schedule(schedule: Schedule, *, by: Actor, now: datetime) -> Schedule:
    """Go on, from the next time on; what was missed is not sent. Also for one that stopped by itself.

    Raises ReportNotFound, PrivilegeMissing, BadFilter.
    """
    schedule = _locked(schedule)
    if schedule.status != ScheduleStatus.ACTIVE:
        table_of(schedule.source, schedule.query, level=schedule.level, actor=by)
        schedule.status, schedule.problem = ScheduleStatus.ACTIVE, ""
        schedule.next_due_at = timetable(schedule).after(now)
        _save(schedule, now)
        _record("schedule.resumed", schedule, by=by, now=now)
    return schedule


@transaction.atomic
def delete_schedule(schedule: Schedule, *, by: Actor, now: datetime) -> None:
    """Send it no more. What was sent stays with whoever got it."""
    _record("schedule.deleted", schedule, by=by, now=now)
    Schedule.objects.filter(id=schedule.id).delete()


@transaction.atomic
def send_now(schedule: Schedule, *, by: Actor, now: datetime) -> int:
    """Send it once more, now, to everybody who gets it; its own times stay. Returns to how many.

    Raises ReportNotFound, PrivilegeMissing, BadFilter.
    """
    from .tasks import wake_on_commit

    schedule = _locked(schedule)
    table_of(schedule.source, schedule.query, level=schedule.level, actor=by)
    schedule.asked_at = now
    schedule.save(update_fields=["asked_at"])
    _record("schedule.sent", schedule, by=by, now=now)
    wake_on_commit()
    return len(schedule.colleagues) + schedule.to_owner


# ---------------------------------------------------------------------------------------------- checks


def _check(wanted: Wanted, plan: Plan, by: Actor) -> None:
    table = table_of(wanted.source, wanted.query, level=wanted.level, actor=by)
    must_fit(wanted.format, table)
    if not plan.to_owner and not plan.colleagues:
        raise NoReader
    if len(plan.colleagues) > MOST_COLLEAGUES or colleagues_of(by).filter(
        id__in=plan.colleagues
    ).count() != len(set(plan.colleagues)):
        raise NotAColleague


def colleagues_of(actor: Actor) -> QuerySet[Membership]:
    """Who else works at the actor's site now; the vendor's people do not see each other."""
    return (
        Membership.objects.filter(site_id=actor.site_id, site__isnull=False, status=MembershipStatus.ACTIVE)
        .exclude(user_id=actor.user_id)
        .order_by("name", "id")
    )


def _locked(schedule: Schedule, version: int | None = None) -> Schedule:
    schedule = Schedule.objects.select_for_update().get(id=schedule.id)
    if version is not None and version != schedule.version:
        raise ScheduleChanged
    return schedule


def _store(schedule: Schedule, wanted: Wanted, plan: Plan, *, by: Actor, now: datetime) -> None:
    schedule.source, schedule.level, schedule.format = wanted.source, wanted.level, wanted.format
    schedule.query = listing_of(wanted.source).normalised(wanted.query)
    schedule.name, schedule.owner_name = plan.name, by.name[:120]
    schedule.every, schedule.hour, schedule.weekday, schedule.day = (
        plan.every,
        plan.hour,
        plan.weekday,
        plan.day,
    )
    schedule.attached, schedule.to_owner = plan.attached, plan.to_owner
    schedule.colleagues = sorted(set(plan.colleagues))
    schedule.time_zone = timezone.get_current_timezone_name()
    schedule.next_due_at = timetable(schedule).after(now)
    _save(schedule, now)


def _save(schedule: Schedule, now: datetime) -> None:
    schedule.updated_at = now
    schedule.version += 1
    schedule.save()


def _record(event: str, schedule: Schedule, *, by: Actor, now: datetime) -> None:
    record(
        event,
        by=by,
        now=now,
        object_type="schedule",
        object_id=schedule.public_id,
        label=schedule.name,
        site_id=schedule.site_id,
        source=schedule.source,
        filters=schedule.query,
        colleagues=schedule.colleagues,
    )
