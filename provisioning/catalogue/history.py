"""The audit trail of parts to set up, elements, days and words, told to people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from identity.history import Event, told_in
from identity.models import AuditEvent

from ..models import Service, WordUse
from .actions import KINDS, object_id

SHOWN = 20
LONGEST = 200
WHAT: dict[str, tuple[str | Promise, str, str]] = {
    "added": (pgettext_lazy("what happened", "Added"), "good", "plus"),
    "changed": (gettext_lazy("Changed"), "info", "pencil"),
    "retired": (gettext_lazy("Retired"), "warn", "archive"),
    "taken_up_again": (gettext_lazy("In use again"), "good", "refresh"),
    "removed": (pgettext_lazy("what happened", "Removed"), "warn", "trash"),
}
TITLES = {f"{kind}.{what}": words for kind in KINDS.values() for what, words in WHAT.items()}
FIELDS: dict[str, str | Promise] = {
    "family": gettext_lazy("Family"),
    "services": gettext_lazy("Services"),
    "help": gettext_lazy("Explanation"),
    "choices": gettext_lazy("Choices"),
    "required": gettext_lazy("Required"),
    "position": gettext_lazy("Position"),
    "call_after_days": gettext_lazy("Days until the account representative calls"),
    "flex_days": gettext_lazy("Days until an A-FLEX line closes"),
    "other_days": gettext_lazy("Days until any other line closes"),
    "chase_days": gettext_lazy("Days until what is missing on a provisioning form is asked for again"),
    "restore_days": gettext_lazy("Days in which a cancelled subscription can be restored"),
    "trial_days": gettext_lazy("Days of a trial"),
}


def history_of(row: Model, *, limit: int = SHOWN) -> list[Event]:
    """What was changed of one row, the last first."""
    return _told(Q(object_type=KINDS[type(row)], object_id=object_id(row)), limit)


def history_of_words() -> list[Event]:
    """Which words were added and removed; each event says which word."""
    events = AuditEvent.objects.filter(object_type="name_word").order_by("-at", "-id")[:SHOWN]
    titles = {
        "name_word.added": (gettext_lazy("Word added"), "good", "plus"),
        "name_word.removed": (gettext_lazy("Word removed"), "warn", "trash"),
    }
    for event in events:
        event.detail = {"word": event.object_label}
    return told_in(titles, lambda detail: iter([f"“{detail['word']}”"]), events)


def _told(which: Q, limit: int) -> list[Event]:
    return told_in(TITLES, _sentences, AuditEvent.objects.filter(which).order_by("-at", "-id")[:limit])


def _sentences(detail: dict[str, Any]) -> Iterator[str]:
    for field, (before, after) in detail.get("changes", {}).items():
        yield _("%(field)s: %(before)s → %(after)s.") % {
            "field": FIELDS.get(field, field),
            "before": _shown(before),
            "after": _shown(after),
        }


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        labels = {**dict(Service.choices), **dict(WordUse.choices)}
        value = " · ".join(str(labels.get(each, each)) for each in value)
    return str(value)[:LONGEST] if value not in (None, "") else "–"
