"""Reads that the pages share. Policies leave only what the actor may see; nothing here filters by site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from identity.actors import Actor
from identity.models import AuditEvent, Membership, MembershipStatus, Session, Standing
from identity.privileges import Privilege
from identity.queries import sites_of as my_sites

from .devices import describe
from .models import AccessCase, AccessRequest, Invitation, InvitationStatus, RequestStatus, Route

__all__ = ["my_sites"]  # for the site switcher, from identity


# -- members


def members() -> QuerySet[Membership]:
    """The people of the sites one may see, active ones."""
    return Membership.objects.filter(status=MembershipStatus.ACTIVE)


def history_of(member: Membership) -> QuerySet[AuditEvent]:
    """What was done to a member's place at the site, the newest first."""
    return AuditEvent.objects.filter(object_type="membership", object_id=member.public_id).order_by(
        "-at", "-id"
    )


def changed_since(member: Membership, version: int) -> list[AuditEvent]:
    """What changed a member after the version that a form showed, the oldest first."""
    events = history_of(member).filter(detail__version__gt=version)
    return list(reversed(events[:20]))


def primary_of(site_id: int) -> Membership | None:
    return members().filter(site_id=site_id, standing=Standing.PRIMARY).first()


# -- requests


def my_requests(by: Actor) -> QuerySet[AccessRequest]:
    """What somebody asked themselves, the newest first. The vendor's people never ask."""
    if by.is_staff:
        return AccessRequest.objects.none()
    return AccessRequest.objects.filter(user_id=by.user_id).order_by("-created_at", "-id")


def cases_to_decide(by: Actor) -> QuerySet[AccessCase]:
    """What waits for this actor: a contact's site, or customer care's own queue."""
    waiting = AccessCase.objects.filter(status=RequestStatus.WAITING)
    if by.may(Privilege.REQUEST_DECIDE):
        return in_care(waiting)
    if by.may(Privilege.MEMBER_MANAGE):
        return waiting.exclude(user_id=by.user_id)
    return waiting.none()


def in_care(cases: QuerySet[AccessCase]) -> QuerySet[AccessCase]:
    """Cases that customer care has to see to: routed there, or left lying by the site."""
    return cases.filter(route=Route.CARE) | cases.filter(escalated_at__isnull=False)


# -- invitations


def open_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.filter(status=InvitationStatus.OPEN).order_by("-created_at", "-id")


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation, as whoever knows its secret may see it."""

    public_id: str
    email: str
    status: str
    expires_at: datetime
    invited_by_name: str
    site_id: int
    site_name: str
    site_kind: str

    def is_open(self, now: datetime) -> bool:
        return self.status == InvitationStatus.OPEN and self.expires_at > now


def invitation_by_secret(digest: str) -> Offer | None:
    """The invitation whose secret has this digest; a function of the database tells, since no role may read
    it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM portal_invitation(%s)", [digest])
        row = cursor.fetchone()
    return Offer(*row) if row else None


# -- oneself


def has_second_factor() -> bool:
    """Whether the person the transaction works for has an authenticator app or a passkey."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_has_second_factor()")
        return bool(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A browser somebody is signed in with. `handle` names it without telling its key."""

    handle: str
    device: str | Promise
    since: datetime | None
    expires_at: datetime
    current: bool


def sessions_of(by: Actor, current_key: str | None) -> list[tuple[str, OpenSession]]:
    """The actor's sessions by key, this one first."""
    from .actions.adding import digest

    found = []
    for session in Session.objects.filter(user_id=by.user_id, expire_date__gt=timezone.now()):
        data = session.get_decoded()
        since = data.get("since")
        shown = OpenSession(
            handle=digest(session.session_key)[:16],
            device=describe(data.get("device", "")),
            since=datetime.fromisoformat(since) if since else None,
            expires_at=session.expire_date,
            current=session.session_key == current_key,
        )
        found.append((session.session_key, shown))
    return sorted(found, key=lambda pair: (not pair[1].current, -pair[1].expires_at.timestamp()))
