"""Telling people what became of a file: in the inbox, and by mail as they choose."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from identity.actors import Actor
from notifications.actions import Audience, tell
from notifications.clock import zone
from notifications.letters import Attachment
from notifications.values import Amount, pack, unpack

from .downloads import file_name
from .exports import FILES
from .files import MEDIA_TYPES, Format
from .models import Export, Problem, Schedule
from .notices import EXPORT_FAILED, EXPORT_READY, REPORT_SENT, SCHEDULE_STOPPED
from .totals import Totals

LARGEST_ATTACHMENT = 5 * 1024 * 1024  # bytes; larger files are linked to


def tell_of_ready(export: Export, totals: Totals, *, now: datetime) -> None:
    if export.schedule_id is not None:
        return _tell_of_sent(export, totals, now=now)
    tell(
        EXPORT_READY,
        to=[_owner(export)],
        by=Actor.system(),
        now=now,
        dedupe_key=f"export.ready:{export.id}",
        href=reverse("exports:detail", args=[export.public_id]),
        context={"title": export.title, "rows": export.rows_done, "until": export.expires_at},
    )


def _tell_of_sent(export: Export, totals: Totals, *, now: datetime) -> None:
    """A scheduled report, with the file itself if that was wanted and it is small enough."""
    schedule = Schedule.objects.filter(id=export.schedule_id).first()
    own = schedule is None or schedule.user_id == export.user_id
    with translation.override(export.language), timezone.override(zone(export.time_zone)):
        why = (
            _("You have it sent to you.")
            if own or schedule is None
            else _("%(name)s has it sent to you. You see in it what you may see yourself.")
            % {"name": schedule.owner_name}
        )
        words = _in_words(totals)
    tell(
        REPORT_SENT,
        to=[_owner(export)],
        by=Actor.system(),
        now=now,
        dedupe_key=f"report.sent:{export.id}",
        href=reverse("exports:detail", args=[export.public_id]),
        context={
            "name": schedule.name if schedule else export.title,
            "day": timezone.localtime(export.slot or now, zone(export.time_zone)).date(),
            "rows": export.rows_done,
            "totals": words,
            "why": why,
        },
        attachment=_attachment(export) if export.attached else None,
    )


def _in_words(totals: Totals) -> str:
    """“Value: 1,250.50 €, 3,000.00 US$”, a line for each column."""
    return "\n".join(
        _("%(label)s: %(amounts)s")
        % {
            "label": label,
            "amounts": ", ".join(
                str(unpack(pack({"amount": Amount(minor, currency)}))["amount"]) for currency, minor in sums
            ),
        }
        for label, sums in totals.items()
    )


def _attachment(export: Export) -> Attachment | None:
    if export.size > LARGEST_ATTACHMENT:
        return None
    format = Format(export.format)
    name = Path(file_name(export.source, format, export.slot or export.created_at)).name
    return Attachment(FILES.folder, export.stored, name, MEDIA_TYPES[format])


def tell_of_failed(export: Export, *, now: datetime) -> None:
    """Whoever was to have it."""
    tell(
        EXPORT_FAILED,
        to=[_owner(export)],
        by=Actor.system(),
        now=now,
        dedupe_key=f"export.failed:{export.id}",
        href=reverse("exports:detail", args=[export.public_id]),
        context={"title": export.title, "problem": Problem(export.problem).label},
    )


def tell_of_stopped(schedule: Schedule, *, now: datetime) -> None:
    tell(
        SCHEDULE_STOPPED,
        to=[Audience.user(schedule.user_id, schedule.site_id)],
        by=Actor.system(),
        now=now,
        dedupe_key=f"schedule.stopped:{schedule.id}:{schedule.version}",
        href=reverse("schedules:list"),
        context={"name": schedule.name, "problem": Problem(schedule.problem).label},
    )


def _owner(export: Export) -> Audience:
    return Audience.user(export.user_id, export.site_id)
