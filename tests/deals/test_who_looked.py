"""Who saw my deal: everybody who looked, once a day; told to whom it concerns, and never to anybody else."""

from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from deals import actions
from deals.models import Deal, DealViewing
from deals.states import Status
from identity import tenancy
from identity.models import Membership, User
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_deal, make_draft

pytestmark = pytest.mark.django_db


def noted(deal: Deal) -> list[tuple[str, str, bool]]:
    with tenancy.as_system():
        found = DealViewing.objects.filter(deal=deal).order_by("id")
        return list(found.values_list("viewer_name", "organisation", "by_key"))


def look(who: Membership | User, deal: Deal) -> str:
    return html.unescape(signed_in(who).get(f"/deals/{deal.public_id}/").content.decode())


def note(who: Membership | User, deal: Deal, now: datetime) -> None:
    with tenancy.scope(actor(who)):
        actions.note_viewing(deal, by=actor(who), now=now)


def card(shown: str) -> str:
    """The part of a deal's page that says who looked."""
    return shown.partition('id="viewings"')[2].partition("</section>")[0]


class TestLooking:
    def test_is_noted_of_everybody_who_may(self, cast: Cast) -> None:
        deal = make_deal(cast)
        for person in (cast.sales, cast.distributor, cast.deal_desk):
            look(person, deal)
        assert noted(deal) == [
            ("Nadia Farouk", "Nile Systems", False),
            ("Hana Saleh", "Delta Distribution", False),
            ("Dana Desk", "", False),
        ]

    def test_is_not_noted_of_whoever_may_not(self, cast: Cast) -> None:
        deal = make_deal(cast)
        for person in (cast.rival, cast.other_distributor, cast.newcomer, cast.care):
            look(person, deal)
        assert noted(deal) == []

    def test_is_noted_once_a_day(self, cast: Cast) -> None:
        deal, now = make_deal(cast), datetime(2026, 3, 2, 10, tzinfo=UTC)
        for moment in (now, now + timedelta(hours=3), now + timedelta(days=1)):
            note(cast.deal_desk, deal, moment)
        with tenancy.as_system():
            found = list(DealViewing.objects.filter(deal=deal).order_by("id").values_list("at", flat=True))
        assert found == [now, now + timedelta(days=1)]

    def test_through_the_api_is_noted_by_itself(self, cast: Cast) -> None:
        deal = make_deal(cast)
        look(cast.deal_desk, deal)
        answer = caller(cast.deal_desk).send("get", f"/api/v1/deals/{deal.public_id}/")
        assert answer.status_code == 200
        assert noted(deal) == [("Dana Desk", "", False), ("Dana Desk", "", True)]

    def test_at_a_list_is_not_noted(self, cast: Cast) -> None:
        deal = make_deal(cast)
        signed_in(cast.deal_desk).get("/deals/?show=all")
        caller(cast.deal_desk).send("get", "/api/v1/deals/")
        assert noted(deal) == []

    def test_at_a_draft_is_not_noted(self, cast: Cast) -> None:
        draft = make_draft(cast.sales)
        assert 'id="viewings"' not in look(cast.sales, draft)
        assert noted(draft) == []

    @pytest.mark.parametrize("status", [Status.WON, Status.REJECTED, Status.EXPIRED])
    def test_at_a_closed_deal_is_noted_too(self, cast: Cast, status: str) -> None:
        deal = make_deal(cast, status)
        look(cast.distributor, deal)
        assert noted(deal) == [("Hana Saleh", "Delta Distribution", False)]

    def test_does_not_change_the_deal(self, cast: Cast) -> None:
        deal = make_deal(cast)
        look(cast.deal_desk, deal)
        with tenancy.as_system():
            assert Deal.objects.get(id=deal.id).version == deal.version


class TestWhoIsTold:
    def seen_by_all(self, cast: Cast) -> Deal:
        deal = make_deal(cast)
        for person in (cast.sales, cast.distributor, cast.deal_desk):
            look(person, deal)
        return deal

    def test_the_partner_and_the_vendor_of_everybody(self, cast: Cast) -> None:
        deal = self.seen_by_all(cast)
        for person in (cast.primary, cast.deal_desk):
            told = card(look(person, deal))
            for name in ("Nadia Farouk", "Hana Saleh", "Delta Distribution", "Dana Desk", "The vendor"):
                assert name in told

    def test_a_distributor_of_its_own_people(self, cast: Cast) -> None:
        deal = self.seen_by_all(cast)
        told = card(look(cast.distributor, deal))
        assert "Hana Saleh" in told
        assert "Dana Desk" not in told
        assert "Nadia Farouk" not in told

    def test_a_new_distributor_nothing_of_the_former(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        look(cast.distributor, deal)
        with tenancy.scope(actor(cast.sales)):
            actions.amend_deal(
                deal,
                changes={"distributor": cast.other_distributor_site},
                approve_again=True,
                by=actor(cast.sales),
                now=timezone.now(),
            )
        told = card(look(cast.other_distributor, deal))
        assert "Luca Marino" in told
        assert "Hana Saleh" not in told
        assert "Hana Saleh" in card(look(cast.sales, deal))

    def test_with_a_page_of_its_own_for_all_of_them(self, cast: Cast) -> None:
        deal, now = make_deal(cast), timezone.now()
        for days in range(60):
            note(cast.deal_desk, deal, now - timedelta(days=days))
        shown = card(look(cast.sales, deal))
        assert shown.count("Dana Desk") == 49  # and the reader
        assert "There are more." in shown
        address = f"/deals/{deal.public_id}/viewings/"
        first = html.unescape(signed_in(cast.sales).get(address).content.decode())
        assert first.count("Dana Desk") == 49
        assert "?cursor=" in first
        for person, status in (
            (cast.distributor, 200), (cast.deal_desk, 200), (cast.rival, 404), (cast.other_distributor, 404),
            (cast.newcomer, 403),
        ):  # fmt: skip
            assert signed_in(person).get(address).status_code == status

    def test_by_the_api(self, cast: Cast) -> None:
        deal = self.seen_by_all(cast)
        address = f"/api/v1/deals/{deal.public_id}/viewings/"
        answer = caller(cast.sales).send("get", address).json()
        assert [each["viewer"] for each in answer["results"]] == ["Dana Desk", "Hana Saleh", "Nadia Farouk"]
        assert answer["results"][1]["organisation"] == "Delta Distribution"
        assert answer["results"][1]["through_api"] is False
        own = caller(cast.distributor).send("get", address).json()
        assert [each["viewer"] for each in own["results"]] == ["Hana Saleh"]
        assert caller(cast.rival).send("get", address).status_code == 404


class TestTheDatabase:
    def test_lets_nobody_look_in_somebody_elses_name_at_a_strangers_deal(self, cast: Cast) -> None:
        deal = make_deal(cast)
        for stranger in (cast.rival, cast.other_distributor):
            with pytest.raises(Exception, match="row-level security"):
                note(stranger, deal, timezone.now())
        note(cast.distributor, deal, timezone.now())
        assert len(noted(deal)) == 1

    @pytest.mark.parametrize("who", ["sales", "distributor", "deal_desk"])
    def test_forgets_and_changes_nothing(self, cast: Cast, who: str) -> None:
        deal = make_deal(cast)
        note(cast.deal_desk, deal, timezone.now())
        with tenancy.scope(actor(getattr(cast, who))), pytest.raises(Exception, match="permission denied"):
            DealViewing.objects.filter(deal=deal).update(viewer_name="Nobody")
        assert noted(deal) == [("Dana Desk", "", False)]


class TestThePage:
    def queries(self, who: Any, deal: Deal) -> int:
        browser = signed_in(who)
        browser.get(f"/deals/{deal.public_id}/")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            browser.get(f"/deals/{deal.public_id}/")
        return len(captured)

    def test_costs_the_same_however_many_looked(self, cast: Cast) -> None:
        deal, now = make_deal(cast), timezone.now()
        few = self.queries(cast.sales, deal)
        for days in range(1, 40):
            note(cast.deal_desk, deal, now - timedelta(days=days))
            note(cast.distributor, deal, now - timedelta(days=days))
        assert self.queries(cast.sales, deal) == few
