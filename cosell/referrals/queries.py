"""Looks at deals that span models."""

from __future__ import annotations

from dataclasses import dataclass

from identity.models import Site

from ..models import Location, PublishedLocation


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
