"""Reads about people and sites."""

from __future__ import annotations

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
