"""The audit trail of parts and product lines, told to people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity.models import AuditEvent

from .models import PartType


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
    "part.added": (gettext_lazy("Part added"), "good", "plus"),
    "part.changed": (gettext_lazy("Part changed"), "info", "pencil"),
    "part.retired": (gettext_lazy("Part retired"), "warn", "archive"),
    "part.brought_back": (gettext_lazy("Part brought back"), "good", "arrow-back-up"),
    "product_line.added": (gettext_lazy("Product line added"), "good", "plus"),
    "product_line.changed": (gettext_lazy("Product line changed"), "info", "pencil"),
    "product_line.retired": (gettext_lazy("Product line retired"), "warn", "archive"),
    "product_line.brought_back": (gettext_lazy("Product line brought back"), "good", "arrow-back-up"),
}
FIELDS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("Description"),
    "line": gettext_lazy("Product line"),
    "type": gettext_lazy("Type"),
}
TYPES = dict(PartType.choices)


def told(events: Iterable[AuditEvent]) -> list[Event]:
    """The events in the reader's language; kinds nobody knows any more are left out."""
    return [_event(event) for event in events if event.event in TITLES]


def _event(event: AuditEvent) -> Event:
    title, tone, icon = TITLES[event.event]
    return Event(event.at, title, " ".join(_sentences(event.detail)), event.actor_name, tone, icon)


def _sentences(detail: dict[str, Any]) -> Iterator[str]:
    for field, (before, after) in detail.get("changes", {}).items():
        if field in FIELDS:
            yield _("%(field)s: %(before)s → %(after)s.") % {
                "field": FIELDS[field],
                "before": TYPES.get(before, before),
                "after": TYPES.get(after, after),
            }
