"""What happened to a line, from the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from identity.history import Event, Titles, told_in
from identity.models import AuditEvent

from ..models import SetupLine

SHOWN = 50
TITLES: Titles = {
    "setup_line.taken_up": (gettext_lazy("Taken up from the order"), "neutral", "shopping-cart"),
    "setup_line.mailed": (gettext_lazy("The link was mailed"), "info", "mail"),
    "setup_line.resent": (gettext_lazy("A new link was mailed"), "info", "mail"),
    "setup_line.contact_changed": (gettext_lazy("The contact was changed"), "neutral", "user-check"),
    "setup_line.start_changed": (gettext_lazy("The start date was changed"), "neutral", "calendar-event"),
    "setup_line.to_call": (gettext_lazy("The account representative was asked to call"), "warn", "phone"),
    "setup_line.form_filled": (gettext_lazy("The provisioning form was filled in"), "neutral", "forms"),
    "setup_line.called": (gettext_lazy("The account representative has called"), "good", "phone"),
    "setup_line.link_made": (gettext_lazy("Somebody went on to the set-up from here"), "info", "arrow-right"),
    "setup_line.begun": (gettext_lazy("Somebody began with the set-up"), "info", "arrow-right"),
    "setup_line.handed_over": (gettext_lazy("The set-up was handed over"), "info", "user-share"),
    "setup_line.not_recognised": (
        gettext_lazy("The partner organisation was not recognised"),
        "warn",
        "building-off",
    ),
    "setup_line.onboarded": (gettext_lazy("Both organisations were confirmed"), "good", "building-community"),
    "setup_line.provision_asked": (gettext_lazy("It was asked to be set up"), "info", "rocket"),
    "setup_line.provision_asked_again": (gettext_lazy("It was tried again"), "info", "refresh"),
    "setup_line.provisioned": (
        gettext_lazy("Everything was set up, and billing started"),
        "good",
        "circle-check",
    ),
    "setup_line.provision_failed": (gettext_lazy("It could not be set up"), "bad", "circle-x"),
    "setup_line.closed": (pgettext_lazy("what happened", "Closed"), "bad", "clock-x"),
    "setup_line.reopened": (gettext_lazy("Opened again"), "info", "arrow-back-up"),
    "setup_line.cancelled": (pgettext_lazy("what happened", "Cancelled with the order"), "neutral", "x"),
}


def history_of(line: SetupLine) -> list[Event]:
    """The latest first."""
    found = AuditEvent.objects.filter(object_type="setup_line", object_id=line.public_id)
    return told_in(TITLES, _sentences, found.order_by("-at", "-id")[:SHOWN])


def _sentences(detail: dict[str, Any]) -> Iterator[str]:
    if detail.get("to"):
        yield _("To %(email)s.") % {"email": f"\u2068{detail['to']}\u2069"}
    if detail.get("start"):
        day = date_format(date.fromisoformat(detail["start"]), "DATE_FORMAT")
        yield _("The start date is %(day)s.") % {"day": day}
