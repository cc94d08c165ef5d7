"""The timeline in words: what each event is called, and what it says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import DealEvent, VisibleTo
from .rules import Rules

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
INTERNAL = _("Internal note, for the vendor's people only")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline as the page shows it."""

    at: datetime
    title: str | Promise
    text: str
    actor: str
    tone: str
    icon: str


def timeline(events: Iterable[DealEvent], rules: Rules) -> list[Entry]:
    return [_entry(event, rules) for event in events]


def _entry(event: DealEvent, rules: Rules) -> Entry:
    title, tone, icon = WORDS[event.kind]
    if event.visible_to == VisibleTo.STAFF:
        title, tone, icon = INTERNAL, "accent", "lock"
    reason = rules.reason_label(event.code)
    text = f"{reason}. {event.text}".strip() if reason else event.text
    return Entry(event.at, title, text, event.actor_name, tone, icon)
