"""Reads about people and sites."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from .actors import Actor
from .models import Membership, MembershipStatus, Standing


def account_managers(actor: Actor) -> list[Membership]:
    """Who manages the users of the actor's site: the primary contact first, then the secondary contacts."""
    if not actor.is_partner:
        return []
    return list(
        Membership.objects.filter(
            site_id=actor.site_id,
            status=MembershipStatus.ACTIVE,
            standing__in=[Standing.PRIMARY, Standing.SECONDARY],
        ).order_by("standing", "name")
    )


class OwnSite(NamedTuple):
    """A site somebody may work for. `membership` is what `switch_site` takes."""

    membership: str
    name: str
    number: str
    kind: str


def sites_of(actor: Actor) -> list[OwnSite]:
    """Every site the actor has a place at, by name. Policies show only the current one, so a function tells."""
    if not actor.signed_in or actor.is_staff:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM portal_my_sites()")
        return [OwnSite(*row) for row in cursor.fetchall()]
