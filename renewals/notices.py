"""What people are told about renewals. Registered when the app starts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from identity.actors import Actor, Kind
from identity.models import Membership
from identity.privileges import Privilege
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, When, register

from .models import RenewalItem

RENEWALS = _("Renewals")
PARTNERS = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})
LISTED = 5  # items that a notice names

ASSIGNED = register(
    NoticeKind(
        name="renewal.assigned",
        group=RENEWALS,
        title=_("A renewal was assigned to you"),
        subject=ngettext_lazy(
            "%(by)s assigned a renewal to you", "%(by)s assigned %(count)s renewals to you", "count"
        ),
        body=ngettext_lazy(
            "%(by)s assigned this renewal to you. It is due on %(due)s.\n\n%(items)s",
            "%(by)s assigned %(count)s renewals to you. The first is due on %(due)s.\n\n%(items)s",
            "count",
        ),
        action=_("See what is assigned to me"),
        icon="user-check",
        kinds=PARTNERS,
        privilege=Privilege.RENEWAL_VIEW,
    )
)


def _reminder(name: str, *, default: When = "at_once", **words: Any) -> NoticeKind:
    return register(
        NoticeKind(
            name=name,
            group=RENEWALS,
            action=_("See the renewals"),
            default=default,
            kinds=PARTNERS,
            privilege=Privilege.RENEWAL_VIEW,
            **words,
        )
    )


CONTACT = _reminder(
    "renewal.contact",
    default="daily",
    title=_("Renewals whose contact is to be checked"),
    subject=ngettext_lazy(
        "Check the contact: %(count)s renewal is due in %(days)s days",
        "Check the contacts: %(count)s renewals are due in %(days)s days",
        "count",
    ),
    body=_(
        "Is the customer's contact still the right one? The quote goes out in a month.\n\n%(items)s\n\n"
        "Due on %(due)s, all together %(total)s."
    ),
    icon="address-book",
)
QUOTE = _reminder(
    "renewal.quote",
    default="daily",
    title=_("Renewals for which it is time to send a quote"),
    subject=ngettext_lazy(
        "Time for a quote: %(count)s renewal is due in %(days)s days",
        "Time for quotes: %(count)s renewals are due in %(days)s days",
        "count",
    ),
    body=_(
        "It is time to send the customer a quote. Select the renewals in the list and make one of them.\n\n"
        "%(items)s\n\nDue on %(due)s, all together %(total)s."
    ),
    icon="file-text",
)
DUE = _reminder(
    "renewal.due",
    title=_("Renewals that are due soon"),
    subject=ngettext_lazy(
        "%(count)s renewal is due in %(days)s days", "%(count)s renewals are due in %(days)s days", "count"
    ),
    body=_(
        "This is still to be renewed. The list says of each what happens if nobody does anything.\n\n"
        "%(items)s\n\nDue on %(due)s, all together %(total)s."
    ),
    tone="warn",
    icon="calendar-due",
)
BACK = _reminder(
    "renewal.back",
    default="daily",
    title=_("Renewals that you had put off are back"),
    subject=ngettext_lazy(
        "%(count)s renewal that was put off is back", "%(count)s renewals that were put off are back", "count"
    ),
    body=_(
        "They were put off until today, and are in the list again.\n\n%(items)s\n\n"
        "The first is due on %(due)s, all together %(total)s."
    ),
    icon="bell-ringing",
)
#: By the kind of a step (reminders.steps).
REMINDERS = {"contact": CONTACT, "quote": QUOTE, "due": DUE}


def tell_of_assignment(
    colleague: Membership, items: Sequence[RenewalItem], *, by: Actor, now: datetime
) -> None:
    """Tell a colleague what was given to them, all of it at once; nobody is told of their own deed."""
    first = min(items, key=lambda item: (item.due_on, item.id))
    one = reverse("renewals:item", args=[first.public_id])
    tell(
        ASSIGNED,
        to=[Audience.user(colleague.user_id, colleague.site_id)],
        by=by,
        now=now,
        dedupe_key=f"renewal.assigned:{colleague.id}:{first.public_id}:{now.timestamp()}",
        href=one if len(items) == 1 else f"{reverse('renewals:list')}?assigned=me",
        context={
            "by": by.name,
            "count": len(items),
            "due": first.due_on,
            "items": listed(items),
        },
    )


class Named(Protocol):
    """What a notice says of an item."""

    customer_name: str
    description: str


def listed(items: Sequence[Named]) -> str:
    """A line for each of the first items: whose, and what."""
    lines = [f"{item.customer_name} – {item.description}" for item in items[:LISTED]]
    return "\n".join([*lines, *(["…"] if len(items) > LISTED else [])])
