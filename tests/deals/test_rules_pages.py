"""The settings' pages and the API of the rules: what is shown, what is refused, and that nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from deals.models import RulesVersion
from deals.rules import REJECT, Named
from identity import tenancy
from identity.models import StaffRole, User
from tests.api.calls import caller
from tests.cast import Cast, signed_in
from tests.deals.shown_forms import Shown, filled
from tests.deals.test_rules import change, rules
from tests.factories import make_user

SECTIONS = ("rules:list", "rules:minimum_values", "rules:discounts")
PAGES = (*SECTIONS, "rules:reasons", "rules:tiers", "rules:partners", "rules:history")


@pytest.fixture
def operations(cast: Cast) -> User:
    return make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])


class TestEveryPage:
    @pytest.mark.parametrize("name", PAGES)
    def test_is_for_the_vendors_people(self, cast: Cast, operations: User, name: str) -> None:
        for who in (operations, cast.deal_desk, cast.care):
            assert signed_in(who).get(reverse(name)).status_code == 200
        for who in (cast.primary, cast.distributor):
            assert signed_in(who).get(reverse(name)).status_code == 403

    @pytest.mark.parametrize("name", SECTIONS)
    def test_is_for_reading_where_somebody_may_not_change(
        self, cast: Cast, operations: User, name: str
    ) -> None:
        path = reverse(name)
        shown = signed_in(cast.deal_desk).get(path).content.decode()
        assert "For you to read" in shown
        assert "Save as a new version" not in shown
        assert signed_in(cast.deal_desk).post(path, {"base": "1"}).status_code == 403
        assert "Save as a new version" in signed_in(operations).get(path).content.decode()

    def test_is_found_from_the_settings(self, operations: User) -> None:
        shown = signed_in(operations).get(reverse("identity:settings")).content.decode()
        assert reverse("rules:list") in shown
        assert reverse("rules:partners") in shown


class TestTheNumbers:
    def test_are_saved_as_a_new_version(self, operations: User) -> None:
        browser, path = signed_in(operations), reverse("rules:list")
        answer = browser.post(path, filled(browser, path) | {"valid_days": "120", "note": "Longer projects"})
        assert answer.status_code == 302
        assert rules().valid_days == 120
        assert rules().decision_days == 2
        history = browser.get(reverse("rules:history")).content.decode()
        assert "Longer projects" in history
        assert "120 days" in history
        assert "Olga Ops" in history

    def test_are_refused_at_their_field_and_kept_as_typed(self, operations: User) -> None:
        browser, path = signed_in(operations), reverse("rules:list")
        wrong = {"valid_days": "3", "reminder_days": "soon", "decision_days": "4"}
        answer = browser.post(path, filled(browser, path) | wrong)
        assert answer.status_code == 422
        shown = Shown(answer)
        assert shown.wrong == {"valid_days", "reminder_days"}
        assert shown.fields["decision_days"] == "4"
        assert rules().number == 1

    def test_that_do_not_go_together_are_refused(self, operations: User) -> None:
        browser, path = signed_in(operations), reverse("rules:list")
        answer = browser.post(path, filled(browser, path) | {"extension_from_days": "200"})
        assert answer.status_code == 422
        assert "extension_from_days" in Shown(answer).wrong

    def test_that_are_the_same_are_refused_kindly(self, operations: User) -> None:
        browser, path = signed_in(operations), reverse("rules:list")
        answer = browser.post(path, filled(browser, path))
        assert answer.status_code == 422
        assert "Nothing is different" in answer.content.decode()

    def test_sent_upon_an_older_version_keep_both_changes(self, operations: User) -> None:
        browser, path = signed_in(operations), reverse("rules:list")
        data = filled(browser, path) | {"valid_days": "120"}
        change(operations, decision_days=5)
        answer = browser.post(path, data)
        assert answer.status_code == 409
        assert "The rules were changed meanwhile" in answer.content.decode()
        assert "5 business days" in answer.content.decode()
        again = Shown(answer).fields
        assert (again["valid_days"], again["decision_days"], again["base"]) == ("120", "5", "2")
        assert browser.post(path, again).status_code == 302
        assert (rules().valid_days, rules().decision_days) == (120, 5)

    def test_are_saved_once_however_often_they_are_sent(self, operations: User) -> None:
        browser, path = signed_in(operations), reverse("rules:list")
        data = filled(browser, path) | {"valid_days": "120", "form_token": "t" * 20}
        assert [browser.post(path, data).status_code for _ in range(2)] == [302, 302]
        assert rules().number == 2


class TestMinimumValues:
    def test_are_read_as_the_readers_language_writes_them(self, operations: User) -> None:
        browser, path = signed_in(operations), reverse("rules:minimum_values")
        data = filled(browser, path) | {"EUR": "5.000,50", "JPY": "100000"}
        assert browser.post(path, data, headers={"Accept-Language": "it"}).status_code == 302
        assert rules().minimum_values == {"EUR": 5_000_50, "JPY": 100_000}
        assert browser.post(path, filled(browser, path) | {"EUR": ""}).status_code == 302
        assert rules().minimum_values == {"JPY": 100_000}

    def test_that_are_no_amounts_are_refused(self, operations: User) -> None:
        browser, path = signed_in(operations), reverse("rules:minimum_values")
        answer = browser.post(path, filled(browser, path) | {"EUR": "a lot", "JPY": "1.5"})
        assert answer.status_code == 422
        assert Shown(answer).wrong == {"EUR", "JPY"}


class TestDiscounts:
    def test_are_saved_with_two_decimals(self, operations: User) -> None:
        browser, path = signed_in(operations), reverse("rules:discounts")
        answer = browser.post(path, filled(browser, path) | {"gold.new": "12,25 %"})
        assert answer.status_code == 302
        assert rules().discount_bp("gold", "new") == 1_225
        assert rules().discount_bp("silver", "new") == 800

    @pytest.mark.parametrize("typed", ["101", "-1", "12.345", "much", ""])
    def test_that_cannot_be_are_refused(self, operations: User, typed: str) -> None:
        browser, path = signed_in(operations), reverse("rules:discounts")
        answer = browser.post(path, filled(browser, path) | {"gold.new": typed})
        assert answer.status_code == 422
        assert Shown(answer).wrong == {"gold.new"}


class TestNames:
    def test_a_reason_is_added_changed_and_retired(self, operations: User) -> None:
        browser = signed_in(operations)
        adding = reverse("rules:add_entry", args=["reject"])
        assert browser.post(adding, filled(browser, adding) | {"label_en": "Bad fit"}).status_code == 302
        assert rules().entry(REJECT, "bad_fit") == Named("bad_fit", {"en": "Bad fit"})
        changing = reverse("rules:change_entry", args=["reject", "bad_fit"])
        data = filled(browser, changing) | {"label_pl": "Niedopasowanie"}
        del data["active"]
        assert browser.post(changing, data).status_code == 302
        found = Named("bad_fit", {"en": "Bad fit", "pl": "Niedopasowanie"}, active=False)
        assert rules().entry(REJECT, "bad_fit") == found

    def test_a_code_that_is_taken_or_no_code_is_refused(self, operations: User) -> None:
        browser, path = signed_in(operations), reverse("rules:add_entry", args=["lost"])
        for code in ("budget", "duplicate", "Not a code"):
            answer = browser.post(path, filled(browser, path) | {"label_en": "Money", "code": code})
            assert answer.status_code == 422
            assert "code" in Shown(answer).wrong

    def test_english_is_needed_for_a_new_one(self, operations: User) -> None:
        browser, path = signed_in(operations), reverse("rules:add_entry", args=["tier"])
        answer = browser.post(path, filled(browser, path) | {"label_pl": "Platyna"})
        assert answer.status_code == 422
        assert "label_en" in Shown(answer).wrong

    def test_a_tier_gets_its_place_and_its_discounts(self, operations: User) -> None:
        browser, path = signed_in(operations), reverse("rules:add_entry", args=["tier"])
        data = filled(browser, path) | {"label_en": "Bronze", "above": "registered"}
        assert browser.post(path, data).status_code == 302
        assert [tier.code for tier in rules().tiers][1] == "bronze"
        discounts = reverse("rules:discounts")
        assert "bronze.new" in filled(browser, discounts)

    def test_the_lowest_tier_stays(self, operations: User) -> None:
        browser, path = signed_in(operations), reverse("rules:change_entry", args=["tier", "registered"])
        data = filled(browser, path)
        del data["active"]
        answer = browser.post(path, data)
        assert answer.status_code == 422
        assert "active" in Shown(answer).wrong

    @pytest.mark.parametrize("args", [["nothing"], ["tier", "nothing"]])
    def test_what_is_not_there_is_not_found(self, operations: User, args: list[str]) -> None:
        name = "rules:add_entry" if len(args) == 1 else "rules:change_entry"
        assert signed_in(operations).get(reverse(name, args=args)).status_code == 404

    def test_are_changed_by_those_alone_who_may(self, cast: Cast) -> None:
        assert signed_in(cast.deal_desk).get(reverse("rules:add_entry", args=["tier"])).status_code == 403


class TestAVersion:
    def test_is_shown_whole(self, cast: Cast, operations: User) -> None:
        change(operations, valid_days=120)
        browser = signed_in(cast.deal_desk)
        first = browser.get(reverse("rules:version", args=[1])).content.decode()
        second = browser.get(reverse("rules:version", args=[2])).content.decode()
        assert "90 days" in first
        assert "120 days" in second
        assert "This version is in force." in second
        assert browser.get(reverse("rules:version", args=[3])).status_code == 404

    def test_the_first_is_there_before_anybody_changed_anything(self, operations: User) -> None:
        browser = signed_in(operations)
        assert browser.get(reverse("rules:version", args=[1])).status_code == 200
        assert (
            "The rules that the portal started with" in browser.get(reverse("rules:history")).content.decode()
        )


class TestWhatPartnersRead:
    def test_is_the_rules_in_force(self, cast: Cast, operations: User) -> None:
        change(
            operations,
            note="Secret plan",
            valid_days=120,
            minimum_values={"EUR": 5_000_00},
            **rules().with_entry(REJECT, Named("bad_fit", {"en": "Bad fit"})),
        )
        for who in (cast.sales, cast.distributor, cast.deal_desk):
            shown = signed_in(who).get(reverse("deals:rules")).content.decode()
            assert "120 days" in shown
            assert "Bad fit" in shown
            assert "5,000.00" in shown
            assert "Secret plan" not in shown
            assert "Olga" not in shown
        assert signed_in(cast.newcomer).get(reverse("deals:rules")).status_code == 403

    def test_is_in_the_readers_language(self, cast: Cast) -> None:
        shown = signed_in(cast.sales).get(reverse("deals:rules"), headers={"Accept-Language": "ar"})
        assert 'dir="rtl"' in shown.content.decode()


class TestTheApi:
    PATH = "/api/v1/rules/current/"

    def test_tells_everybody_what_counts_and_a_partner_its_discounts(
        self, cast: Cast, operations: User
    ) -> None:
        change(operations, note="Secret plan", minimum_values={"EUR": 5_000_00, "JPY": 100})
        told = caller(cast.sales).get(self.PATH).json()
        assert told["number"] == 2
        assert told["valid_days"] == 90
        assert told["minimum_values"] == {"EUR": "5000.00", "JPY": "100"}
        assert told["tier"] == {"code": "registered", "label": "Registered"}
        assert told["discounts"] == {"new": "5.00", "competitive": "8.00", "expansion": "3.00"}
        assert "Secret plan" not in str(told)
        for who in (cast.distributor, cast.deal_desk):
            told = caller(who).get(self.PATH).json()
            assert (told["tier"], told["discounts"]) == (None, None)

    def test_makes_the_next_version(self, operations: User) -> None:
        program = caller(operations)
        tag = program.get(self.PATH)["ETag"]
        wanted = {
            "note": "Programme",
            "valid_days": 120,
            "minimum_values": {"EUR": "5000"},
            "discounts": {"gold": {"new": "12.5"}},
            "reject_reasons": [
                {"code": "tender", "active": False},
                {"code": "bad_fit", "labels": {"en": "Bad fit"}},
            ],
            "tiers": [{"code": "bronze", "labels": {"en": "Bronze"}, "above": "registered"}],
        }
        assert program.send("patch", self.PATH, wanted).status_code == 428
        answer = program.send("patch", self.PATH, wanted, If_Match=tag)
        assert answer.status_code == 200, answer.json()
        made = answer.json()
        assert (made["number"], made["note"], made["made_by"]) == (2, "Programme", "Olga Ops")
        assert made["discounts"]["gold"] == {"new": "12.50", "competitive": "15.00", "expansion": "8.00"}
        assert [tier["code"] for tier in made["tiers"]] == ["registered", "bronze", "silver", "gold"]
        assert [each["code"] for each in made["reject_reasons"] if not each["active"]] == ["tender"]
        stale = program.send("patch", self.PATH, {"valid_days": 100}, If_Match=tag)
        assert stale.status_code == 412
        same = program.send("patch", self.PATH, {"valid_days": 120}, If_Match=answer["ETag"])
        assert (same.status_code, same.json()["code"]) == (409, "nothing_changed")

    @pytest.mark.parametrize(
        ("wanted", "field"),
        [
            ({"valid_days": 1}, "valid_days"),
            ({"extension_from_days": 200}, "extension_from_days"),
            ({"minimum_values": {"XXX": "1"}}, "minimum_values"),
            ({"discounts": {"gold": {"new": "100.01"}}}, "discounts"),
            ({"discounts": {"tin": {"new": "1"}}}, "discounts"),
            ({"lost_reasons": [{"code": "new_one"}]}, "lost_reasons.new_one.en"),
            ({"lost_reasons": [{"code": "new_one", "labels": {"xx": "?"}}]}, "lost_reasons"),
        ],
    )
    def test_refuses_nonsense_at_the_field(
        self, operations: User, wanted: dict[str, Any], field: str
    ) -> None:
        program = caller(operations)
        answer = program.send("patch", self.PATH, wanted, If_Match='"1"')
        assert answer.status_code == 400
        assert field in answer.json()["details"]
        with tenancy.as_system():
            assert not RulesVersion.objects.exists()

    def test_lists_versions_to_the_vendor_alone(self, cast: Cast, operations: User) -> None:
        change(operations, valid_days=120, note="Longer")
        listed = caller(cast.deal_desk).get("/api/v1/rules/").json()["results"]
        assert [(each["number"], each["note"], each["made_by"]) for each in listed] == [
            (2, "Longer", "Olga Ops"),
            (1, "", ""),
        ]
        assert caller(cast.deal_desk).get("/api/v1/rules/1/").json()["valid_days"] == 90
        assert caller(cast.deal_desk).get("/api/v1/rules/9/").status_code == 404
        assert caller(cast.primary).get("/api/v1/rules/").status_code == 403
        assert caller(cast.primary).get("/api/v1/rules/1/").status_code == 403
        changed = caller(cast.deal_desk).send("patch", self.PATH, {"valid_days": 100})
        assert changed.status_code == 403
