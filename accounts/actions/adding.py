"""Adding people to a site: at once, when their address has a vendor ID, else by an invitation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from identity.actors import Actor, Kind
from identity.audit import record
from identity.models import Membership, User
from identity.privileges import partner_privileges
from notifications.actions import Audience, post_mail, tell

from .. import notices, rules
from ..models import Invitation, InvitationStatus
from ..queries import invitation_by_secret
from .ground import (
    InvitationEnded,
    TooManyToday,
    WrongAddress,
    demand,
    demand_grantable,
    demand_person,
    demand_site,
    lock,
)
from .members import at_site, context_of, end_invitations, join, record_of, tell_member, tell_primary
from .requests import hold_requests, settle_requests

INVITATIONS_A_DAY = 50
INVITATION_DAYS = 14
DAY = timedelta(days=1)


@transaction.atomic
def add_member(
    email: str,
    *,
    name: str,
    job_title: str = "",
    tools: Iterable[str] = (),
    roles: Iterable[str] = (),
    by: Actor,
    now: datetime,
) -> Membership | Invitation:
    """Give somebody a place at the actor's site: at once when the address has a vendor ID, else by an
    invitation.

    Raises NotAllowed, AlreadyMember, TooManyToday; an open invitation to the same address is replaced.
    """
    demand(rules.why_not_manage(by))
    site_id = demand_site(by)
    tools, roles = list(tools), list(roles)
    demand_grantable(by, [*tools, *roles])
    lock("accounts.add", site_id)
    if _asked_today(site_id, now) >= INVITATIONS_A_DAY:
        raise TooManyToday
    user_id = person_by_address(email)
    if user_id is None:
        return _invite(
            email, site_id=site_id, name=name, job_title=job_title, tools=tools, roles=roles, by=by, now=now
        )
    asked = hold_requests(site_id, user_id)
    member = join(
        site_id, user_id, name=name, email=email, job_title=job_title, tools=tools, roles=roles, now=now
    )
    member = Membership.objects.select_related("site").get(id=member.id)
    end_invitations(member, by=by, now=now)
    record_of("membership.added", member, by=by, now=now, tools=tools, roles=roles)
    tell_member(notices.YOU_WERE_ADDED, member, by=by, now=now, href="/")
    tell_primary(notices.MEMBER_ADDED, member, site=member.site, by=by, now=now)
    settle_requests(asked, member, by=by, now=now)
    return member


def _asked_today(site_id: int, now: datetime) -> int:
    """How many were added or invited lately: limited, as each tells whether an address has a vendor ID."""
    since = now - DAY
    invited = Invitation.objects.filter(site_id=site_id, created_at__gt=since).count()
    added = Membership.objects.filter(site_id=site_id, created_at__gt=since).count()
    return invited + added


def person_by_address(email: str) -> int | None:
    """The id of the vendor ID that a confirmed address opens, if there is one (and it is not one of the
    vendor's).
    """
    return _look_up("portal_person_by_address", email)


def _look_up(function: str, value: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [value])
        return cursor.fetchone()[0]


def digest(secret: str) -> str:
    """What is kept of an invitation's secret: 256 random bits, so a plain hash cannot be guessed back."""
    return sha256(secret.encode()).hexdigest()


def _invite(
    email: str,
    *,
    site_id: int,
    name: str,
    job_title: str,
    tools: list[str],
    roles: list[str],
    by: Actor,
    now: datetime,
) -> Invitation:
    """Invite an address without a vendor ID, in place of an earlier open invitation."""
    Invitation.objects.filter(site_id=site_id, email=email, status=InvitationStatus.OPEN).update(
        status=InvitationStatus.REVOKED, closed_at=now
    )
    secret = token_urlsafe(32)
    invitation = Invitation.objects.create(
        site_id=site_id,
        email=email,
        name=name,
        job_title=job_title,
        tools=sorted(set(tools)),
        roles=sorted(set(roles)),
        digest=digest(secret),
        invited_by_id=by.membership_id,
        invited_by_name=by.name[:120],
        created_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
    )
    record(
        "invitation.sent",
        by=by,
        now=now,
        object_type="invitation",
        object_id=invitation.public_id,
        label=name,
        email=email,
        tools=invitation.tools,
        roles=invitation.roles,
    )
    _mail_invitation(invitation, secret, by=by)
    tell(
        notices.INVITATION_SENT,
        to=[Audience.primary(invitation.site_id)],
        by=by,
        now=now,
        href=reverse("accounts:invitations"),
        dedupe_key=f"member.invited:{invitation.id}",
        context={
            "by": by.name,
            "name": name,
            "email": email,
            "site": by.site_name,
            "until": invitation.expires_at,
        },
    )
    return invitation


def _mail_invitation(invitation: Invitation, secret: str, *, by: Actor) -> None:
    """Nobody knows yet which language the invited person reads: the sender's is the best guess."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    words = {"by": by.name, "site": by.site_name, "name": invitation.name, "days": INVITATION_DAYS}
    post_mail(
        invitation.email,
        subject=_("%(by)s invites you to %(site)s") % words,
        paragraphs=[
            _("Dear %(name)s,") % words,
            _("%(by)s has set up access for you to the partner portal, for %(site)s.") % words,
            _("The link works once, for %(days)s days, and only with this e-mail address.") % words,
        ],
        action=(
            _("Accept the invitation"),
            settings.PORTAL_URL + reverse("accounts:invitation", args=[secret]),
        ),
        language=language,
        sensitive=True,
    )


@transaction.atomic
def revoke_invitation(public_id: str, *, by: Actor, now: datetime) -> Invitation:
    """Take an open invitation back; its link no longer works. Raises NotAllowed, InvitationEnded,
    DoesNotExist.
    """
    demand(rules.why_not_manage(by))
    invitation = Invitation.objects.select_for_update().get(public_id=public_id)
    if invitation.status != InvitationStatus.OPEN:
        raise InvitationEnded
    invitation.status, invitation.closed_at = InvitationStatus.REVOKED, now
    invitation.save(update_fields=["status", "closed_at"])
    record(
        "invitation.revoked",
        by=by,
        now=now,
        object_type="invitation",
        object_id=invitation.public_id,
        label=invitation.name,
    )
    return invitation


@transaction.atomic
def resend_invitation(public_id: str, *, by: Actor, now: datetime) -> Invitation:
    """Send a new link with a new term; the former one no longer works. Raises NotAllowed, InvitationEnded,
    TooManyToday.
    """
    invitation = Invitation.objects.select_for_update().get(public_id=public_id)
    if invitation.status != InvitationStatus.OPEN:
        raise InvitationEnded
    added = add_member(
        invitation.email,
        name=invitation.name,
        job_title=invitation.job_title,
        tools=invitation.tools,
        roles=invitation.roles,
        by=by,
        now=now,
    )
    if isinstance(added, Membership):  # meanwhile the address has a vendor ID
        invitation.refresh_from_db()
        return invitation
    return added


@transaction.atomic
def accept_invitation(secret: str, *, by: Actor, now: datetime) -> Membership:
    """Take the place that an invitation offers. Raises InvitationEnded, WrongAddress, AlreadyMember,
    NotAllowed.

    It grants what its sender may still grant today: whoever has left, or lost a tool, has nothing to give any
    more.
    """
    found = invitation_by_secret(digest(secret))
    if found is None or not found.is_open(now):
        raise InvitationEnded
    user_id = demand_person(by)
    if not _look_up("portal_is_my_address", found.email):
        raise WrongAddress
    with at_site(by, found.site_id, found.site_kind):
        return _accept(found.public_id, user_id, by=by, now=now)


def _accept(public_id: str, user_id: int, *, by: Actor, now: datetime) -> Membership:
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("invited_by", "site")
        .get(public_id=public_id)
    )
    sender = _sender(invitation)
    if invitation.status != InvitationStatus.OPEN or rules.why_not_manage(sender):
        raise InvitationEnded
    tools = [tool for tool in invitation.tools if rules.may_grant(sender, tool)]
    roles = [role for role in invitation.roles if rules.may_grant(sender, role)]
    member = join(
        invitation.site_id,
        user_id,
        name=invitation.name,
        email=invitation.email,
        job_title=invitation.job_title,
        tools=tools,
        roles=roles,
        now=now,
    )
    invitation.status, invitation.closed_at = InvitationStatus.ACCEPTED, now
    invitation.save(update_fields=["status", "closed_at"])
    here = replace(by, site_id=invitation.site_id, site_name=invitation.site.name)
    record_of("membership.joined", member, by=here, now=now, tools=tools, roles=roles, invited_by=sender.name)
    tell(
        notices.MEMBER_ADDED,
        to=[
            Audience.primary(invitation.site_id),
            Audience.user(invitation.invited_by.user_id, invitation.site_id),
        ],
        by=here,
        now=now,
        href=reverse("accounts:users"),
        dedupe_key=f"member.added:{member.id}:{member.version}",
        context=context_of(member, invitation.site, sender),
    )
    User.objects.filter(id=user_id).update(current_site_id=invitation.site_id)
    member.site = invitation.site
    return member


def _sender(invitation: Invitation) -> Actor:
    """Whoever sent the invitation, with what they may do today; nobody, when they have left."""
    sender = invitation.invited_by
    if not sender.is_active:
        return Actor.anonymous()
    return Actor(
        kind=Kind(invitation.site.kind),
        user_id=sender.user_id,
        name=sender.name,
        email=sender.email,
        site_id=sender.site_id,
        membership_id=sender.id,
        standing=sender.standing,
        roles=frozenset(sender.roles),
        privileges=partner_privileges(sender.standing, sender.tools, sender.roles),
    )
