"""What every action stands on: how it says no, and how it keeps others from doing the same at once."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext_lazy as _

from identity.access import PrivilegeMissing
from identity.actors import Actor
from identity.models import Membership
from identity.privileges import Refusal

from .. import rules
from ..models import AccessCase, AccessRequest


class AccountError(Exception):
    """Something cannot be done; the class says what, and `refusal`, where there is one, why and who can."""


class NotAllowed(PrivilegeMissing, AccountError):
    """A rule of A4 stands in the way; `refusal` says which, and who can do it."""


class AlreadyAsked(AccountError):
    """The applicant has an open request for this number."""


class AlreadyMember(AccountError):
    """The person has access to the site already."""


class TooManyToday(AccountError):
    """More requests or invitations in a day than anybody needs."""


class RequestClosed(AccountError):
    """The request was decided or withdrawn meanwhile; `request` tells how."""

    def __init__(self, request: AccessRequest | AccessCase) -> None:
        super().__init__(request.status)
        self.request = request


class NumberUnknown(AccountError):
    """Customer care gave a number that belongs to no active site."""


class MemberChanged(AccountError):
    """Somebody changed the member after the form was shown; `member` is how it is now."""

    def __init__(self, member: Membership) -> None:
        super().__init__(member.public_id)
        self.member = member


class InvitationEnded(AccountError):
    """The invitation was used or revoked, has expired, or its sender may no longer invite."""


class WrongAddress(AccountError):
    """The invitation was sent to an address that is not a confirmed one of whoever accepts."""


def demand(refusal: Refusal | None) -> None:
    """Raises NotAllowed with the refusal, if there is one."""
    if refusal is not None:
        raise NotAllowed(refusal)


def demand_grantable(by: Actor, names: Iterable[str]) -> None:
    """Raises NotAllowed unless the actor holds each of these tools and roles."""
    for name in names:
        demand(rules.why_not_grant(by, name))


def demand_person(by: Actor) -> int:
    """The user id of somebody who may belong to a site. Raises NotAllowed for the vendor's people."""
    if by.user_id is None or by.is_staff:
        raise NotAllowed(
            Refusal(_("The vendor's people work without a site."), _("Nothing needs to be done."))
        )
    return by.user_id


def demand_site(by: Actor) -> int:
    """The id of the site the actor works for. Raises NotAllowed for whoever works for none."""
    if by.site_id is None:
        raise NotAllowed(
            Refusal(_("This is done by the site's own contacts."), _("The primary contact of the site can."))
        )
    return by.site_id


def lock(what: str, key: int) -> None:
    """Let one transaction at a time do this for this key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{what}:{key}"])
