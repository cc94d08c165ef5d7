"""The directory among many partners: indexes answer, under the role that asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from cosell.directory.finding import ORDER, Wanted, live_profiles
from cosell.models import Profile, PublishedProfile
from cosell.profiles.publishing import words_of
from cosell.tags import NAMES
from identity import tenancy
from identity.models import Site
from tests.cast import Cast

pytestmark = pytest.mark.django_db
MANY = 4_000
CODES = list(NAMES)


@pytest.fixture
def many(cast: Cast) -> None:
    """Rows as they would be, made past the rules of their making."""
    now = timezone.now()
    with tenancy.as_system():
        sites = Site.objects.bulk_create(
            Site(name=f"Partner {number}", number=f"{8_000_000 + number}", kind="reseller", country="EG")
            for number in range(MANY)
        )
        told: dict[str, Any] = {"country": "EG", "languages": ["ar"]}
        profiles = Profile.objects.bulk_create(
            Profile(
                site=site, site_name=site.name, site_number=site.number, name=site.name, created_at=now,
                changed_at=now, state="waiting", published_at=now, live_at=now,
                tags=sorted({CODES[place % len(CODES)], CODES[place * 7 % len(CODES)]}), skills=[f"Skill{place}"],
                **told,
            )
            for place, site in enumerate(sites)
        )  # fmt: skip
        PublishedProfile.objects.bulk_create(
            PublishedProfile(
                profile=each, public_id=each.public_id, site_id=each.site_id, name=each.name, tags=each.tags,
                skills=each.skills, sort_name=each.name.casefold(), words=words_of(each.name, each.skills),
                live_since=now, **told,
            )
            for each in profiles
        )  # fmt: skip


def plan(**wanted: Any) -> str:
    with tenancy.door():
        found = live_profiles(Wanted(**wanted)).order_by(*ORDER)[:25]
        return found.explain(analyze=False)


def without(*ways: str) -> None:
    """Nothing has counted these rows yet, so that a plan is chosen by what is left."""
    with connection.cursor() as cursor:
        for way in ways:
            cursor.execute(f"SET LOCAL enable_{way} = off")


def test_the_list_is_answered_in_its_order_by_an_index(many: None) -> None:
    without("seqscan", "sort")
    assert "published_by_name" in plan()
    assert "published_in_country" in plan(country="EG")


def test_words_and_tags_are_answered_by_indexes(many: None) -> None:
    without("seqscan", "indexscan")
    assert "published_by_word" in plan(text="skill3999")
    assert "published_by_tag" in plan(tags=("service-training",))
    both = plan(text="train")  # a word may be one of a tag's name
    assert "published_by_word" in both
    assert "published_by_tag" in both
