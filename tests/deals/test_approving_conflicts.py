"""Two partners, one sale: the first approval wins, whoever decides and however closely, and the other is told why."""

from __future__ import annotations

import html
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from deals import actions
from deals.models import Deal, DealEvent
from deals.states import Status
from identity import tenancy
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import do, make_customer, make_deal, make_part

pytestmark = pytest.mark.django_db


def stored(deal: Deal) -> Deal:
    with tenancy.as_system():
        return Deal.objects.get(id=deal.id)


def approve(cast: Cast, deal: Deal, **more: Any) -> Deal:
    desk = actor(cast.deal_desk)
    with tenancy.scope(desk):
        return actions.approve_deal(deal, by=desk, now=timezone.now(), **more)


def rivals(cast: Cast, *, alike: bool = False) -> tuple[Deal, Deal]:
    """Two waiting deals of two partners for the same customer, or for two that may be one."""
    first = second = make_customer("Łąka Foods", country="PL", web_domain="laka.example")
    if alike:
        second = make_customer("Laka Mills", country="PL", web_domain="laka.example")
    return make_deal(cast, customer=first), make_deal(cast, by=cast.rival, customer=second)


class TestTheSameCustomerAndLine:
    def test_is_approved_for_one_partner_only(self, cast: Cast) -> None:
        first, second = rivals(cast)
        approve(cast, first)
        with pytest.raises(actions.DealConflict) as refused:
            approve(cast, second)
        assert refused.value.candidate.deal == first
        assert refused.value.is_final
        assert stored(second).status == Status.SUBMITTED

    def test_is_not_overridden_by_any_reason(self, cast: Cast) -> None:
        first, second = rivals(cast)
        approve(cast, first)
        with pytest.raises(actions.DealConflict):
            approve(cast, second, despite="They asked nicely")

    def test_is_free_again_once_the_other_is_revoked(self, cast: Cast) -> None:
        first, second = rivals(cast)
        approve(cast, first)
        do("revoke", first, partner=cast.sales, staff=cast.deal_desk)
        assert approve(cast, second).status == Status.APPROVED

    @pytest.mark.parametrize("end", ["win", "lose", "withdraw", "expire"])
    def test_is_free_again_once_the_other_has_ended(self, cast: Cast, end: str) -> None:
        first, second = rivals(cast)
        approve(cast, first)
        do(end, first, partner=cast.sales, staff=cast.deal_desk)
        assert approve(cast, second).status == Status.APPROVED

    def test_may_be_approved_twice_for_the_same_partner(self, cast: Cast) -> None:
        customer = make_customer()
        for person in (cast.sales, cast.primary):
            assert approve(cast, make_deal(cast, by=person, customer=customer)).status == Status.APPROVED

    def test_of_another_line_is_another_sale(self, cast: Cast) -> None:
        customer = make_customer()
        approve(cast, make_deal(cast, customer=customer))
        other = [(make_part("F0ABCLL", line="FLOW"), 1)]
        deal = make_deal(cast, by=cast.rival, customer=customer, products=other)
        assert approve(cast, deal).status == Status.APPROVED

    def test_is_said_on_the_page_with_who_won(self, cast: Cast) -> None:
        first, second = rivals(cast)
        first = approve(cast, first)
        browser = signed_in(cast.deal_desk)
        sent = {"version": stored(second).version}
        answer = browser.post(f"/deals/{second.public_id}/approve/", sent)
        page = html.unescape(answer.content.decode())
        assert answer.status_code == 409
        assert "Nile Systems won" in page
        assert str(first.number) in page

    def test_is_said_by_the_api_with_who_won(self, cast: Cast) -> None:
        first, second = rivals(cast)
        first = approve(cast, first)
        answer = caller(cast.deal_desk).send("post", f"/api/v1/deals/{second.public_id}/approve/")
        told = answer.json()
        assert (answer.status_code, told["code"]) == (409, "deal_conflict")
        assert told["details"] == {
            "deal": first.public_id,
            "number": first.number,
            "partner": {"number": "7403807", "name": "Nile Systems"},
            "rule": "customer",
            "lines": ["SENTINEL"],
            "final": True,
        }


class TestACustomerThatMayBeTheSame:
    def test_needs_a_reason(self, cast: Cast) -> None:
        first, second = rivals(cast, alike=True)
        approve(cast, first)
        for despite in ("", "  "):
            with pytest.raises(actions.DealConflict) as refused:
                approve(cast, second, despite=despite)
            assert not refused.value.is_final

    def test_with_a_reason_is_approved_and_the_reason_is_the_vendors_own(self, cast: Cast) -> None:
        first, second = rivals(cast, alike=True)
        approve(cast, first)
        assert approve(cast, second, despite="Two companies, one web site").status == Status.APPROVED
        with tenancy.as_system():
            note = DealEvent.objects.get(deal=second, text="Two companies, one web site")
        assert (note.visible_to, note.kind) == ("staff", "commented")
        with tenancy.scope(actor(cast.rival)):
            assert not DealEvent.objects.filter(id=note.id).exists()

    def test_without_a_conflict_a_reason_is_no_note(self, cast: Cast) -> None:
        deal = approve(cast, make_deal(cast), despite="Just in case")
        with tenancy.as_system():
            assert not DealEvent.objects.filter(deal=deal, text="Just in case").exists()

    def test_is_asked_for_on_the_page_and_given_there(self, cast: Cast) -> None:
        first, second = rivals(cast, alike=True)
        approve(cast, first)
        browser, address = signed_in(cast.deal_desk), f"/deals/{second.public_id}/approve/"
        refused = browser.post(address, {"version": stored(second).version})
        assert refused.status_code == 409
        assert "To approve this deal all the same, say why." in html.unescape(refused.content.decode())
        done = browser.post(address, {"version": stored(second).version, "despite": "Two companies"})
        assert done.status_code == 302
        assert stored(second).status == Status.APPROVED

    def test_is_given_through_the_api(self, cast: Cast) -> None:
        first, second = rivals(cast, alike=True)
        approve(cast, first)
        key, address = caller(cast.deal_desk), f"/api/v1/deals/{second.public_id}/approve/"
        refused = key.send("post", address)
        assert (refused.status_code, refused.json()["details"]["final"]) == (409, False)
        assert key.send("post", address, {"despite": "Two companies"}).json()["status"] == "approved"


# ------------------------------------------------------------------------------------------ at the same moment


def at_once(*doings: Callable[[], Any]) -> list[Any]:
    """What each of them gave, or the exception it raised; each on a connection of its own, all at the same moment."""
    start = threading.Barrier(len(doings))
    found: list[Any] = [None] * len(doings)

    def run(number: int) -> None:
        try:
            start.wait()
            found[number] = doings[number]()
        except Exception as error:
            found[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(doings))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.mark.django_db(transaction=True)
class TestTwoPeopleAtTheSameMoment:
    @pytest.mark.parametrize("alike", [False, True])
    def test_one_wins_and_the_other_is_told(self, cast: Cast, alike: bool) -> None:
        part = make_part("D0ABCLL")
        for number in range(12):
            customers = [
                make_customer(f"Mill {number} {letter}", web_domain=f"m{number}.example") for letter in "AB"
            ]
            deals = [
                make_deal(cast, by=person, customer=customers[alike and place], products=[(part, 1)])
                for place, person in enumerate((cast.sales, cast.rival))
            ]
            order = deals[:: 1 if number % 2 else -1]
            found = at_once(*(lambda deal=deal: approve(cast, deal) for deal in order))  # type: ignore[misc]
            won = [each for each in found if isinstance(each, Deal)]
            lost = [each for each in found if isinstance(each, actions.DealConflict)]
            assert (len(won), len(lost)) == (1, 1), found
            assert lost[0].candidate.deal == won[0]
            assert lost[0].is_final is not alike
            assert sorted(stored(deal).status for deal in deals) == ["approved", "submitted"]

    def test_deals_of_different_customers_do_not_disturb_each_other(self, cast: Cast) -> None:
        deals = [make_deal(cast, by=person) for person in (cast.sales, cast.rival) for _ in range(3)]
        found = at_once(*(lambda deal=deal: approve(cast, deal) for deal in deals))  # type: ignore[misc]
        assert [each.status for each in found] == ["approved"] * 6

    def test_the_database_alone_holds_to_it(self, cast: Cast) -> None:
        """As somebody with SQL and the vendor's role would do it, past every action."""
        first, second = rivals(cast)
        holding, decided = threading.Event(), threading.Event()

        def slowly() -> str:
            with tenancy.scope(actor(cast.deal_desk)):
                raw(first, "DR-2026-000001-A")
                holding.set()
                assert not decided.wait(0.5)  # the other one waits for us
            return "approved"

        def meanwhile() -> str:
            holding.wait()
            try:
                with tenancy.scope(actor(cast.deal_desk)):
                    raw(second, "DR-2026-000002-A")
            finally:
                decided.set()
            return "approved"

        won, lost = at_once(slowly, meanwhile)
        assert won == "approved"
        assert isinstance(lost, IntegrityError)
        assert lost.__cause__ is not None
        assert lost.__cause__.diag.constraint_name == "deal_conflict"  # type: ignore[attr-defined]
        assert [stored(deal).status for deal in (first, second)] == ["approved", "submitted"]


class TestTheDatabaseAlone:
    def test_lets_another_line_and_the_same_partner_pass(self, cast: Cast) -> None:
        customer = make_customer()
        deals = [
            make_deal(cast, customer=customer),
            make_deal(cast, by=cast.primary, customer=customer),
            make_deal(
                cast, by=cast.rival, customer=customer, products=[(make_part("F0ABCLL", line="FLOW"), 1)]
            ),
        ]
        with tenancy.scope(actor(cast.deal_desk)):
            for number, deal in enumerate(deals):
                raw(deal, f"DR-2026-00000{number}-A")
        assert {stored(deal).status for deal in deals} == {"approved"}

    def test_refuses_the_second_partner(self, cast: Cast) -> None:
        first, second = rivals(cast)
        with tenancy.scope(actor(cast.deal_desk)):
            raw(first, "DR-2026-000001-A")
            with pytest.raises(IntegrityError, match="approved for another partner"), transaction.atomic():
                raw(second, "DR-2026-000002-A")


def raw(deal: Deal, number: str) -> None:
    now = timezone.now()
    Deal.objects.filter(id=deal.id).update(
        status="approved",
        number=number,
        decided_at=now,
        approved_at=now,
        expires_at=now,
        decision_due_at=None,
    )
