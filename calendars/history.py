"""The audit trail of a calendar, told to people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity.history import Event, told_in
from identity.models import AuditEvent

from .models import Weekday

SHOWN = 5  # days named in one line


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
    return told_in(TITLES, _sentences, events)


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
