"""Needs for programs: what is open, what is closed, and who was asked."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cosell.leads import actions
from cosell.models import Need
from identity import tenancy
from identity.models import User
from identity.privileges import StaffRole
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.cosell.leads.made import enquiry, published
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NEEDS = "/api/v1/needs/"


@pytest.fixture
def operations() -> User:
    return make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])


def need_of(who: User, company: str) -> Need:
    with tenancy.scope(actor(who)):
        return actions.enter_need(enquiry(company=company), by=actor(who), now=timezone.now())


def test_are_told_by_whether_a_partner_is_still_looked_for(operations: User) -> None:
    need_of(operations, "Open Dairy")
    closed = need_of(operations, "Closed Dairy")
    desk = caller(operations)
    assert desk.send("post", f"{NEEDS}{closed.public_id}/close/").status_code == 200
    for query, names in (
        ({}, ["Closed Dairy", "Open Dairy"]),
        ({"closed": "false"}, ["Open Dairy"]),
        ({"closed": "true"}, ["Closed Dairy"]),
    ):
        assert [row["company"] for row in desk.get(NEEDS, query).json()["results"]] == names


def test_name_the_partners_in_the_order_in_which_they_were_asked_at_the_same_cost_for_all(
    cast: Cast, operations: User
) -> None:
    first, second = published(cast.site, country="EG"), published(cast.rival_site, country="EG")
    who, desk = actor(operations), caller(operations)
    need = need_of(operations, "Oasis Dairy")
    with tenancy.scope(who):
        actions.offer_need(need, [second], by=who, now=timezone.now())
        actions.offer_need(need, [first], by=who, now=timezone.now())
    (row,) = desk.get(NEEDS).json()["results"]
    assert [lead["partner"] for lead in row["offered"]] == [second.name, first.name]
    asked = []
    for number in range(2):
        need_of(operations, f"Dairy {number}")
        with CaptureQueriesContext(connection) as queries:
            desk.get(NEEDS)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_who_was_chosen_stays_chosen_where_an_offer_cannot_be_made(
    cast: Cast, operations: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of two profiles is taken down between the look and the click."""
    stays, goes = published(cast.site, country="EG"), published(cast.rival_site, country="EG")
    need, client = need_of(operations, "Oasis Dairy"), signed_in(operations)
    offered = f"/cosell/matching/needs/{need.public_id}/offer/?where=anywhere"
    monkeypatch.setattr(actions, "route", lambda *_places, **_where: (_ for _ in ()).throw(actions.NotPublic))
    answer = client.post(offered, {"profile": [stays.public_id, goes.public_id]})
    assert answer.status_code == 409
    for profile in (stays, goes):
        assert f'value="{profile.public_id}" checked' in answer.content.decode()
    monkeypatch.undo()
    assert client.post(offered, {"profile": [stays.public_id]}).status_code == 302
