"""The audit trail of a member, told to people: what was done, by whom, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from identity.history import Event, told_in
from identity.models import AuditEvent
from identity.privileges import Role, Standing, Tool

TITLES: dict[str, tuple[str | Promise, str, str]] = {
    "access.approved": (gettext_lazy("Let in on request"), "good", "circle-check"),
    "membership.added": (gettext_lazy("Added to the site"), "good", "user-plus"),
    "membership.joined": (gettext_lazy("Came by an invitation"), "good", "mail-opened"),
    "membership.edited": (gettext_lazy("Details changed"), "neutral", "pencil"),
    "membership.privileges_changed": (gettext_lazy("Rights changed"), "info", "key"),
    "membership.standing_changed": (gettext_lazy("Standing changed"), "info", "users"),
    "membership.primary_made": (gettext_lazy("Became the primary contact"), "accent", "star"),
    "membership.primary_ended": (gettext_lazy("No longer the primary contact"), "warn", "star-off"),
    "membership.removed": (gettext_lazy("Removed from the site"), "bad", "user-minus"),
    "membership.left": (gettext_lazy("Left the site"), "warn", "logout"),
}
FIELDS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "job_title": gettext_lazy("Job title"),
    "phone": gettext_lazy("Phone"),
    "standing": gettext_lazy("Standing"),
    "tools": gettext_lazy("Tools"),
    "roles": gettext_lazy("Roles"),
}
GIVEN = {"tools": gettext_lazy("Tools given: %(list)s."), "roles": gettext_lazy("Roles given: %(list)s.")}
TAKEN = {"tools": gettext_lazy("Tools taken: %(list)s."), "roles": gettext_lazy("Roles taken: %(list)s.")}
LABELS = {choice.value: choice.label for choices in (Tool, Role, Standing) for choice in choices}


def told(events: Iterable[AuditEvent]) -> list[Event]:
    """The events in the reader's language; kinds nobody knows any more are left out."""
    return told_in(TITLES, _sentences, events)


def _sentences(detail: dict[str, Any]) -> Iterator[str]:
    for field, (before, after) in detail.get("changes", {}).items():
        yield from _sets(field, before, after) if isinstance(after, list) else _one(field, before, after)
    if "changes" not in detail and detail.get("tools"):
        yield _("Tools: %(list)s.") % {"list": _listed(detail["tools"])}
    if "changes" not in detail and detail.get("roles"):
        yield _("Roles: %(list)s.") % {"list": _listed(detail["roles"])}
    if detail.get("invited_by"):
        yield _("Invited by %(name)s.") % {"name": detail["invited_by"]}
    if detail.get("reason"):
        yield _("Reason: %(text)s") % {"text": detail["reason"]}


def _sets(field: str, before: list[str], after: list[str]) -> Iterator[str]:
    given, taken = [v for v in after if v not in before], [v for v in before if v not in after]
    if given:
        yield GIVEN[field] % {"list": _listed(given)}
    if taken:
        yield TAKEN[field] % {"list": _listed(taken)}


def _one(field: str, before: str, after: str) -> Iterator[str]:
    words = {"field": FIELDS.get(field, field), "before": _word(before), "after": _word(after)}
    yield _("%(field)s: %(after)s (before: %(before)s).") % words


def _word(value: str) -> str:
    return str(LABELS.get(value, value)) or "–"


def _listed(values: list[str]) -> str:
    return pgettext("between the parts of a list", ", ").join(_word(value) for value in values)
