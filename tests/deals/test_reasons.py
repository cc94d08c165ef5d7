"""Reasons of the vendor's own: offered, shown and told like those that the product brings."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from deals import actions
from deals.models import Deal
from deals.rules import LOST, REJECT, Named
from deals.states import Status
from identity import tenancy
from identity.models import StaffRole, User
from notifications.expansion import expand_due
from notifications.models import InboxItem
from notifications.values import Words, pack, unpack
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_deal
from tests.deals.test_rules import change, rules
from tests.factories import make_user

OWN = Named("bad_fit", {"en": "Bad fit", "pl": "Niedopasowanie"})


@pytest.fixture
def operations(cast: Cast) -> User:
    return make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])


@pytest.fixture
def rejected(cast: Cast, operations: User) -> Deal:
    change(operations, **rules().with_entry(REJECT, OWN))
    deal = make_deal(cast, Status.SUBMITTED)
    browser = signed_in(cast.deal_desk)
    path = reverse("deals:reject", args=[deal.public_id])
    answer = browser.post(path, {"code": "bad_fit", "text": "Not this time."})
    assert answer.status_code == 302
    with tenancy.as_system():
        deal.refresh_from_db()
    return deal


class TestAReasonOfOnesOwn:
    def test_is_offered_on_the_deals_page(self, cast: Cast, operations: User) -> None:
        change(operations, **rules().with_entry(REJECT, OWN))
        deal = make_deal(cast, Status.SUBMITTED)
        page = signed_in(cast.deal_desk).get(reverse("deals:detail", args=[deal.public_id]))
        assert '<option value="bad_fit">Bad fit</option>' in page.content.decode()

    def test_is_shown_in_the_readers_language(self, cast: Cast, rejected: Deal) -> None:
        path = reverse("deals:detail", args=[rejected.public_id])
        browser = signed_in(cast.sales)
        assert "Bad fit" in browser.get(path).content.decode()
        assert "Niedopasowanie" in browser.get(path, headers={"Accept-Language": "pl"}).content.decode()

    def test_is_told_in_the_readers_language(self, cast: Cast, rejected: Deal) -> None:
        while expand_due():
            pass
        with tenancy.as_system():
            item = InboxItem.objects.get(user_id=cast.sales.user_id, kind="deal.rejected")
        assert unpack(item.context)["reason"] == "Bad fit"
        with translation.override("pl"):
            assert unpack(item.context)["reason"] == "Niedopasowanie"
        with translation.override("it"):
            assert unpack(item.context)["reason"] == "Bad fit"

    def test_is_taken_by_the_api_and_another_is_not(self, cast: Cast, operations: User) -> None:
        change(operations, **rules().with_entry(REJECT, OWN))
        deal = make_deal(cast, Status.SUBMITTED)
        path, desk = f"/api/v1/deals/{deal.public_id}/reject/", caller(cast.deal_desk)
        wrong = desk.send("post", path, {"code": "unheard_of", "text": "No."})
        assert (wrong.status_code, "code" in wrong.json()["details"]) == (400, True)
        done = desk.send("post", path, {"code": "bad_fit", "text": "No."})
        assert (done.status_code, done.json()["decision_code"]) == (200, "bad_fit")

    def test_for_a_loss_too(self, cast: Cast, operations: User) -> None:
        change(operations, **rules().with_entry(LOST, Named("went_away", {"en": "They went away"})))
        deal = make_deal(cast, Status.APPROVED)
        path = reverse("deals:lose", args=[deal.public_id])
        browser = signed_in(cast.sales)
        assert browser.post(path, {"code": "unheard_of", "text": ""}).status_code == 422
        assert browser.post(path, {"code": "went_away", "text": ""}).status_code == 302
        page = browser.get(reverse("deals:detail", args=[deal.public_id])).content.decode()
        assert "They went away" in page


class TestABuiltInReason:
    def test_that_was_given_other_words_in_one_language_keeps_the_others(
        self, cast: Cast, operations: User
    ) -> None:
        change(operations, **rules().with_entry(REJECT, Named("duplicate", {"pl": "Już jest"})))
        assert rules().reason_label("duplicate", REJECT) == "Already registered"
        with translation.override("pl"):
            assert rules().reason_label("duplicate", REJECT) == "Już jest"

    def test_that_is_retired_is_not_offered(self, cast: Cast, operations: User) -> None:
        change(operations, **rules().with_entry(REJECT, Named("tender", active=False)))
        deal = make_deal(cast, Status.SUBMITTED)
        page = signed_in(cast.deal_desk).get(reverse("deals:detail", args=[deal.public_id])).content.decode()
        assert 'value="duplicate"' in page
        assert 'value="tender"' not in page


class TestTheTimeline:
    def test_says_under_which_rules_to_the_vendor_alone(self, cast: Cast, rejected: Deal) -> None:
        path = reverse("deals:detail", args=[rejected.public_id])
        link = reverse("rules:version", args=[2])
        assert "under version 2 of the rules" in signed_in(cast.deal_desk).get(path).content.decode()
        assert link in signed_in(cast.deal_desk).get(path).content.decode()
        for partner in (cast.sales, cast.distributor):
            assert link not in signed_in(partner).get(path).content.decode()


def test_words_by_language_survive_being_kept() -> None:
    kept: dict[str, Any] = pack({"reason": Words({"en": "Bad fit", "ar": "غير مناسب"}, "bad_fit")})
    assert unpack(kept)["reason"] == "Bad fit"
    with translation.override("ar"):
        assert "غير مناسب" in unpack(kept)["reason"]
    with translation.override("it"):
        assert unpack(pack({"reason": Words({"pl": "Inne"}, "bad_fit")}))["reason"] == "bad_fit"


def test_the_action_goes_by_the_rules(cast: Cast, operations: User) -> None:
    deal, by = make_deal(cast, Status.APPROVED), actor(cast.sales)
    with tenancy.scope(by), pytest.raises(actions.ReasonMissing):
        actions.lose_deal(deal, code="went_away", by=by, now=timezone.now())
