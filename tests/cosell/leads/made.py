"""Enquiries and leads for tests, with sensible defaults."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from cosell.leads.actions import receive_enquiry
from cosell.leads.content import Enquiry
from cosell.models import Lead, Location, Profile, PublishedProfile
from identity import tenancy
from identity.actors import Actor
from identity.models import Site
from tests.cosell.factories import make_profile

#: Of whoever writes from the public directory.
NOBODY = Actor.anonymous()


def enquiry(**said: Any) -> Enquiry:
    given: dict[str, Any] = {
        "company": "Oasis Dairy", "first_name": "Mona", "last_name": "Said", "email": "mona@oasis.example",
        "wish": "We want to move our twelve shops to the cloud before the summer, and need somebody to plan it.",
        "country": "EG", "city": "Giza", "phone": "+20 2 5550 0101", "size": "51-250",
        "tags": ("industry-retail", "product-cloud"), "consent_contact": True, "wants_contact": True,
    } | said  # fmt: skip
    return Enquiry(**given)


def published(site: Site, *locations: Location, **extra: Any) -> PublishedProfile:
    """The public copy of a new profile of the site's."""
    profile: Profile = make_profile(site, locations=list(locations) or None, **extra)
    with tenancy.as_system():
        return PublishedProfile.objects.select_related("site").get(profile=profile)


def make_lead(profile: PublishedProfile, *, now: datetime | None = None, **said: Any) -> Lead:
    """A lead as it comes: written by somebody in the public directory."""
    with tenancy.scope(NOBODY):
        lead = receive_enquiry(profile, enquiry(**said), now=now or timezone.now())
    with tenancy.as_system():
        return Lead.objects.get(public_id=lead.public_id)
