"""Sending reports whose time has come. The job looks for schedules that are due, and makes an export for each reader.

It may run twice, at once or late, or be killed in the midst: a schedule's next time moves on in the transaction that
makes the exports, and no reader has two exports for one time. What is missed while nothing runs is sent once, not once
for each time that passed.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import translation

from identity import tenancy
from identity.access import PrivilegeMissing
from identity.actors import Actor
from identity.models import Membership, MembershipStatus, User
from identity.on_behalf import actor_for
from notifications.expansion import language_of

from .models import Export, Problem, Schedule, ScheduleStatus
from .schedules import timetable
from .sources import BadFilter, ReportNotFound, listing_of, table_of
from .tasks import wake_on_commit
from .telling import tell_of_stopped
from .timetable import LONGEST

BATCH = 50


def send_due(*, now: datetime) -> int:
    """Make exports for all that is due; returns how many schedules that were."""
    sent = 0
    while batch := _batch(now):
        sent += batch
    return sent


def _batch(now: datetime) -> int:
    with tenancy.as_system():
        _mend_clocks(now)
        due = Schedule.objects.filter(status=ScheduleStatus.ACTIVE, next_due_at__lte=now)
        asked = Schedule.objects.filter(asked_at__isnull=False)
        found = list((due | asked).select_for_update(skip_locked=True).order_by("next_due_at", "id")[:BATCH])
        for schedule in found:
            _send(schedule, now)
        if found:
            wake_on_commit()
    return len(found)


def _mend_clocks(now: datetime) -> None:
    """A clock that ran far ahead for a while took the next times along; they are brought back."""
    too_far = Q()
    for every, longest in LONGEST.items():
        too_far |= Q(every=every, next_due_at__gt=now + longest)
    astray = Schedule.objects.filter(too_far, status=ScheduleStatus.ACTIVE)
    for schedule in astray.select_for_update(skip_locked=True):
        schedule.next_due_at = timetable(schedule).after(now)
        schedule.save(update_fields=["next_due_at"])


def _send(schedule: Schedule, now: datetime) -> None:
    slots = [schedule.asked_at] if schedule.asked_at is not None else []
    if schedule.status == ScheduleStatus.ACTIVE and schedule.next_due_at <= now:
        slots.append(schedule.next_due_at)
        schedule.next_due_at = timetable(schedule).after(now)
    schedule.asked_at = None
    if problem := _problem(schedule):
        schedule.status, schedule.problem = ScheduleStatus.STOPPED, problem
        schedule.version += 1
        tell_of_stopped(schedule, now=now)
    else:
        Export.objects.bulk_create(
            [_export(schedule, reader, slot, now) for reader in _readers(schedule) for slot in slots],
            ignore_conflicts=True,
        )
        schedule.last_sent_at = now
    schedule.save()


def _problem(schedule: Schedule) -> Problem | None:
    """Why its owner may not have it sent any more."""
    owner = actor_for(schedule.user_id, schedule.site_id)
    return Problem.LEFT if owner is None else why_not_for(schedule, owner)


def why_not_for(schedule: Schedule, reader: Actor) -> Problem | None:
    """Why this reader may not be sent what a schedule sends; None if they may."""
    try:
        with tenancy.scope(reader):
            table_of(schedule.source, schedule.query, level=schedule.level, actor=reader)
    except (PrivilegeMissing, ReportNotFound):
        return Problem.NO_ACCESS
    except BadFilter:
        return Problem.BAD_FILTER
    return None


def _readers(schedule: Schedule) -> list[User]:
    """Whoever gets it and may see it: the owner, and colleagues who are still there."""
    members = Membership.objects.filter(
        id__in=schedule.colleagues, site_id=schedule.site_id, status=MembershipStatus.ACTIVE
    )
    readers = [schedule.user] if schedule.to_owner else []
    for member in members.select_related("user").order_by("id"):
        actor = actor_for(member.user_id, schedule.site_id)
        if actor is not None and why_not_for(schedule, actor) is None:
            readers.append(member.user)
    return readers


def _export(schedule: Schedule, reader: User, slot: datetime, now: datetime) -> Export:
    """What one reader gets, in their language and time zone."""
    language = language_of(reader)
    with translation.override(language):
        title = str(listing_of(schedule.source).label)[:200]
    return Export(
        user=reader,
        site_id=schedule.site_id,
        source=schedule.source,
        level=schedule.level,
        query=schedule.query,
        format=schedule.format,
        title=title,
        language=language,
        time_zone=reader.time_zone,
        schedule_id=schedule.id,
        slot=slot,
        attached=schedule.attached,
        created_at=now,
        due_at=now,
    )
