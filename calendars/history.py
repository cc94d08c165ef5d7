"""The audit trail of a calendar, told to people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity.models import AuditEvent

from .models import Weekday

SHOWN = 5  # days named in one line


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline."""

    at: datetime
    title: str | Promise
    text: str
    actor: str
    tone: str
    icon: str


TITLES: dict[str, tuple[str | Promise, str, str]] = {
    "calendar.added": (gettext_lazy("Calendar added"), "good", "plus"),
    "calendar.changed": (gettext_lazy("Days or hours changed"), "info", "pencil"),
    "calendar.holidays_added": (gettext_lazy("Days off added"), "good", "calendar-plus"),
    "calendar.holiday_changed": (gettext_lazy("Day off changed"), "info", "pencil"),
    "calendar.holiday_removed": (gettext_lazy("Day off removed"), "warn", "calendar-minus"),
}
FIELDS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "time_zone": gettext_lazy("Time zone"),
    "weekend": gettext_lazy("Days off every week"),
    "opens": gettext_lazy("Opens"),
    "closes": gettext_lazy("Closes"),
}


def told(events: Iterable[AuditEvent]) -> list[Event]:
    """The events in the reader's language; kinds nobody knows any more are left out."""
    return [_event(event) for event in events if event.event in TITLES]


def _event(event: AuditEvent) -> Event:
    title, tone, icon = TITLES[event.event]
    return Event(event.at, title, " ".join(_sentences(event.detail)), event.actor_name, tone, icon)


def _sentences(detail: dict[str, Any]) -> Iterator[str]:
    for field, (before, after) in detail.get("changes", {}).items():
        label = FIELDS.get(field, field)
        yield _("%(field)s: %(before)s → %(after)s.") % {
            "field": label,
            "before": _shown(before),
            "after": _shown(after),
        }
    if "after" in detail:
        yield _("Before: %(before)s. Now: %(after)s.") % {
            "before": _days(detail["before"]),
            "after": _days(detail["after"]),
        }
    if "holidays" in detail:
        yield _days(detail["holidays"])


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " · ".join(str(Weekday(day).label) for day in value) or "–"
    return str(value) or "–"


def _days(days: dict[str, str]) -> str:
    named = [f"{on} {name}" for on, name in list(days.items())[:SHOWN]]
    return " · ".join([*named, *(["…"] if len(days) > SHOWN else [])])
