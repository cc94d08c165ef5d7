"""What people are told about lines on their way. Registered when the app starts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege, StaffRole
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from ..models import SetupLine
from ..notices import SETUP

CALL = register(
    NoticeKind(
        name="setup.call",
        group=SETUP,
        title=_("Nobody has begun to set up what was ordered"),
        subject=_("Call about setting up %(description)s for %(customer)s"),
        body=_(
            "Nobody has begun to set up %(description)s, which %(reseller)s ordered for %(customer)s"
            " (order %(number)s). The mail went to %(contact)s.\n\nPlease call. If nobody sets it up, the line"
            " closes on %(closes)s."
        ),
        action=_("See the line"),
        tone="warn",
        icon="phone",
        kinds=frozenset({Kind.STAFF}),
        privilege=Privilege.ORDER_DECIDE,
    )
)


NO_CONTACT = register(
    NoticeKind(
        name="setup.no_contact",
        group=SETUP,
        title=_("Nobody is named who sets up what was ordered"),
        subject=_("Who sets up %(description)s for %(customer)s?"),
        body=_(
            "The start date of line %(line)s of order %(number)s, which %(reseller)s ordered for %(customer)s, has"
            " come, and no contact is named whom the link could be mailed to.\n\nPlease call the reseller, and name"
            " the contact on the page of the line: the mail goes out at once then."
        ),
        action=_("See the line"),
        tone="warn",
        icon="phone",
        kinds=frozenset({Kind.STAFF}),
        privilege=Privilege.ORDER_DECIDE,
    )
)


def _of_resellers(name: str, **words: Any) -> NoticeKind:
    return register(
        NoticeKind(
            name=name, group=SETUP, action=_("See the line"), kinds=frozenset({Kind.RESELLER}),
            privilege=Privilege.ORDER_PLACE, **words,
        )
    )  # fmt: skip


CLOSED = _of_resellers(
    "setup.closed",
    title=_("A line was closed because nobody set it up"),
    subject=_("Nobody set up %(description)s for %(customer)s in time"),
    body=_(
        "The link that was mailed to %(contact)s does not work any more, and nothing is set up of line %(line)s of"
        " order %(number)s.\n\nYou can open it again: choose a new start date, and the mail goes out anew."
    ),
    tone="bad",
    icon="calendar-x",
)
REOPENED = _of_resellers(
    "setup.reopened",
    title=_("A line that was closed is open again"),
    subject=_("%(description)s for %(customer)s can be set up again"),
    body=_("%(by)s opened line %(line)s of order %(number)s again. %(contact)s is mailed on %(start)s."),
    icon="calendar-check",
)
CHANGED = _of_resellers(
    "setup.changed",
    title=_("The contact or the start date of a line was changed"),
    subject=_("Setting up %(description)s for %(customer)s was changed"),
    body=_(
        "%(by)s changed line %(line)s of order %(number)s. %(contact)s sets it up, and the start date is %(start)s."
    ),
    default="daily",
    icon="calendar-event",
)


def tell_to_call(line: SetupLine, *, now: datetime) -> None:
    """Ask the vendor's channel operations to call."""
    assert line.mailed_at is not None
    tell(
        CALL, to=[Audience.staff(StaffRole.CHANNEL_OPERATIONS)], by=Actor.system(), now=now,
        dedupe_key=f"setup.call:{line.public_id}:{line.mailed_at.timestamp()}", href=_href(line),
        context=_words(line) | {"closes": line.closes_at},
    )  # fmt: skip


def tell_no_contact(line: SetupLine, *, now: datetime) -> None:
    """Tell the vendor's channel operations that nobody is named who could be mailed."""
    tell(
        NO_CONTACT, to=[Audience.staff(StaffRole.CHANNEL_OPERATIONS)], by=Actor.system(), now=now,
        dedupe_key=f"setup.no_contact:{line.public_id}:{line.version}", href=_href(line), context=_words(line),
    )  # fmt: skip


def tell_closed(line: SetupLine, *, now: datetime) -> None:
    _tell_reseller(CLOSED, line, by=Actor.system(), now=now)


def tell_reopened(line: SetupLine, *, by: Actor, now: datetime) -> None:
    _tell_reseller(REOPENED, line, by=by, now=now)


def tell_changed(line: SetupLine, *, by: Actor, now: datetime) -> None:
    _tell_reseller(CHANGED, line, by=by, now=now)


def _tell_reseller(kind: NoticeKind, line: SetupLine, *, by: Actor, now: datetime) -> None:
    assert line.reseller_id is not None
    tell(
        kind, to=[Audience.site(line.reseller_id, Privilege.ORDER_PLACE)], by=by, now=now,
        dedupe_key=f"{kind.name}:{line.public_id}:{line.version}", href=_href(line),
        context=_words(line) | {"by": by.name},
    )  # fmt: skip


def _href(line: SetupLine) -> str:
    return reverse("provisioning:line", args=[line.public_id])


def _words(line: SetupLine) -> dict[str, Any]:
    return {
        "description": line.description,
        "customer": line.customer_name,
        "reseller": line.reseller_name,
        "number": line.order_number,
        "line": line.line_number,
        "contact": line.contact_email,
        "start": line.requested_start_on,
    }
