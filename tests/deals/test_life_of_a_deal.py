import pytest

from deals.states import Status
from tests.cast import Cast
from tests.deals.factories import PATHS, make_deal

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", Status.values)
def test_every_state_can_be_reached(cast: Cast, status: str) -> None:
    assert set(PATHS) == set(Status.values)
    deal = make_deal(cast, status)
    assert deal.status == status
