"""Changes people make to their own standing in the portal."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from .actors import Actor
from .audit import record
from .models import Membership, MembershipStatus, Site, User


class NotYourSite(Exception):
    """The person has no place at that site (or it does not exist: the answer is the same)."""


@transaction.atomic
def switch_site(membership_public_id: str, *, by: Actor, now: datetime) -> Membership:
    """Work for another of one's own sites from now on. Raises NotYourSite."""
    membership = (
        Membership.objects.filter(
            public_id=membership_public_id, user_id=by.user_id, status=MembershipStatus.ACTIVE
        )
        .order_by()
        .first()
    )
    if membership is None:
        raise NotYourSite
    User.objects.filter(id=by.user_id).update(current_site_id=membership.site_id)
    record("site.switched", by=by, now=now, object_type="site", object_id=membership.site_id)
    return membership


class UnknownLanguage(Exception):
    """Not one of the portal's languages."""


def choose_language(language: str, *, by: Actor) -> None:
    """Remember a language in the person's profile. Raises UnknownLanguage."""
    if language not in dict(settings.LANGUAGES):
        raise UnknownLanguage
    if by.signed_in:
        User.objects.filter(id=by.user_id).update(language=language)


@transaction.atomic
def open_site(*, by: Actor, now: datetime, **facts: object) -> Site:
    """Open a partner's site. `facts` are the Site's fields. Raises ValidationError naming each field that is wrong."""
    site = Site(created_at=now, **facts)
    site.full_clean()
    site.save()
    record(
        "site.opened", by=by, now=now, object_type="site", object_id=site.id, label=str(site), site_id=site.id
    )
    return site
