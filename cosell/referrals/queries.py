"""Looks at deals that span models."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from identity.models import Site

from ..models import Invitation, Location, PublishedLocation, Referral


@dataclass(frozen=True, slots=True)
class Place:
    """A location of another partner's, as far as its public profile tells: neither row is the inviter's to read."""

    site: Site  # its id and name, nothing else
    location: Location  # its id and name, nothing else


def places_in(profile: str) -> list[Place]:
    """Where the partner with this public business profile (its id) can be invited, as the profile lists them."""
    found = PublishedLocation.objects.filter(profile__public_id=profile).select_related("profile")
    return [
        Place(
            Site(id=place.site_id, name=place.profile.name),
            Location(id=place.location_id, site_id=place.site_id, name=place.name),
        )
        for place in found.order_by("position")
    ]


def partners_known(referral: Referral) -> set[int]:
    """Ids of the sites that the partner knows to be in the engagement: whom it invited, and who invited it."""
    between = Q(site_id=referral.site_id) | Q(invited_site_id=referral.site_id)
    found = Invitation.objects.filter(between, engagement=referral.engagement)
    return {site_id for pair in found.values_list("site_id", "invited_site_id") for site_id in pair}


def sides_of(invitation: str) -> Q:
    """The deal from which an invitation (its number) went out, and the one that it made; each partner sees its own."""
    found = Invitation.objects.filter(public_id=invitation).first() or Invitation(id=0, referral_id=0)
    return Q(invitation_id=found.id) | Q(id=found.referral_id)
