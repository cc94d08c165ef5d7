"""What people are told about renewals. Registered when the app starts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from identity.actors import Actor, Kind
from identity.models import Membership
from identity.privileges import Privilege
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

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


def listed(items: Sequence[RenewalItem]) -> str:
    """A line for each of the first items: whose, and what."""
    lines = [f"{item.customer_name} – {item.description}" for item in items[:LISTED]]
    return "\n".join([*lines, *(["…"] if len(items) > LISTED else [])])
