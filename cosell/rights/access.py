"""Who has no role yet: who can give one, and asking them by one click (C1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import rules
from accounts.actions.ground import lock
from identity.access import PrivilegeMissing
from identity.actors import Actor, Kind
from identity.audit import record
from identity.models import AuditEvent, Membership, MembershipStatus, Role, Standing
from identity.privileges import Privilege, Refusal, partner_privileges

from . import notices
from .possible import why_no_access

ONCE_IN = timedelta(days=1)
#: The role with which somebody takes part in deals: what is asked for.
FIRST_ROLE = Role.REFERRALS_USER
_ORDER = {Standing.PRIMARY: 0, Standing.SECONDARY: 1, Standing.MEMBER: 2}

ASKED = Refusal(
    _("You have asked within the last day already."),
    _("Those who can give you a role were told; they decide."),
)
NOBODY = Refusal(
    _("Nobody else at your site can give you a role."),
    _("Customer care can: write to them on the page Help."),
)
HAS_ROLE = Refusal(_("You have a role already."), _("An account administrator can give you another."))


def givers_for(by: Actor) -> list[Membership]:
    """Who at the actor's site can give them a role of co-selling: primary contact, secondary ones, administrators.

    By the rules that hold when they do it: nobody gives to themselves, nobody gives what they do not hold, and the
    contacts of a site are changed by those above them.
    """
    if by.membership_id is None:
        return []
    people = Membership.objects.filter(site_id=by.site_id, status=MembershipStatus.ACTIVE).select_related(
        "site"
    )
    member = people.filter(id=by.membership_id).first()
    if member is None:
        return []
    contacts = people.filter(standing__in=[Standing.PRIMARY, Standing.SECONDARY])
    found = contacts | people.filter(roles__contains=[Role.ACCOUNT_ADMIN])
    able = [one for one in found if _can_give(one, member)]
    return sorted(able, key=lambda one: (_ORDER[Standing(one.standing)], one.name, one.id))


def _can_give(giver: Membership, member: Membership) -> bool:
    actor = _as_actor(giver)
    refused = rules.why_not_privileges(actor, member, roles_only=True)
    return refused is None and rules.hands_out(actor, FIRST_ROLE)


def _as_actor(giver: Membership) -> Actor:
    """What somebody may do at their site, to reckon with: nothing is done in their name."""
    return Actor(
        kind=Kind(giver.site.kind), user_id=giver.user_id, name=giver.name, site_id=giver.site_id,
        membership_id=giver.id, standing=giver.standing, roles=frozenset(giver.roles),
        privileges=partner_privileges(giver.standing, giver.tools, giver.roles),
    )  # fmt: skip


def why_not_ask(by: Actor, givers: Iterable[Membership], now: datetime) -> Refusal | None:
    """Why asking is of no use now; None when it is possible."""
    if why_no_access(by) is None:
        return HAS_ROLE
    if not list(givers):
        return NOBODY
    return ASKED if asked_at(by, now) else None


def asked_at(by: Actor, now: datetime) -> datetime | None:
    """When the actor asked within the last day; None when they did not."""
    asked = AuditEvent.objects.filter(
        object_type="cosell_access",
        object_id=str(by.membership_id),
        event="cosell.access_asked",
        at__gt=now - ONCE_IN,
    )
    return asked.order_by("-at").values_list("at", flat=True).first()


@transaction.atomic
def ask_for_access(*, by: Actor, now: datetime) -> list[Membership]:
    """Ask everybody who can give the actor a role; returns them. Raises PrivilegeMissing."""
    lock("cosell-access", by.membership_id or 0)
    givers = givers_for(by)
    if refused := why_not_ask(by, givers, now):
        raise PrivilegeMissing(refused, Privilege.REFERRAL_VIEW)
    member = next(iter(Membership.objects.filter(id=by.membership_id).values_list("public_id", flat=True)))
    notices.tell_access_asked(givers, by=by, now=now, href=reverse("cosell:member_roles", args=[member]))
    record(
        "cosell.access_asked", by=by, now=now, object_type="cosell_access", object_id=str(by.membership_id),
        label=by.name, site_id=by.site_id,
    )  # fmt: skip
    return givers
