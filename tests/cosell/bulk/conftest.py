"""A partner whose administrator may begin deals: one location, one solution that is published and ready."""

from __future__ import annotations

import pytest

from cosell.models import Location, Solution
from identity.models import Membership, Role
from tests.cast import Cast
from tests.cosell.factories import give_role, make_location, make_solution


@pytest.fixture
def cairo(cast: Cast) -> Location:
    return make_location(cast.site, "Cairo")


@pytest.fixture
def payroll(cast: Cast) -> Solution:
    return make_solution(cast.site, "Nile Payroll")


@pytest.fixture
def admin(cast: Cast, cairo: Location, payroll: Solution) -> Membership:
    return give_role(cast.primary, Role.REFERRALS_ADMIN)
