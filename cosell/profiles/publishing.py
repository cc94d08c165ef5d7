"""The public copy of a profile: written when it goes live, gone when it does not stay."""

from __future__ import annotations

from datetime import datetime

from customers.names import fold

from ..models import Profile, PublishedLocation, PublishedProfile
from ..models.profiles import TOLD

_PLACE = ("name", "address_line1", "address_line2", "city", "state", "postal_code", "country")


def words_of(name: str, skills: list[str]) -> str:
    """What a profile is found by, besides its tags: the words of its name and skills, folded, each after a space."""
    return f" {' '.join(fold(text) for text in (name, *skills))}"


def write_published(profile: Profile, *, now: datetime) -> PublishedProfile:
    """Make or replace the public copy by what waits, as the vendor's people or a job. Both are in one transaction
    with the profile's going live, which the caller sees to.
    """
    told = {name: getattr(profile, name) for name in TOLD}
    copy, _made = PublishedProfile.objects.update_or_create(
        profile=profile,
        defaults=told
        | {
            "public_id": profile.public_id,
            "site_id": profile.site_id,
            "sort_name": fold(profile.name)[:130],
            "words": words_of(profile.name, profile.skills),
            "live_since": now,
        },
    )
    PublishedLocation.objects.filter(profile=copy).delete()
    PublishedLocation.objects.bulk_create(
        PublishedLocation(
            site_id=profile.site_id,
            profile=copy,
            location=each.location,
            position=each.position,
            **{name: getattr(each.location, name) for name in _PLACE},
        )
        for each in profile.locations.select_related("location").order_by("position")
    )
    return copy


def take_down(profile: Profile) -> None:
    """Nobody but the partner and the vendor reads it any more."""
    PublishedLocation.objects.filter(profile_id=profile.id).delete()
    PublishedProfile.objects.filter(profile_id=profile.id).delete()
