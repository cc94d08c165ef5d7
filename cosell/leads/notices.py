"""What people are told about leads. Registered when the app starts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import Privilege
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from ..models import Lead

LEADS = _("Leads")
#: Under which name the outbox finds delivery.py.
CHOOSER = "cosell_lead"


def _of_partners(name: str, **words: Any) -> NoticeKind:
    return register(
        NoticeKind(
            name=name, group=LEADS, action=_("See the lead"), kinds=frozenset({Kind.RESELLER, Kind.DISTRIBUTOR}),
            privilege=Privilege.REFERRAL_VIEW, **words,
        )
    )  # fmt: skip


RECEIVED = _of_partners(
    "lead.received",
    title=_("A customer looks for a partner and came to you"),
    subject=_("A new lead: %(customer)s"),
    body=_(
        "%(customer)s wrote to your business profile “%(profile)s”.\n\n%(wish)s\n\nAccept the lead if you want to help,"
        " or archive it with a reason. How quickly you answer counts when partners are matched to customers."
    ),
    icon="user-plus",
)
OFFERED = _of_partners(
    "lead.offered",
    title=_("The vendor offers you a customer who looks for a partner"),
    subject=_("The vendor offers you a lead: %(customer)s"),
    body=_(
        "The vendor looked for a partner for %(customer)s, and proposes your business profile “%(profile)s”."
        "\n\n%(wish)s\n\nAccept the lead if you want to help, or archive it with a reason."
    ),
    icon="user-plus",
)
WAITING = _of_partners(
    "lead.waiting",
    title=_("A customer who asked to be contacted has waited for three days"),
    subject=_("%(customer)s still waits to be contacted"),
    body=_(
        "%(customer)s asked to be contacted, and nobody has answered for 72 hours.\n\nAccept the lead and get in touch,"
        " or archive it, so that the customer can look elsewhere."
    ),
    tone="warn",
    icon="hourglass",
)
ASSIGNED = _of_partners(
    "lead.assigned",
    title=_("You are to work on a lead"),
    subject=_("%(by)s asks you to work on the lead of %(customer)s"),
    body=_("%(by)s put you in charge of the lead of %(customer)s.\n\n%(wish)s"),
    icon="user-check",
)


def tell_received(lead: Lead, *, now: datetime) -> None:
    """For jobs: tell those who may answer, once."""
    kind = OFFERED if lead.need_id is not None else RECEIVED
    _tell(kind, lead, answerers(lead), by=Actor.system(), now=now)


def tell_waiting(lead: Lead, *, now: datetime) -> None:
    """For jobs: tell those who may answer that the customer waits still, once."""
    _tell(WAITING, lead, answerers(lead), by=Actor.system(), now=now)


def tell_assigned(lead: Lead, *, by: Actor, now: datetime) -> None:
    assert lead.assigned_user_id is not None
    _tell(ASSIGNED, lead, [Audience.user(lead.assigned_user_id, lead.site_id)], by=by, now=now)


def answerers(lead: Lead) -> list[Audience]:
    """Those who may answer it, worked out when it is told (delivery.py)."""
    return [Audience.chosen(CHOOSER, site_id=lead.site_id, lead=lead.public_id)]


def _tell(kind: NoticeKind, lead: Lead, to: list[Audience], *, by: Actor, now: datetime) -> None:
    tell(
        kind, to=to, by=by, now=now, dedupe_key=f"{kind.name}:{lead.public_id}:{lead.version}",
        href=reverse("leads:lead", args=[lead.public_id]),
        context={
            "customer": lead.customer_name, "profile": lead.profile_name, "wish": lead.wish[:500], "by": by.name,
        },
    )  # fmt: skip
