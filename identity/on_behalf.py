"""Working for somebody who is not there: jobs that do what a person asked for, with the rights they have by now."""

from __future__ import annotations

from django.utils import timezone

from . import tenancy
from .actors import Actor
from .models import ApiKey, Membership, MembershipStatus, User
from .sessions import Who, actor_from


def actor_for(user_id: int, site_id: int | None, key_id: int | None = None) -> Actor | None:
    """Who this person is at that site (None: among the vendor's people) right now; None if they have no place there.

    With `key_id` they may no more than that key of theirs, and nothing once it is no longer in force.
    """
    with tenancy.as_system():
        user = User.objects.filter(id=user_id, is_active=True).first()
        if user is None or bool(user.staff_roles) != (site_id is None):
            return None
        member = _member(user_id, site_id) if site_id is not None else None
        if site_id is not None and member is None:
            return None
        key = _key(key_id, user_id, site_id) if key_id is not None else None
        if key_id is not None and key is None:
            return None
        return actor_from(_who(user, member, key))


def _member(user_id: int, site_id: int) -> Membership | None:
    found = Membership.objects.filter(
        user_id=user_id, site_id=site_id, status=MembershipStatus.ACTIVE, site__is_active=True
    )
    return found.select_related("site").first()


def _key(key_id: int, user_id: int, site_id: int | None) -> ApiKey | None:
    found = ApiKey.objects.filter(id=key_id, user_id=user_id, site_id=site_id, revoked_at=None)
    return found.exclude(expires_at__lte=timezone.now()).first()


def _who(user: User, member: Membership | None, key: ApiKey | None) -> Who:
    """As the functions find it that know who sent a request."""
    site = member.site if member else None
    return Who(
        session_data=None,
        expires_at=None,
        user_id=user.id,
        public_id=user.public_id,
        email=user.email,
        name=user.name,
        password="",
        language=user.language,
        time_zone=user.time_zone,
        staff_roles=user.staff_roles,
        is_active=user.is_active,
        membership_id=member.id if member else None,
        standing=member.standing if member else None,
        tools=member.tools if member else None,
        roles=member.roles if member else None,
        site_id=site.id if site else None,
        site_number=site.number if site else None,
        site_name=site.name if site else None,
        site_kind=site.kind if site else None,
        site_time_zone=site.time_zone if site else None,
        site_count=1,
        key_id=key.id if key else None,
        key_privileges=key.privileges if key else None,
    )
