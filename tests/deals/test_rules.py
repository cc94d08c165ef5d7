"""The rules of deal registration: changed by versions, never behind anybody's back."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from deals import actions, queries, rule_history
from deals.models import DealEvent, RulesNote, RulesVersion
from deals.rules import LOST, REJECT, TIER, Named, Rules, new_code
from deals.states import Status
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.models import AuditEvent, StaffRole, User
from tests.cast import Cast, actor
from tests.deals.factories import do, make_deal
from tests.factories import make_user


@pytest.fixture
def operations(cast: Cast) -> User:
    return make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])


def change(by: User, base: int | None = None, note: str = "", **changes: Any) -> RulesVersion:
    who = actor(by)
    with tenancy.scope(who):
        base = queries.rules_in_force().number if base is None else base
        return actions.change_rules(changes, base=base, note=note, by=who, now=timezone.now())


def rules() -> Rules:
    with tenancy.as_system():
        return queries.rules_in_force()


class TestChangingTheRules:
    def test_makes_the_next_version_and_keeps_the_earlier_ones(self, operations: User) -> None:
        change(operations, valid_days=120)
        change(operations, decision_days=3)
        with tenancy.as_system():
            stored = {row.number: Rules.of(row.number, row.content) for row in RulesVersion.objects.all()}
        assert sorted(stored) == [1, 2, 3]
        assert [stored[n].valid_days for n in (1, 2, 3)] == [90, 120, 120]
        assert rules().number == 3
        assert rules().decision_days == 3

    def test_is_told_in_the_audit_trail_with_what_was_and_is(self, operations: User) -> None:
        change(operations, valid_days=120, note="Longer projects")
        with tenancy.as_system():
            event = AuditEvent.objects.get(event="rules.changed")
        assert event.detail["changes"] == {"valid_days": [90, 120]}
        assert event.object_label == "Longer projects"
        assert event.actor_name == "Olga Ops"

    def test_needs_somebody_who_may(self, cast: Cast, operations: User) -> None:
        with pytest.raises(PrivilegeMissing):
            change(cast.deal_desk, valid_days=120)
        assert change(operations, valid_days=120).number == 2

    def test_upon_a_version_that_is_not_in_force_any_more_is_refused(self, operations: User) -> None:
        change(operations, valid_days=120)
        with pytest.raises(actions.RulesChanged) as refused:
            change(operations, base=1, valid_days=100)
        assert refused.value.rules.number == 2
        assert rules().valid_days == 120

    def test_into_what_they_are_already_is_refused(self, operations: User) -> None:
        with pytest.raises(actions.NothingChanged):
            change(operations, valid_days=90)
        assert rules().number == 1

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"valid_days": 3}, "valid_days"),
            ({"extension_from_days": 100}, "extension_from_days"),
            ({"reminder_days": (30, 90)}, "reminder_days"),
            ({"reminder_days": (7, 7)}, "reminder_days"),
            ({"minimum_values": {"XXX": 5}}, "minimum_values"),
            ({"minimum_values": {"EUR": -5}}, "minimum_values.EUR"),
            ({"discounts": {"gold": {"new": 10_001}}}, "discounts.gold.new"),
            ({"discounts": {"platinum": {"new": 5}}}, "discounts"),
            ({"tiers": (Named("gold"),)}, "tiers"),
            ({"tiers": (Named("registered", active=False), Named("silver"), Named("gold"))}, "tiers"),
        ],
    )
    def test_into_nonsense_is_refused_at_the_field(
        self, operations: User, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(actions.RulesInvalid) as refused:
            change(operations, **changes)
        assert field in refused.value.faults
        assert rules().number == 1

    def test_keeps_the_note_from_partners(self, cast: Cast, operations: User) -> None:
        change(operations, valid_days=120, note="Because of the rival")
        for partner in (cast.sales, cast.distributor):
            with tenancy.scope(actor(partner)):
                assert RulesVersion.objects.count() == 2
                with pytest.raises(Exception, match="permission denied"), tenancy.scope(actor(partner)):
                    list(RulesNote.objects.all())
        with tenancy.scope(actor(cast.deal_desk)):
            assert RulesNote.objects.get().text == "Because of the rival"


class TestNames:
    def test_a_reason_of_ones_own_is_offered_in_every_language(self, operations: User) -> None:
        entry = Named("bad_fit", {"en": "Bad fit", "pl": "Niedopasowanie"})
        change(operations, **rules().with_entry(REJECT, entry))
        offered = dict(rules().offered(REJECT))
        assert offered["bad_fit"] == "Bad fit"
        assert "duplicate" in offered

    def test_a_retired_one_is_not_offered_but_still_has_its_words(self, operations: User) -> None:
        change(operations, **rules().with_entry(LOST, Named("spam", active=False)))
        assert "spam" not in dict(rules().offered(LOST))
        assert rules().reason_label("spam", LOST) == "Abuse or spam"

    def test_the_same_code_in_both_lists_has_the_words_of_its_list(self, operations: User) -> None:
        change(operations, **rules().with_entry(LOST, Named("other", {"en": "Something else"})))
        assert rules().reason_label("other", LOST) == "Something else"
        assert rules().reason_label("other", REJECT) == "Other"

    def test_nothing_vanishes_and_something_stays_in_use(self, operations: User) -> None:
        with pytest.raises(actions.RulesInvalid):
            change(operations, lost_reasons=(Named("budget"),))
        nothing = tuple(Named(each.code, active=False) for each in rules().lost_reasons)
        with pytest.raises(actions.RulesInvalid):
            change(operations, lost_reasons=nothing)

    @pytest.mark.parametrize("code", ["Bad", "bad-fit", "1st", "", "budget", "x" * 25])
    def test_a_code_is_short_and_new(self, operations: User, code: str) -> None:
        with pytest.raises(actions.RulesInvalid):
            change(operations, **rules().with_entry(REJECT, Named(code, {"en": "Bad fit"})))

    def test_a_name_is_needed_in_english(self, operations: User) -> None:
        with pytest.raises(actions.RulesInvalid) as refused:
            change(operations, **rules().with_entry(REJECT, Named("bad_fit", {"pl": "Niedopasowanie"})))
        assert "reject_reasons.bad_fit.en" in refused.value.faults

    def test_a_new_tier_has_its_place(self, operations: User) -> None:
        change(operations, **rules().with_entry(TIER, Named("bronze", {"en": "Bronze"}), above="registered"))
        assert [tier.code for tier in rules().tiers] == ["registered", "bronze", "silver", "gold"]

    def test_a_code_is_made_from_the_name(self) -> None:
        assert new_code("Bad fit", ()) == "bad_fit"
        assert new_code("Bad fit", {"bad_fit"}) == "bad_fit_2"
        assert new_code("زبون", ()) == "own"
        assert len(new_code("A very long name of a reason indeed", ())) <= 24


class TestDecisions:
    def test_record_the_version_they_were_made_under(self, cast: Cast, operations: User) -> None:
        before = make_deal(cast, Status.APPROVED)
        change(operations, valid_days=120)
        after = make_deal(cast, Status.APPROVED)
        assert (before.rules_version, after.rules_version) == (1, 2)
        with tenancy.as_system():
            event = DealEvent.objects.get(deal=after, kind="approved")
        assert event.rules_version == 2

    def test_keep_what_they_granted(self, cast: Cast, operations: User) -> None:
        deal = make_deal(cast, Status.APPROVED)
        change(operations, valid_days=200, discounts={"registered": {"new": 9_900}})
        with tenancy.as_system():
            deal.refresh_from_db()
        assert deal.discount_bp == 500
        assert deal.expires_at is not None
        assert (deal.expires_at - timezone.now()).days < 91

    def test_below_the_minimum_value_are_not_asked_for(self, cast: Cast, operations: User) -> None:
        change(operations, minimum_values={"EGP": 200_000_00})
        with pytest.raises(actions.DealIncomplete) as refused:
            make_deal(cast, Status.SUBMITTED, value=199_999_99)
        assert "200,000.00" in str(refused.value.missing[0].message)
        assert make_deal(cast, Status.SUBMITTED, value=200_000_00).status == Status.SUBMITTED
        assert make_deal(cast, Status.SUBMITTED, value=1_00, currency="EUR").status == Status.SUBMITTED

    def test_by_a_reason_of_ones_own(self, cast: Cast, operations: User) -> None:
        change(operations, **rules().with_entry(REJECT, Named("bad_fit", {"en": "Bad fit"})))
        deal = make_deal(cast, Status.SUBMITTED)
        by = actor(cast.deal_desk)
        with tenancy.scope(by):
            deal = actions.reject_deal(deal, code="bad_fit", text="No.", by=by, now=timezone.now())
        assert deal.decision_code == "bad_fit"
        other = make_deal(cast, Status.SUBMITTED)
        with tenancy.scope(by), pytest.raises(actions.ReasonMissing):
            actions.reject_deal(other, code="unheard_of", text="No.", by=by, now=timezone.now())


class TestHistory:
    def test_says_what_changed_in_words(self, operations: User) -> None:
        first = rules()
        change(
            operations,
            valid_days=120,
            reminder_days=(30, 1),
            minimum_values={"EUR": 5_000_00},
            discounts={**first.discounts, "gold": {**first.discounts["gold"], "new": 1_250}},
            **first.with_entry(LOST, Named("spam", active=False)),
        )
        found = {
            each.label: (str(each.before), str(each.after))
            for each in rule_history.differences(first, rules())
        }
        assert found["Validity"] == ("90 days", "120 days")
        assert found["Minimum value in EUR"] == ("–", "€5,000.00")
        assert found["Discount: Gold, New business"] == ("12", "12.5")
        assert found["Reason for a loss: spam"][1] == "Abuse or spam · Retired"
        assert found["Reminders before the expiry"] == ("30, 14, 7 and 1 day before", "30 and 1 day before")

    def test_of_the_same_rules_is_empty(self) -> None:
        assert rule_history.differences(Rules(), Rules()) == []


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_one_makes_the_version_and_the_other_is_told(self) -> None:
        from tests.cast import make_cast

        make_cast()
        people = [make_user(f"Ops {n}", staff_roles=[StaffRole.CHANNEL_OPERATIONS]) for n in (1, 2)]
        ready, told = threading.Barrier(2), []

        def go(by: User, days: int) -> None:
            try:
                who = actor(by)
                with tenancy.scope(who):
                    queries.rules_in_force()
                    ready.wait(10)
                    actions.change_rules({"valid_days": days}, base=1, by=who, now=timezone.now())
                told.append("made")
            except actions.RulesChanged:
                told.append("changed")
            finally:
                connection.close()

        threads = [threading.Thread(target=go, args=(by, 100 + n)) for n, by in enumerate(people)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted(told) == ["changed", "made"]
        assert rules().number == 2


def test_a_rejected_deal_keeps_the_words_of_a_reason_that_was_retired(cast: Cast, operations: User) -> None:
    deal = make_deal(cast, Status.REJECTED)
    change(operations, **rules().with_entry(REJECT, Named("duplicate", active=False)))
    assert rules().reason_label(deal.decision_code, REJECT) == "Already registered"
    again = make_deal(cast, Status.SUBMITTED)
    with pytest.raises(actions.ReasonMissing):
        do("reject", again, partner=cast.sales, staff=cast.deal_desk)
