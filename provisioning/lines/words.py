"""What a line is called and what happens next, for pages and API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from ..models import LineStatus, SetupLine, Waiting
from ..models.lines import LINE_OPEN

TONES: dict[str, str] = {
    LineStatus.ORDERED: "neutral",
    LineStatus.AWAITING_DETAILS: "warn",
    LineStatus.PROVISIONING: "info",
    LineStatus.ACTIVE: "good",
    LineStatus.FAILED: "bad",
    LineStatus.CLOSED: "bad",
    LineStatus.CANCELLED: "neutral",
}


@dataclass(frozen=True, slots=True)
class Next:
    """What happens by itself, and when (None: nothing has a time)."""

    text: str
    at: datetime | None = None


def has_begun(line: SetupLine) -> bool:
    """Whether somebody acted in the set-up since the last mail."""
    return line.begun_at is not None and (line.mailed_at is None or line.begun_at >= line.mailed_at)


def next_of(line: SetupLine, *, accepted: bool = True) -> Next:
    """A sentence about what happens next if nobody does anything."""
    if line.status == LineStatus.ORDERED and line.onboarded_at is None:
        return _before_the_mail(line, accepted)
    if line.status in LINE_OPEN:
        return _after_the_mail(line)
    texts = {
        LineStatus.PROVISIONING: _("It is being set up. Nobody needs to do anything."),
        LineStatus.ACTIVE: _("It is set up, and billed."),
        LineStatus.FAILED: _("It could not be set up. The page of the set-up says what to do."),
        LineStatus.CLOSED: _(
            "Nobody set it up in time, so the link does not work any more. It can be opened again."
        ),
        LineStatus.CANCELLED: _("The order was called off or turned down, so nothing is set up."),
    }
    return Next(texts[LineStatus(line.status)])


def _before_the_mail(line: SetupLine, accepted: bool) -> Next:
    if not accepted:
        return Next(
            _("The mail goes out on the start date, once the vendor has accepted the order."), line.due_at
        )
    if not line.contact_email:
        return Next(_("Nobody is named who sets it up, so no mail can go out. Say who it is."))
    return Next(_("The mail with the link goes out to the contact."), line.due_at)


def _after_the_mail(line: SetupLine) -> Next:
    if line.onboarded_at is not None:
        return Next(
            _("The organisations are confirmed. The services are still to be set up."), line.closes_at
        )
    if has_begun(line):
        return Next(_("Somebody has begun. If it is not set up by then, the line closes."), line.closes_at)
    if line.waits_for == Waiting.CALL:
        return Next(
            _("If nobody has begun by then, the account representative calls the contact."), line.due_at
        )
    return Next(_("Nobody has begun. If it is not set up by then, the line closes."), line.closes_at)
