"""The audit trail of questions, answers and rules, told to people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity.history import Event, told_in
from identity.models import AuditEvent

LONGEST = 200
WHAT: dict[str, tuple[str | Promise, str, str]] = {
    "added": (gettext_lazy("Added"), "good", "plus"),
    "changed": (gettext_lazy("Changed"), "info", "pencil"),
    "retired": (gettext_lazy("Retired"), "warn", "archive"),
    "taken_up_again": (gettext_lazy("In use again"), "good", "refresh"),
}
TITLES = {
    f"{kind}.{what}": words
    for kind in ("guide_question", "guide_answer", "guide_rule")
    for what, words in WHAT.items()
}
FIELDS: dict[str, str | Promise] = {
    "texts": gettext_lazy("Text"),
    "hints": gettext_lazy("Hint"),
    "reasons": gettext_lazy("Reason"),
    "position": gettext_lazy("Position"),
    "least": gettext_lazy("At least"),
    "most": gettext_lazy("At most"),
    "conditions": gettext_lazy("Conditions"),
    "name": gettext_lazy("Name"),
    "part": gettext_lazy("Part"),
    "line": gettext_lazy("Product line"),
    "part_type": gettext_lazy("Part type"),
    "metric": gettext_lazy("Metric"),
    "quantity": gettext_lazy("Quantity"),
    "counted": gettext_lazy("Times the number in"),
    "per": gettext_lazy("For each"),
}


def told(events: Iterable[AuditEvent]) -> list[Event]:
    return told_in(TITLES, _sentences, events)


def _sentences(detail: dict[str, Any]) -> Iterator[str]:
    for field, (before, after) in detail.get("changes", {}).items():
        yield _("%(field)s: %(before)s → %(after)s.") % {
            "field": FIELDS.get(field, field),
            "before": _shown(before),
            "after": _shown(after),
        }


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        value = " · ".join(str(text) for text in value.values())
    elif isinstance(value, list):
        value = " · ".join(f"{each['question']} {each['test']} {each['value']}" for each in value)
    return str(value)[:LONGEST] if value not in (None, "") else "–"
