"""The API does what the pages do, through the same actions, and answers in the same shape."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deals.models import Deal, DealEvent
from deals.states import Status
from identity import tenancy
from tests.api.calls import caller
from tests.cast import Cast
from tests.deals.factories import make_customer, make_deal, make_draft, make_part

pytestmark = pytest.mark.django_db
DEALS = "/api/v1/deals/"


def body(**changes: Any) -> dict[str, Any]:
    make_part("D0ABCLL")
    return {
        "name": "Branches, phase 2",
        "customer": {
            "name": "Oasis Clinics S.A.",
            "country": "EG",
            "web_domain": "https://www.oasis.example/",
        },
        "contact": {"name": "Laila Nassar", "email": "laila@oasis.example"},
        "products": [{"part_number": "D0ABCLL", "quantity": 25}],
        "value": "125000.50",
        "currency": "EGP",
        "close_on": (timezone.now() + timedelta(days=60)).date().isoformat(),
        "next_steps": "A pilot at two sites",
        "distributor": "7403809",
        **changes,
    }


class TestRegisteringADealInOneCall:
    def test_hands_it_in(self, cast: Cast) -> None:
        answer = caller(cast.sales).send("post", DEALS, body())
        assert answer.status_code == 201, answer.json()
        deal = answer.json()
        assert answer["Location"].endswith(f"/api/v1/deals/{deal['id']}/")
        assert deal["status"] == "submitted"
        assert deal["reference"].startswith("S-")
        assert deal["number"] is None
        assert deal["value"] == "125000.50"
        assert deal["distributor"] == {"number": "7403809", "name": "Delta Distribution"}
        assert deal["customer"]["web_domain"] == "oasis.example"
        assert deal["products"] == [{"part_number": "D0ABCLL", "description": "Part D0ABCLL", "quantity": 25}]

    def test_says_what_is_missing_and_leaves_nothing_behind(self, cast: Cast) -> None:
        incomplete = body()
        del incomplete["contact"], incomplete["close_on"]
        answer = caller(cast.sales).send("post", DEALS, incomplete)
        assert answer.status_code == 400
        assert set(answer.json()["details"]) == {"contact", "close_on"}
        with tenancy.as_system():
            assert not Deal.objects.exists()

    def test_may_keep_a_draft_instead(self, cast: Cast) -> None:
        answer = caller(cast.sales).send("post", DEALS, {"submit": False, "name": "Perhaps"})
        assert (answer.status_code, answer.json()["status"]) == (201, "draft")

    def test_the_same_call_twice_registers_one_deal(self, cast: Cast) -> None:
        key, call = caller(cast.sales), body()
        first = key.send("post", DEALS, call, Idempotency_Key="one")
        second = key.send("post", DEALS, call, Idempotency_Key="one")
        assert first.json()["id"] == second.json()["id"]
        with tenancy.as_system():
            assert Deal.objects.count() == 1

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("value", "-1"),
            ("value", "0"),
            ("value", "1e300"),
            ("value", "NaN"),
            ("value", "99999999999999999"),
            ("value", "10.001"),
            ("value", {}),
            ("currency", "XXX"),
            ("currency", "eur"),
            ("close_on", "2020-01-01"),
            ("close_on", "31/12/2030"),
            ("close_on", "9999-99-99"),
            ("products", []),
            ("products", [{"part_number": "D0ABCLL"}] * 4),
            ("products", [{"part_number": "D0ABCLL"}] * 2),
            ("products", [{"part_number": "NOTHING"}]),
            ("products", [{"part_number": "D0ABCLL", "quantity": 0}]),
            ("products", [{"part_number": "D0ABCLL", "quantity": 10**12}]),
            ("products", "D0ABCLL"),
            ("customer", {"id": "nobody"}),
            ("customer", {"name": "!!!", "country": "EG"}),
            ("customer", {"name": "Oasis", "country": "ZZ"}),
            ("customer", {"name": "Oasis", "country": "Egypt"}),
            ("contact", {"name": "Laila", "email": "laila@"}),
            ("distributor", "7403807"),
            ("distributor", "0000000"),
            ("name", "x" * 121),
            ("next_steps", ""),
            ("stage", "won"),
            ("sales_contact", "Somebody"),
        ],
    )
    def test_bad_input_is_answered_by_field(self, cast: Cast, field: str, value: object) -> None:
        answer = caller(cast.sales).send("post", DEALS, body(**{field: value}))
        assert answer.status_code == 400, answer.json()
        assert field in answer.json()["details"]

    def test_a_distributor_cannot_and_is_told_why(self, cast: Cast) -> None:
        answer = caller(cast.distributor).send("post", DEALS, body())
        assert answer.status_code == 403
        assert "reseller" in answer.json()["details"]["reason"]


class TestADealIsChangedOnlyAsItWasRead:
    def test_with_its_etag(self, cast: Cast) -> None:
        key, deal = caller(cast.sales), make_draft(cast.sales)
        tag = key.get(f"{DEALS}{deal.public_id}/")["ETag"]
        answer = key.send("patch", f"{DEALS}{deal.public_id}/", {"name": "Other"}, If_Match=tag)
        assert (answer.status_code, answer.json()["name"]) == (200, "Other")
        again = key.send("patch", f"{DEALS}{deal.public_id}/", {"name": "Third"}, If_Match=tag)
        assert (again.status_code, again.json()["code"]) == (412, "changed_meanwhile")

    def test_not_without(self, cast: Cast) -> None:
        deal = make_draft(cast.sales)
        answer = caller(cast.sales).send("patch", f"{DEALS}{deal.public_id}/", {"name": "Other"})
        assert answer.status_code == 428

    def test_a_submitted_deal_is_not_changed(self, cast: Cast) -> None:
        deal = make_deal(cast)
        answer = caller(cast.sales).send(
            "patch", f"{DEALS}{deal.public_id}/", {"name": "Other"}, If_Match="*"
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "deal_not_open")


class TestTheLifeOfADeal:
    def test_from_submission_to_won(self, cast: Cast) -> None:
        partner, desk = caller(cast.sales), caller(cast.deal_desk)
        address = f"{DEALS}{make_draft(cast.sales).public_id}/"
        assert partner.send("post", f"{address}submit/").json()["status"] == "submitted"
        assert desk.send("post", f"{address}take/").json()["reviewer"] == "Dana Desk"
        returned = desk.send("post", f"{address}return/", {"text": "Which entity?"}).json()
        assert (returned["status"], returned["decision_text"]) == ("returned", "Which entity?")
        assert partner.send("post", f"{address}submit/").json()["status"] == "submitted"
        approved = desk.send("post", f"{address}approve/").json()
        assert approved["number"].startswith("DR-")
        assert partner.send("post", f"{address}win/").json()["status"] == "won"
        kinds = [event["kind"] for event in partner.get(f"{address}events/").json()]
        assert kinds == ["won", "approved", "resubmitted", "returned", "taken", "submitted", "begun"]

    @pytest.mark.parametrize(
        ("verb", "given"),
        [
            ("take", {}),
            ("approve", {}),
            ("return", {"text": "x"}),
            ("reject", {"text": "x", "code": "other"}),
        ],
    )
    def test_a_partner_does_not_decide(self, cast: Cast, verb: str, given: dict[str, str]) -> None:
        deal = make_deal(cast)
        answer = caller(cast.sales).send("post", f"{DEALS}{deal.public_id}/{verb}/", given)
        assert answer.status_code == 403
        allowed = caller(cast.deal_desk).send("post", f"{DEALS}{deal.public_id}/{verb}/", given)
        assert allowed.status_code == 200

    @pytest.mark.parametrize("verb", ["withdraw", "win", "lose", "again", "submit"])
    def test_a_distributor_does_not_move_a_deal(self, cast: Cast, verb: str) -> None:
        deal = make_deal(cast, Status.APPROVED)
        answer = caller(cast.distributor).send("post", f"{DEALS}{deal.public_id}/{verb}/", {"code": "other"})
        assert answer.status_code in (400, 403)

    def test_a_reason_is_needed_to_reject(self, cast: Cast) -> None:
        deal = make_deal(cast)
        answer = caller(cast.deal_desk).send("post", f"{DEALS}{deal.public_id}/reject/", {"text": "No"})
        assert answer.status_code == 400

    def test_a_decided_deal_is_a_conflict(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.REJECTED)
        answer = caller(cast.deal_desk).send("post", f"{DEALS}{deal.public_id}/approve/")
        assert (answer.status_code, answer.json()["code"]) == (409, "deal_not_open")

    def test_a_rejected_deal_is_taken_up_again(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.REJECTED)
        answer = caller(cast.sales).send("post", f"{DEALS}{deal.public_id}/again/")
        assert (answer.status_code, answer.json()["status"]) == (201, "draft")

    def test_comments_reach_the_timeline_and_internal_ones_stay_internal(self, cast: Cast) -> None:
        deal = make_deal(cast)
        address = f"{DEALS}{deal.public_id}/"
        desk = caller(cast.deal_desk)
        assert desk.send("post", f"{address}comment/", {"text": "Hello"}).status_code == 201
        assert (
            desk.send("post", f"{address}comment/", {"text": "Ours", "visible_to": "staff"}).status_code
            == 201
        )
        texts = [event["text"] for event in caller(cast.sales).get(f"{address}events/").json()]
        assert "Hello" in texts
        assert "Ours" not in texts
        assert "Ours" in [event["text"] for event in desk.get(f"{address}events/").json()]

    def test_refuses_a_partners_note_that_only_the_vendor_should_read(self, cast: Cast) -> None:
        deal = make_deal(cast)
        address = f"{DEALS}{deal.public_id}/comment/"
        answer = caller(cast.sales).send("post", address, {"text": "x", "visible_to": "staff"})
        assert answer.status_code == 400
        assert "visible_to" in answer.json()["details"]
        with tenancy.as_system():
            assert not DealEvent.objects.filter(deal=deal, kind="commented").exists()

    def test_a_draft_is_discarded(self, cast: Cast) -> None:
        deal = make_draft(cast.sales)
        assert caller(cast.sales).delete(f"{DEALS}{deal.public_id}/").status_code == 204
        assert caller(cast.sales).get(f"{DEALS}{deal.public_id}/").status_code == 404


class TestTheList:
    def test_shows_each_what_is_theirs(self, cast: Cast) -> None:
        ours, draft = make_deal(cast), make_draft(cast.sales)
        make_deal(cast, by=cast.rival, distributor=cast.other_distributor_site)

        def seen(person: Any) -> set[str]:
            return {deal["id"] for deal in caller(person).get(DEALS).json()["results"]}

        assert seen(cast.sales) == {ours.public_id, draft.public_id}
        assert seen(cast.distributor) == {ours.public_id}
        assert ours.public_id in seen(cast.deal_desk)
        assert len(seen(cast.deal_desk)) == 2

    def test_is_filtered(self, cast: Cast) -> None:
        approved, _other = make_deal(cast, Status.APPROVED), make_deal(cast)
        key = caller(cast.sales)

        def found(query: str) -> list[str]:
            return [deal["id"] for deal in key.get(f"{DEALS}?{query}").json()["results"]]

        assert found("status=approved") == [approved.public_id]
        assert found(f"q={approved.number}") == [approved.public_id]
        assert found("expires_within_days=91") == [approved.public_id]
        assert found("expires_within_days=10") == []
        assert key.get(f"{DEALS}?status=nonsense").status_code == 400

    def test_asks_the_database_as_often_for_three_deals_as_for_one(self, cast: Cast) -> None:
        key = caller(cast.sales)
        key.get(DEALS)  # notes that the key is used, once a minute
        counts = []
        for number in (1, 2):
            for _ in range(number):
                make_deal(cast)
            with CaptureQueriesContext(connection) as queries:
                assert key.get(DEALS).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestFindingCustomersAndParts:
    def test_a_customer_is_found_whoever_entered_it(self, cast: Cast) -> None:
        make_customer("Zakłady Łąka Sp. z o.o.", country="PL")
        for person in (cast.sales, cast.rival):
            found = caller(person).get("/api/v1/customers/?q=zaklady la").json()
            assert [customer["name"] for customer in found] == ["Zakłady Łąka Sp. z o.o."]

    def test_a_part_is_found_by_number_and_by_word(self, cast: Cast) -> None:
        make_part("D0XYZLL", description="Sentinel Edge, licence")
        key = caller(cast.sales)
        for query in ("d0xyz", "edge licence"):
            assert [part["number"] for part in key.get(f"/api/v1/parts/?q={query}").json()] == ["D0XYZLL"]


class TestOpportunities:
    def test_are_noted_and_closed(self, cast: Cast) -> None:
        key = caller(cast.sales)
        answer = key.send("post", "/api/v1/opportunities/", {"name": "Perhaps", "value": "10"})
        assert (answer.status_code, answer.json()["value"]) == (201, "10.00")
        closed = key.send("post", f"/api/v1/opportunities/{answer.json()['id']}/close/")
        assert closed.json()["status"] == "closed"

    def test_are_the_sites_own(self, cast: Cast) -> None:
        caller(cast.sales).send("post", "/api/v1/opportunities/", {"name": "Perhaps"})
        assert len(caller(cast.sales).get("/api/v1/opportunities/").json()["results"]) == 1
        assert caller(cast.rival).get("/api/v1/opportunities/").json()["results"] == []
        assert caller(cast.deal_desk).get("/api/v1/opportunities/").status_code == 403
