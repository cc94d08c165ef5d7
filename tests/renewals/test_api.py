"""`/api/v1/renewals/`: the worklist for programs, and a site's own notes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from identity.privileges import Privilege
from renewals.models import RenewalItem
from tests.api.calls import caller
from tests.cast import Cast, make_cast
from tests.customers.held import make_customer_site, make_item, relate
from tests.deals.factories import make_customer

RENEWALS = "/api/v1/renewals/"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def item(cast: Cast) -> RenewalItem:
    customer = make_customer("Cairo Cement")
    relate(cast.site, customer)
    held = make_customer_site(customer, reseller=cast.site)
    return make_item(held, timezone.localdate() + timedelta(days=10), reseller=cast.site, extended=12_345)


def test_the_list_says_what_the_page_says(cast: Cast, item: RenewalItem) -> None:
    (found,) = caller(cast.primary).get(RENEWALS).json()["results"]
    assert found["id"] == item.public_id
    assert found["extended_price"] == "123.45"
    assert found["priced_on"] == "2027-01-01"
    assert "as reinstatement" in found["if_not_renewed"]
    assert found["work"] == {
        "assigned": "", "note": "", "snoozed_until": None, "lost_reason": "", "lost_text": "",
    }  # fmt: skip


def test_it_is_narrowed_as_the_page_is(cast: Cast, item: RenewalItem) -> None:
    ours = caller(cast.primary)
    for query, number in (
        ("customer=cairo", 1),
        ("kind=saas", 0),
        ("show=overdue", 0),
        ("auto_renew=false", 1),
    ):
        assert len(ours.get(f"{RENEWALS}?{query}").json()["results"]) == number, query


def test_a_rival_gets_nothing_of_it(cast: Cast, item: RenewalItem) -> None:
    theirs = caller(cast.rival)
    assert theirs.get(RENEWALS).json()["results"] == []
    assert theirs.get(f"{RENEWALS}{item.public_id}/").status_code == 404
    assert theirs.send("post", f"{RENEWALS}{item.public_id}/note/", {"note": "x"}).status_code == 404


def test_the_vendor_is_told_nothing_of_a_sites_notes(cast: Cast, item: RenewalItem) -> None:
    ours, address = caller(cast.primary), f"{RENEWALS}{item.public_id}/"
    assert ours.send("post", address + "note/", {"note": "Ours alone"}).json()["work"]["note"] == "Ours alone"
    assert caller(cast.deal_desk).get(address).json()["work"] is None


@pytest.mark.parametrize(
    ("deed", "sent", "noted"),
    [
        ("assign", {"to": "me"}, {"assigned": "Amira Haddad"}),
        ("lose", {"reason": "budget"}, {"lost_reason": "budget"}),
    ],
)
def test_each_deed_is_noted_and_can_be_taken_back(
    cast: Cast, item: RenewalItem, deed: str, sent: Any, noted: dict[str, str]
) -> None:
    ours, address = caller(cast.primary), f"{RENEWALS}{item.public_id}/"
    answer = ours.send("post", f"{address}{deed}/", sent)
    assert answer.status_code == 200
    assert noted.items() <= answer.json()["work"].items()
    back = ours.send("post", f"{address}bring-back/", {})
    assert back.json()["work"]["lost_reason"] == ""


def test_what_was_changed_meanwhile_is_not_overwritten(cast: Cast, item: RenewalItem) -> None:
    ours, address = caller(cast.primary), f"{RENEWALS}{item.public_id}/"
    seen = ours.get(address)["ETag"]
    assert ours.send("post", address + "note/", {"note": "First"}, If_Match=seen).status_code == 200
    assert ours.send("post", address + "note/", {"note": "Second"}, If_Match=seen).status_code == 412


def test_a_day_that_is_past_is_refused(cast: Cast, item: RenewalItem) -> None:
    answer = caller(cast.primary).send("post", f"{RENEWALS}{item.public_id}/snooze/", {"until": "2001-01-01"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_day")


def test_a_key_that_may_only_look_changes_nothing(cast: Cast, item: RenewalItem) -> None:
    narrow = caller(cast.primary, Privilege.RENEWAL_VIEW)
    assert narrow.get(f"{RENEWALS}{item.public_id}/").status_code == 200
    assert narrow.send("post", f"{RENEWALS}{item.public_id}/note/", {"note": "x"}).status_code == 403
