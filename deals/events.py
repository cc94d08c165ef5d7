"""The timeline in words: what each event is called, and what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.privileges import Privilege

from .changes import in_words
from .models import DealEvent, VisibleTo
from .rules import LOST, REJECT, Rules

K = DealEvent.Kind

WORDS: dict[str, tuple[str | Promise, str, str]] = {  # title, tone, icon
    K.BEGUN: (_("Draft begun"), "neutral", "pencil"),
    K.SUBMITTED: (_("Submitted to the vendor"), "info", "send"),
    K.RESUBMITTED: (_("Submitted again"), "info", "send"),
    K.TAKEN: (_("Review begun"), "info", "eye"),
    K.RETURNED: (_("Returned for changes"), "warn", "arrow-back-up"),
    K.APPROVED: (_("Approved"), "good", "circle-check"),
    K.REJECTED: (_("Rejected"), "bad", "circle-x"),
    K.WITHDRAWN: (_("Withdrawn by the partner"), "neutral", "arrow-back"),
    K.WON: (_("Won: the customer bought"), "good", "trophy"),
    K.LOST: (_("Lost: the customer did not buy"), "neutral", "mood-sad"),
    K.EXPIRED: (_("Expired"), "neutral", "clock-x"),
    K.REVOKED: (_("Revoked by the vendor"), "bad", "ban"),
    K.COMMENTED: (_("Comment"), "neutral", "message"),
    K.ASKED: (_("Question of the deal desk"), "warn", "help"),
    K.AMENDED: (_("Changed: to be approved again"), "warn", "pencil"),
    K.CHANGED: (_("Details brought up to date"), "neutral", "pencil"),
    K.ESCALATED: (
        _("The promised decision is late: deal desk and channel operations were told"),
        "bad",
        "alert-triangle",
    ),
    K.REMINDED: (_("Reminded of the expiry"), "neutral", "bell"),
    K.EXTENSION_ASKED: (_("Extension asked for"), "info", "hourglass"),
    K.EXTENDED: (_("Extended"), "good", "hourglass"),
    K.NOT_EXTENDED: (_("Not extended"), "bad", "hourglass"),
    K.APPEALED: (_("Appeal against the rejection"), "info", "send"),
    K.PROPOSED: (_("Proposed by the distributor"), "info", "briefcase"),
    K.ATTACHED: (_("File attached"), "neutral", "paperclip"),
    K.DETACHED: (_("File taken back"), "neutral", "paperclip"),
}
TAKEN_BACK = "taken_back"  # code of NOT_EXTENDED: the partner itself wanted no more
INTERNAL_NOTE = _("Internal note, for the vendor's people only")
# What a timeline can be narrowed down to.
EVERYTHING, CONVERSATION, INTERNAL = "", "conversation", "internal"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline as the page shows it."""

    at: datetime
    title: str | Promise
    text: str
    actor: str
    tone: str
    icon: str
    link: tuple[str, str] | None = None  # words, address


# What is said by one side to the other.
SAID = frozenset(
    {K.COMMENTED, K.ASKED, K.RETURNED, K.REJECTED, K.APPROVED, K.REVOKED, K.WITHDRAWN, K.APPEALED, K.LOST}
    | {K.EXTENSION_ASKED, K.EXTENDED, K.NOT_EXTENDED}
)


# Whose reason an event's code is.
REASONS: dict[str, str] = {K.REJECTED: REJECT, K.LOST: LOST}


def text_of(event: DealEvent) -> str:
    """What was said, or what changed, in the reader's language."""
    return in_words(event.text) if event.kind in (K.AMENDED, K.CHANGED) else event.text


def heard(events: Iterable[DealEvent], view: str) -> list[DealEvent]:
    """The events of one view: what was said to one another, the vendor's own notes, or everything."""
    if view == INTERNAL:
        return [event for event in events if event.visible_to == VisibleTo.STAFF]
    if view == CONVERSATION:
        return [
            event
            for event in events
            if event.text and event.kind in SAID and event.visible_to == VisibleTo.ALL
        ]
    return list(events)


def timeline(events: Iterable[DealEvent], rules: Rules, reader: Actor) -> list[Entry]:
    """The entries for a reader: the vendor's people are also told under which rules something was decided."""
    return [_entry(event, rules, reader) for event in events]


def _entry(event: DealEvent, rules: Rules, reader: Actor) -> Entry:
    title, tone, icon = WORDS[event.kind]
    if event.visible_to == VisibleTo.STAFF:
        title, tone, icon = INTERNAL_NOTE, "accent", "lock"
    if event.kind == K.NOT_EXTENDED and event.code == TAKEN_BACK:
        title, tone, icon = _("Request for an extension taken back"), "neutral", "hourglass"
    reason = rules.reason_label(event.code, REASONS[event.kind]) if event.kind in REASONS else ""
    text = f"{reason}. {text_of(event)}".strip() if reason else text_of(event)
    return Entry(event.at, title, text, event.actor_name, tone, icon, _link(event, reader))


def _link(event: DealEvent, reader: Actor) -> tuple[str, str] | None:
    """To the rules that a decision was made under, for whoever may read them all."""
    if event.rules_version is None or not reader.may(Privilege.SETTING_VIEW):
        return None
    words = _("under version %(number)s of the rules") % {"number": event.rules_version}
    return str(words), reverse("rules:version", args=[event.rules_version])
