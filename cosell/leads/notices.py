"""What people are told about leads. Registered when the app starts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.models import Membership, MembershipStatus, Role
from identity.privileges import Privilege
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from ..models import Lead
from ..rights.scopes import roles_of_each

LEADS = _("Leads")


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
    """Whoever works on it; else the location's contact; else the referrals administrators there (C11)."""
    if lead.assigned_user_id is not None:
        return [Audience.user(lead.assigned_user_id, lead.site_id)]
    members = Membership.objects.filter(
        site_id=lead.site_id, status=MembershipStatus.ACTIVE, roles__contains=[Role.REFERRALS_ADMIN]
    ).order_by("id")
    found = [
        Audience.user(member.user_id, lead.site_id)
        for member, held in (
            (member, roles[member.id]) for roles in [roles_of_each(members)] for member in members
        )
        if any(
            each.role == Role.REFERRALS_ADMIN
            and (each.locations is None or any(place.id == lead.location_id for place in each.locations))
            for each in held
        )
    ]
    # The contact is an address that may be nobody's: it is mailed, and the administrators see it in the portal as well.
    if lead.location.contact_email:
        found.append(Audience.address(lead.location.contact_email, lead.contact_language))
    return found


def _tell(kind: NoticeKind, lead: Lead, to: list[Audience], *, by: Actor, now: datetime) -> None:
    if not to:
        return
    tell(
        kind, to=to, by=by, now=now, dedupe_key=f"{kind.name}:{lead.public_id}:{lead.version}",
        href=reverse("leads:lead", args=[lead.public_id]),
        context={
            "customer": lead.customer_name, "profile": lead.profile_name, "wish": lead.wish[:500], "by": by.name,
        },
    )  # fmt: skip
