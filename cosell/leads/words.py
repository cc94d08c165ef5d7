"""What a lead is called and what is said about it, for pages and API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity.history import Titles

from ..models import Lead
from .states import PATIENCE, Quality, Stage

TONES: dict[str, str] = {Stage.RECEIVED: "warn", Stage.ACCEPTED: "good", Stage.ARCHIVED: "neutral"}
QUALITY_TONES: dict[str, str] = {Quality.GOOD: "good", Quality.FAIR: "info", Quality.POOR: "neutral"}
QUALITY_MEANS: dict[str, str | Promise] = {
    Quality.GOOD: gettext_lazy("It says enough to prepare a first call."),
    Quality.FAIR: gettext_lazy("Some of what one would like to know before a call is missing."),
    Quality.POOR: gettext_lazy("It says little more than whom to write to."),
}

TITLES: Titles = {
    "lead.offered": (gettext_lazy("Offered by the vendor"), "neutral", "send"),
    "lead.accepted": (gettext_lazy("Accepted"), "neutral", "check"),
    "lead.archived": (gettext_lazy("Archived"), "neutral", "archive"),
    "lead.spam": (gettext_lazy("Marked as spam"), "neutral", "ban"),
    "lead.restored": (gettext_lazy("Taken up again"), "neutral", "arrow-back-up"),
    "lead.assigned": (gettext_lazy("Given to somebody"), "neutral", "user-check"),
    "lead.became_deal": (gettext_lazy("Became a deal"), "neutral", "heart-handshake"),
}


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands above a lead whose customer asked to be contacted. `until`: when the words change, or None."""

    tone: str
    title: str
    text: str
    until: datetime | None = None


def banner_of(lead: Lead, now: datetime) -> Banner | None:
    """None where nobody asked to be contacted, or it is over. The words change after PATIENCE (C10)."""
    if not lead.wants_contact or lead.stage == Stage.ARCHIVED:
        return None
    if lead.stage == Stage.ACCEPTED:
        return Banner(
            "info", _("The customer asked to be contacted"),
            _("You accepted this lead, so they count on you to get in touch. What they left stands below."),
        )  # fmt: skip
    due = lead.received_at + PATIENCE
    if now < due:
        return Banner(
            "info", _("The customer asked to be contacted"),
            _("Answer within 72 hours: accept the lead and get in touch, or archive it if it is not for you."), due,
        )  # fmt: skip
    return Banner(
        "warn", _("The customer has waited for more than 72 hours"),
        _("They asked to be contacted, and may have looked elsewhere by now. Get in touch today, or archive the lead."),
    )  # fmt: skip
