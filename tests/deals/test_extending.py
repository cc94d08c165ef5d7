"""More time for an approved deal: when it may be asked for, who decides, and until when the deal is valid then."""

from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deals import actions, living
from deals.living import Known
from deals.models import Deal, DealEvent
from deals.rules import Rules
from deals.states import Status
from deals.tasks import expire_due
from identity import tenancy
from notifications.models import Notice
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import do, make_deal

pytestmark = pytest.mark.django_db
CAIRO = ZoneInfo("Africa/Cairo")
APPROVED_ON = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday; valid until the end of 31 May
IN_TIME = datetime(2026, 5, 4, 10, tzinfo=UTC)


def stored(deal: Deal) -> Deal:
    with tenancy.as_system():
        return Deal.objects.get(id=deal.id)


def approved(cast: Cast, now: datetime = APPROVED_ON) -> Deal:
    return make_deal(cast, Status.APPROVED, now=now, close_on="2027-02-01")


def ask(cast: Cast, deal: Deal, now: datetime = IN_TIME, **extra: Any) -> Deal:
    with tenancy.scope(actor(cast.sales)):
        text = extra.pop("text", "Their budget comes in June.")
        return actions.ask_extension(deal, text=text, by=actor(cast.sales), now=now, **extra)


def decide(cast: Cast, deal: Deal, act: Any, now: datetime = IN_TIME, **extra: Any) -> Deal:
    with tenancy.scope(actor(cast.deal_desk)):
        return act(deal, by=actor(cast.deal_desk), now=now, **extra)


def extended(cast: Cast, deal: Deal, now: datetime = IN_TIME) -> Deal:
    return decide(cast, ask(cast, deal, now), actions.extend_deal, now)


def refused_to_ask(cast: Cast, deal: Deal, now: datetime) -> str:
    with pytest.raises(actions.NotNow) as refused:
        ask(cast, stored(deal), now)
    return str(refused.value.refusal.reason)


def kinds(deal: Deal) -> list[str]:
    with tenancy.as_system():
        return list(DealEvent.objects.filter(deal=deal).order_by("id").values_list("kind", flat=True))


def told(kind: str) -> list[dict[str, Any]]:
    with tenancy.as_system():
        return [audience for notice in Notice.objects.filter(kind=kind) for audience in notice.audiences]


def page(who: Any, deal: Deal) -> str:
    return html.unescape(signed_in(who).get(f"/deals/{deal.public_id}/").content.decode())


class TestAsking:
    def test_is_promised_an_answer_by_the_vendors_calendar(self, cast: Cast) -> None:
        deal = stored(ask(cast, approved(cast)))
        assert (deal.extension_asked_at, deal.extension_text) == (IN_TIME, "Their budget comes in June.")
        assert deal.extension_due_at is not None
        assert deal.extension_due_at.date() == datetime(2026, 5, 6).date()  # two business days after a Monday
        assert kinds(deal)[-1] == "extension_asked"
        assert told("deal.extension_asked") == [{"to": "staff", "role": "deal_desk"}]

    def test_is_possible_from_thirty_days_before_the_expiry_on_as_the_site_counts_them(
        self, cast: Cast
    ) -> None:
        deal = approved(cast)
        first = datetime(2026, 5, 1, tzinfo=CAIRO)  # thirty days before 31 May
        assert "in the last 30 days" in refused_to_ask(cast, deal, first - timedelta(seconds=1))
        assert ask(cast, deal, first).extension_asked_at == first

    def test_is_not_possible_once_the_time_is_over(self, cast: Cast) -> None:
        deal = stored(approved(cast))
        assert deal.expires_at is not None
        assert "ran out" in refused_to_ask(cast, deal, deal.expires_at)
        assert ask(cast, deal, deal.expires_at - timedelta(seconds=1)).extension_asked_at

    def test_is_for_one_request_at_a_time(self, cast: Cast) -> None:
        deal = ask(cast, approved(cast))
        assert "waits for a decision" in refused_to_ask(cast, deal, IN_TIME)

    def test_is_possible_twice_in_all(self, cast: Cast) -> None:
        deal = approved(cast)
        for _ in range(2):
            deal = stored(deal)
            assert deal.expires_at is not None
            extended(cast, deal, deal.expires_at - timedelta(days=2))
        deal = stored(deal)
        assert deal.extensions == 2
        assert deal.expires_at is not None
        assert "extended 2 times" in refused_to_ask(cast, deal, deal.expires_at - timedelta(days=2))

    @pytest.mark.parametrize("status", [Status.SUBMITTED, Status.RETURNED, Status.WON, Status.EXPIRED])
    def test_is_only_for_an_approved_deal(self, cast: Cast, status: str) -> None:
        deal = make_deal(cast, status)
        with pytest.raises(actions.DealNotOpen):
            ask(cast, deal)

    def test_needs_a_reason(self, cast: Cast) -> None:
        deal = approved(cast)
        with pytest.raises(actions.ReasonMissing):
            ask(cast, deal, text="  ")

    def test_can_be_taken_back(self, cast: Cast) -> None:
        deal = ask(cast, approved(cast))
        with tenancy.scope(actor(cast.sales)):
            actions.take_extension_back(deal, by=actor(cast.sales), now=IN_TIME)
        deal = stored(deal)
        assert (deal.extension_asked_at, deal.extension_text, deal.extensions) == (None, "", 0)
        assert told("deal.extension_taken_back") == [{"to": "staff", "role": "deal_desk"}]
        assert ask(cast, deal).extension_asked_at  # and made again

    def test_cannot_be_taken_back_when_none_waits(self, cast: Cast) -> None:
        deal = approved(cast)
        with tenancy.scope(actor(cast.sales)), pytest.raises(actions.NotNow):
            actions.take_extension_back(deal, by=actor(cast.sales), now=IN_TIME)


class TestExtending:
    def test_gives_sixty_days_after_the_day_of_expiry_as_the_site_counts_them(self, cast: Cast) -> None:
        deal = stored(extended(cast, approved(cast)))
        assert deal.expires_at is not None
        assert deal.expires_at.astimezone(CAIRO).isoformat()[:19] == "2026-07-30T23:59:59"
        assert (deal.extensions, deal.extension_asked_at, deal.extension_due_at) == (1, None, None)

    def test_ends_at_midnight_across_a_change_of_the_clocks(self, cast: Cast) -> None:
        winter = datetime(
            2026, 8, 10, 10, tzinfo=UTC
        )  # valid until 8 November, when Cairo has winter time again
        deal = stored(approved(cast, winter))
        assert deal.expires_at is not None
        assert deal.expires_at.isoformat() == "2026-11-08T21:59:59+00:00"
        for _ in range(2):  # until 7 January, and until 8 March
            extended(cast, deal, deal.expires_at - timedelta(days=3))
            deal = stored(deal)
            assert deal.expires_at is not None
        assert deal.expires_at.astimezone(CAIRO).isoformat() == "2027-03-08T23:59:59+02:00"
        summer = stored(
            approved(cast, datetime(2026, 1, 12, 10, tzinfo=UTC))
        )  # until 12 April, in winter time
        assert summer.expires_at is not None
        extended(cast, summer, summer.expires_at - timedelta(days=3))
        assert stored(summer).expires_at.astimezone(CAIRO).isoformat() == "2026-06-11T23:59:59+03:00"  # type: ignore[union-attr]

    def test_reminds_anew(self, cast: Cast) -> None:
        deal = stored(extended(cast, approved(cast)))
        assert deal.remind_at is not None
        assert deal.remind_at.astimezone(CAIRO).isoformat()[:16] == "2026-06-30T09:00"

    def test_records_the_rules_it_was_done_under_and_tells_partner_and_distributor(self, cast: Cast) -> None:
        deal = extended(cast, approved(cast))
        with tenancy.as_system():
            event = DealEvent.objects.get(deal=deal, kind="extended")
        assert event.rules_version is not None
        assert {audience["site_id"] for audience in told("deal.extended")} == {
            cast.site.id,
            cast.distributor_site.id,
        }

    def test_is_not_possible_without_a_request(self, cast: Cast) -> None:
        with pytest.raises(actions.NotNow):
            decide(cast, approved(cast), actions.extend_deal)

    def test_can_be_refused_with_a_reason(self, cast: Cast) -> None:
        deal = ask(cast, approved(cast))
        before = stored(deal).expires_at
        with pytest.raises(actions.ReasonMissing):
            decide(cast, deal, actions.refuse_extension, text="")
        decide(cast, deal, actions.refuse_extension, text="Nothing has happened since March.")
        deal = stored(deal)
        assert (deal.extensions, deal.extension_asked_at, deal.expires_at) == (0, None, before)
        assert told("deal.not_extended") == [
            {"to": "site", "site_id": cast.site.id, "privilege": "deal_view"}
        ]
        assert ask(cast, deal).extension_asked_at  # a refusal does not use one up


class TestWhileARequestWaits:
    def test_the_deal_does_not_expire(self, cast: Cast) -> None:
        waiting, other = ask(cast, approved(cast)), approved(cast)
        late = IN_TIME + timedelta(days=40)
        assert expire_due(now=late) == 1
        assert (stored(waiting).status, stored(other).status) == (Status.APPROVED, Status.EXPIRED)

    def test_and_expires_when_it_is_refused_late(self, cast: Cast) -> None:
        deal, late = ask(cast, approved(cast)), IN_TIME + timedelta(days=40)
        decide(cast, deal, actions.refuse_extension, late, text="Too late.")
        assert expire_due(now=late) == 1

    def test_it_can_be_won_after_its_day_but_not_without_a_request(self, cast: Cast) -> None:
        waiting, other = ask(cast, approved(cast)), approved(cast)
        late = IN_TIME + timedelta(days=40)
        with pytest.raises(actions.NotNow):
            do("win", other, partner=cast.sales, staff=cast.deal_desk, now=late)
        with pytest.raises(actions.NotNow):
            do("lose", other, partner=cast.sales, staff=cast.deal_desk, now=late)
        assert do("win", waiting, partner=cast.sales, staff=cast.deal_desk, now=late).status == Status.WON

    def test_winning_ends_the_request(self, cast: Cast) -> None:
        deal = ask(cast, approved(cast))
        do("win", deal, partner=cast.sales, staff=cast.deal_desk, now=IN_TIME)
        assert stored(deal).extension_asked_at is None


class TestThePage:
    def soon(self, cast: Cast) -> Deal:
        """A deal that runs out in twenty days."""
        return make_deal(cast, Status.APPROVED, now=datetime.now(UTC) - timedelta(days=70))

    def test_says_from_when_on_one_may_ask_and_how_often(self, cast: Cast) -> None:
        deal = stored(make_deal(cast, Status.APPROVED))
        shown = page(cast.sales, deal)
        assert "You can still have 2." in shown
        assert "An extension can be asked for in the last 30 days." in shown
        assert f"/deals/{deal.public_id}/ask-extension/" not in shown

    def test_takes_the_request_and_the_desks_answer(self, cast: Cast) -> None:
        deal = self.soon(cast)
        address = f"/deals/{deal.public_id}/"
        assert signed_in(cast.sales).post(f"{address}ask-extension/", {"text": ""}).status_code == 422
        answer = signed_in(cast.sales).post(f"{address}ask-extension/", {"text": "Budget in June."})
        assert answer.status_code == 302
        assert "Budget in June." in page(cast.deal_desk, deal)
        assert "Take the request back" in page(cast.sales, deal)
        assert signed_in(cast.deal_desk).post(f"{address}extend/", {}).status_code == 302
        assert stored(deal).extensions == 1

    def test_refuses_a_second_request_with_the_reason(self, cast: Cast) -> None:
        deal = self.soon(cast)
        address = f"/deals/{deal.public_id}/ask-extension/"
        signed_in(cast.sales).post(address, {"text": "Once"})
        answer = signed_in(cast.sales).post(address, {"text": "Twice"})
        assert answer.status_code == 409
        assert "A request for an extension waits for a decision." in html.unescape(answer.content.decode())

    @pytest.mark.parametrize("verb", ["ask-extension", "take-extension-back", "extend", "refuse-extension"])
    def test_is_for_its_own_people_only(self, cast: Cast, verb: str) -> None:
        deal = self.soon(cast)
        address = f"/deals/{deal.public_id}/{verb}/"
        assert signed_in(cast.rival).post(address, {"text": "x"}).status_code in (403, 404)
        assert signed_in(cast.distributor).post(address, {"text": "x"}).status_code == 403
        other = cast.sales if verb in ("extend", "refuse-extension") else cast.deal_desk
        assert signed_in(other).post(address, {"text": "x"}).status_code == 403
        assert stored(deal).extension_asked_at is None

    def test_says_of_a_deal_whose_time_is_over_that_it_is(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED, now=datetime.now(UTC) - timedelta(days=100))
        assert "The registration has run out" in page(cast.sales, deal)
        answer = signed_in(cast.sales).post(f"/deals/{deal.public_id}/win/", {})
        assert answer.status_code == 409
        assert stored(deal).status == Status.APPROVED


class TestTheApi:
    def test_asks_and_answers(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED, now=datetime.now(UTC) - timedelta(days=70))
        address = f"/api/v1/deals/{deal.public_id}/"
        answer = caller(cast.sales).send("post", f"{address}ask-extension/", {"text": "June"})
        assert answer.status_code == 200, answer.json()
        assert answer.json()["extension_text"] == "June"
        assert answer.json()["extension_due_at"] is not None
        again = caller(cast.sales).send("post", f"{address}ask-extension/", {"text": "June"})
        assert (again.status_code, again.json()["code"]) == (409, "not_now")
        assert again.json()["details"]["reason"] == "A request for an extension waits for a decision."
        back = caller(cast.sales).send("post", f"{address}take-extension-back/")
        assert (back.status_code, back.json()["extension_asked_at"]) == (200, None)
        assert (
            caller(cast.sales).send("post", f"{address}ask-extension/", {"text": "July"}).status_code == 200
        )
        refused = caller(cast.deal_desk).send("post", f"{address}refuse-extension/", {"text": "No"})
        assert (refused.status_code, refused.json()["extensions"]) == (200, 0)


class TestTheRules:
    def test_may_grant_none(self, cast: Cast) -> None:
        deal = stored(approved(cast))
        with tenancy.as_system():
            as_they_are = living.of_asking(Known(deal, now=IN_TIME, rules=Rules()))
            none = living.of_asking(Known(deal, now=IN_TIME, rules=Rules(extensions=0)))
        assert as_they_are is None
        assert none is not None
        assert "grant no extensions" in str(none.reason)
