"""Why somebody cannot begin a deal, rule by rule (C4)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from cosell.models import Location, Readiness, SolutionStatus
from cosell.rights import possible
from identity import tenancy
from identity.models import Membership, Role
from identity.privileges import Refusal
from tests.cast import Cast, actor
from tests.cosell.factories import give_role, make_location, make_solution

pytestmark = pytest.mark.django_db


def refused(who: Membership) -> Refusal | None:
    by = actor(who)
    with tenancy.scope(by):
        return possible.why_no_new_deal(by)


def admin(cast: Cast, at: list[Location] | None = None) -> Membership:
    return give_role(cast.sales, Role.REFERRALS_ADMIN, at=at)


def test_with_role_location_and_ready_solution_nothing_stands_against_it(cast: Cast) -> None:
    make_location(cast.site)
    make_solution(cast.site)
    assert refused(admin(cast)) is None


def test_a_referrals_user_is_told_which_role_is_missing(cast: Cast) -> None:
    make_location(cast.site)
    make_solution(cast.site)
    found = refused(give_role(cast.sales, Role.REFERRALS_USER))
    assert found is not None
    assert "Referrals administrator" in str(found.reason)


def test_without_a_location_somebody_has_to_add_one(cast: Cast) -> None:
    make_solution(cast.site)
    assert refused(admin(cast)) == possible.NO_LOCATION


def test_an_administrator_of_a_closed_location_alone_has_none(cast: Cast) -> None:
    make_solution(cast.site)
    make_location(cast.site, "Giza")
    closed = make_location(cast.site, "Luxor", closed_at=timezone.now())
    assert refused(admin(cast, at=[closed])) == possible.NOT_YOUR_LOCATION


@pytest.mark.parametrize(
    ("extra", "rule"),
    [
        (None, possible.NO_SOLUTION),
        (
            {"status": SolutionStatus.DRAFT, "readiness": Readiness.NOT_READY, "published_at": None},
            possible.NONE_PUBLISHED,
        ),
        ({"readiness": Readiness.NOT_READY}, possible.NONE_ASKED),
        ({"readiness": Readiness.ASKED}, possible.BEING_LOOKED_AT),
        ({"status": SolutionStatus.RETIRED, "readiness": Readiness.NOT_READY}, possible.NO_SOLUTION),
    ],
)
def test_the_solution_is_published_and_ready_and_each_step_has_its_own_words(
    cast: Cast, extra: dict[str, object] | None, rule: Refusal
) -> None:
    make_location(cast.site)
    make_solution(cast.rival_site)  # another company's does not count
    if extra is not None:
        make_solution(cast.site, **extra)
    assert refused(admin(cast)) == rule
