"""Won deals are registered for an incentive: which, how a registration goes on, and what never changes (C9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError
from django.utils import timezone

from cosell.models import (
    Incentive,
    Location,
    Referral,
    RegisteredSolution,
    RegistrationStatus,
    RegistrationStep,
    Solution,
    WonRegistration,
)
from cosell.registrations import actions, possible
from cosell.registrations.content import Item, RegistrationContent, problems_of
from cosell.solutions import actions as solutions
from cosell.states import Substatus
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.models import Membership, Role, StaffRole, User
from identity.privileges import Refusal
from notifications.models import Notice
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.cosell.factories import answer_for_vendor, give_role, make_location, make_referral, make_solution
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(cast: Cast) -> Membership:
    return give_role(cast.sales, Role.REFERRALS_ADMIN)


@pytest.fixture
def operations() -> User:
    return make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])


@pytest.fixture
def solution(cast: Cast) -> Solution:
    return make_solution(cast.site, "Loom Planner", incentive=Incentive.CLOUD_IP)


def won(cast: Cast, *solutions: Solution, hours: int = 100, **extra: Any) -> Referral:
    """A partner-led deal that is won, unless said otherwise."""
    now = timezone.now()
    given = {
        "substatus": "won", "sharing": "partner_led", "created_at": now - timedelta(hours=hours), "closed_at": now,
        "name": "Looms for Giza",
    } | extra  # fmt: skip
    return make_referral(cast.site, solutions=list(solutions), **given)


def content(*solutions: Solution, **changes: Any) -> RegistrationContent:
    items = tuple(Item(solution, 5_000_000, "vendor_cloud", "subscription") for solution in solutions)
    found = RegistrationContent(
        incentive="cloud_ip", contract_value=12_000_000, currency="USD", starts_on=date(2026, 1, 1), ends_on=None,
        signed_on=date(2025, 12, 1), items=items,
    )  # fmt: skip
    return replace(found, **changes)


def do(by: Membership | User, action: Any, *arguments: Any, **more: Any) -> Any:
    with tenancy.scope(actor(by)):
        return action(*arguments, by=actor(by), now=timezone.now(), **more)


def failing(who: Membership, referral: Referral) -> list[Refusal]:
    with tenancy.scope(actor(who)):
        return list(possible.failing_rules(Referral.objects.get(id=referral.id)))


class TestWhichDealsCanBe:
    def test_not_by_an_administrator_of_another_location(self, cast: Cast, solution: Solution) -> None:
        """They see the deal as one of its team; the privilege does not say where it holds."""
        user = give_role(cast.sales, Role.REFERRALS_USER)
        elsewhere = give_role(user, Role.REFERRALS_ADMIN, at=[make_location(cast.site, "Luxor")])
        referral = won(cast, solution, team=[user])
        with pytest.raises(actions.NotPossible, match="of this location"):
            do(elsewhere, actions.register_won_deal, referral, content(solution))
        with tenancy.scope(actor(elsewhere)):
            assert possible.registrable(actor(elsewhere)) == []

    def test_an_administrator_of_another_location_reads_so_before_they_fill_anything_in(
        self, cast: Cast, solution: Solution
    ) -> None:
        user = give_role(cast.sales, Role.REFERRALS_USER)
        elsewhere = give_role(user, Role.REFERRALS_ADMIN, at=[make_location(cast.site, "Luxor")])
        referral = won(cast, solution, team=[user])
        page = signed_in(elsewhere).get(f"/cosell/registrations/new/{referral.public_id}/").content.decode()
        assert "You are not a referrals administrator of this location." in page
        assert "Contract value" not in page

    def test_won_partner_led_deals_with_an_eligible_solution(
        self, cast: Cast, admin: Membership, solution: Solution
    ) -> None:
        referral = won(cast, solution)
        with tenancy.scope(actor(admin)):
            assert possible.why_not_register(referral, actor(admin), timezone.now()) is None

    def test_not_by_a_referrals_user_nor_by_the_vendor(
        self, cast: Cast, operations: User, solution: Solution
    ) -> None:
        referral = won(cast, solution)
        user = give_role(cast.newcomer, Role.REFERRALS_USER)
        for who in (user, operations):
            with tenancy.scope(actor(who)):
                assert possible.why_not_register(referral, actor(who), timezone.now()) is not None

    def test_every_rule_that_fails_is_said(self, cast: Cast, admin: Membership) -> None:
        referral = make_referral(cast.site, sharing="private")
        assert failing(admin, referral) == [possible.PRIVATE, possible.NOT_WON, possible.NO_INCENTIVE]

    def test_not_those_won_within_72_hours(self, cast: Cast, admin: Membership, solution: Solution) -> None:
        assert "71 hours" in str(failing(admin, won(cast, solution, hours=71))[0].reason)
        assert failing(admin, won(cast, solution, hours=72)) == []

    def test_co_sell_deals_only_when_the_vendor_took_part(
        self, cast: Cast, admin: Membership, solution: Solution
    ) -> None:
        referral = won(cast, solution, sharing="cosell")
        assert failing(admin, referral) == [possible.VENDOR_NOT_IN]
        answer_for_vendor(referral, Substatus.ACCEPTED)
        assert failing(admin, referral) == []

    def test_not_twice_unless_the_first_came_to_nothing(
        self, cast: Cast, admin: Membership, solution: Solution
    ) -> None:
        referral = won(cast, solution)
        first = do(admin, actions.register_won_deal, referral, content(solution))
        assert failing(admin, referral) == [possible.REGISTERED]
        do(admin, actions.withdraw, first)
        assert failing(admin, referral) == []


class TestWhatIsRegistered:
    def test_has_at_least_one_solution_for_the_incentive(self, cast: Cast, solution: Solution) -> None:
        other = make_solution(cast.site, incentive=Incentive.BUSINESS_PREMIUM)
        today = date(2026, 6, 1)
        assert problems_of(content(solution), [solution, other], today=today) == {}
        assert "solutions" in problems_of(content(), [solution], today=today)
        assert "solutions" in problems_of(content(other), [solution, other], today=today)
        assert "solutions" in problems_of(content(solution, solution), [solution], today=today)

    @pytest.mark.parametrize(
        ("field", "changes"),
        [
            ("contract_value", {"contract_value": 0}),
            ("currency", {"currency": "XXX"}),
            ("ends_on", {"ends_on": date(2026, 1, 1)}),
            ("signed_on", {"signed_on": date(2026, 6, 2)}),
            ("incentive", {"incentive": "money"}),
            ("solutions", {"contract_value": 4_999_999}),
        ],
    )
    def test_is_checked_field_by_field(
        self, cast: Cast, solution: Solution, field: str, changes: dict[str, Any]
    ) -> None:
        assert field in problems_of(content(solution, **changes), [solution], today=date(2026, 6, 1))


class TestTheLifeOfARegistration:
    @pytest.fixture
    def registration(self, cast: Cast, admin: Membership, solution: Solution) -> WonRegistration:
        found: WonRegistration = do(admin, actions.register_won_deal, won(cast, solution), content(solution))
        return found

    def test_goes_by_action_required_to_approved_and_keeps_each_step(
        self, admin: Membership, operations: User, registration: WonRegistration, solution: Solution
    ) -> None:
        do(operations, actions.require_action, registration, note="The contract is worth less.")
        corrected = content(solution, contract_value=11_000_000)
        do(admin, actions.correct, registration, corrected, note="A typing error.")
        do(operations, actions.approve, registration)
        with tenancy.scope(actor(admin)):
            found = WonRegistration.objects.get()
            steps = list(RegistrationStep.objects.order_by("id").values_list("status", "note", "by_vendor"))
        assert (found.status, found.contract_value) == ("approved", 11_000_000)
        assert steps == [
            ("review_pending", "", False),
            ("action_required", "The contract is worth less.", True),
            ("review_pending", "A typing error.", False),
            ("approved", "", True),
        ]

    def test_tells_the_vendor_and_the_administrators_of_its_location(
        self, cast: Cast, admin: Membership, operations: User, registration: WonRegistration
    ) -> None:
        elsewhere = make_member(cast.site, "Omar Elsewhere")
        give_role(elsewhere, Role.REFERRALS_ADMIN, at=[make_location(cast.site)])
        do(operations, actions.fail, registration, note="It was signed before.")
        with tenancy.as_system():
            notices = {notice.kind: notice for notice in Notice.objects.all()}
        assert set(notices) == {"won_registration.received", "won_registration.failed"}
        told = notices["won_registration.failed"].audiences
        assert [audience["user_id"] for audience in told] == [admin.user_id]

    def test_is_corrected_only_where_action_is_required(
        self, admin: Membership, registration: WonRegistration, solution: Solution
    ) -> None:
        with pytest.raises(actions.NotPossible):
            do(admin, actions.correct, registration, content(solution))

    def test_says_why_it_cannot_be_corrected_where_the_vendor_took_the_incentive_away(
        self,
        cast: Cast,
        admin: Membership,
        operations: User,
        registration: WonRegistration,
        solution: Solution,
    ) -> None:
        do(operations, actions.require_action, registration, note="Which contract is it?")
        do(operations, solutions.withdraw_readiness, solution, note="It is no longer sold.")
        with pytest.raises(actions.NotPossible, match="eligible for an incentive"):
            do(admin, actions.correct, registration, content(solution))
        page = signed_in(admin).get(f"/cosell/registrations/{registration.public_id}/").content.decode()
        assert "None of the solutions of this deal is eligible" in page
        assert do(admin, actions.withdraw, registration).status == "closed"

    def test_is_refused_only_with_a_reason(self, operations: User, registration: WonRegistration) -> None:
        for act in (actions.require_action, actions.fail, actions.close):
            with pytest.raises(actions.ReasonMissing):
                do(operations, act, registration, note=" ")

    def test_is_decided_by_channel_operations_alone(
        self, cast: Cast, admin: Membership, registration: WonRegistration
    ) -> None:
        for who in (admin, cast.deal_desk):
            with pytest.raises(PrivilegeMissing):
                do(who, actions.approve, registration)

    def test_lets_one_of_two_who_decide_at_once(
        self, operations: User, registration: WonRegistration
    ) -> None:
        do(operations, actions.require_action, registration, note="Something.")
        with pytest.raises(actions.NotPossible):
            do(operations, actions.approve, registration)

    def test_is_seen_by_administrators_of_its_location_alone(
        self, cast: Cast, admin: Membership, registration: WonRegistration
    ) -> None:
        elsewhere = give_role(cast.newcomer, Role.REFERRALS_ADMIN, at=[make_location(cast.site)])
        user = give_role(make_member(cast.site, "Una User"), Role.REFERRALS_USER)
        rival = give_role(cast.rival, Role.REFERRALS_ADMIN)
        for who, count in ((admin, 1), (elsewhere, 0), (user, 0), (rival, 0)):
            with tenancy.scope(actor(who)):
                assert WonRegistration.objects.count() == count


class TestWhatTheDatabaseHoldsTo:
    @pytest.fixture
    def registration(self, cast: Cast, admin: Membership, solution: Solution) -> WonRegistration:
        found: WonRegistration = do(admin, actions.register_won_deal, won(cast, solution), content(solution))
        return found

    @pytest.mark.parametrize("status", ["approved", "failed", "action_required"])
    def test_a_partner_decides_nothing(
        self, admin: Membership, registration: WonRegistration, status: str
    ) -> None:
        fields = {"status": status, "note": "x", "decided_at": timezone.now()}
        with tenancy.scope(actor(admin)), pytest.raises(IntegrityError, match="by no rule"):
            WonRegistration.objects.filter(id=registration.id).update(**fields)

    def test_what_is_in_review_is_not_changed(
        self, cast: Cast, admin: Membership, registration: WonRegistration
    ) -> None:
        with (
            tenancy.scope(actor(admin)),
            pytest.raises(IntegrityError, match="only where action is required"),
        ):
            WonRegistration.objects.update(contract_value=1)
        with (
            tenancy.scope(actor(admin)),
            pytest.raises(IntegrityError, match="only where action is required"),
        ):
            RegisteredSolution.objects.update(value=1)
        another = make_solution(cast.site, incentive=Incentive.CLOUD_IP)
        with (
            tenancy.scope(actor(admin)),
            pytest.raises(IntegrityError, match="only where action is required"),
        ):
            RegisteredSolution.objects.create(
                site=cast.site, registration=registration, solution=another, name="More", value=1,
                deployed="mixed", pricing="service",
            )  # fmt: skip

    def test_no_solution_leaves_what_is_decided_for_another(
        self, cast: Cast, admin: Membership, operations: User, registration: WonRegistration
    ) -> None:
        do(operations, actions.approve, registration)
        other_solution = make_solution(cast.site, incentive=Incentive.CLOUD_IP)
        other = do(admin, actions.register_won_deal, won(cast, other_solution), content(other_solution))
        do(operations, actions.require_action, other, note="Which contract is it?")
        with tenancy.scope(actor(admin)), pytest.raises(IntegrityError, match="never becomes"):
            RegisteredSolution.objects.filter(registration=registration).update(registration=other)

    @pytest.mark.parametrize("end", ["approved", "failed", "closed"])
    def test_what_is_decided_is_never_changed_by_anyone(
        self, operations: User, registration: WonRegistration, end: str
    ) -> None:
        act = {"approved": actions.approve, "failed": actions.fail, "closed": actions.close}[end]
        do(operations, act, registration, note="So it is.")
        with tenancy.as_system(), pytest.raises(IntegrityError, match="never changed"):
            WonRegistration.objects.update(note="Otherwise.")
        with tenancy.as_system(), pytest.raises(IntegrityError, match="never changed"):
            RegistrationStep.objects.update(note="Otherwise.")

    def test_staff_write_no_content(self, operations: User, registration: WonRegistration) -> None:
        with tenancy.scope(actor(operations)), pytest.raises(DatabaseError, match="permission denied"):
            WonRegistration.objects.update(contract_value=1)

    def test_the_vendor_closes_none_without_a_reason_and_a_partner_may(
        self, admin: Membership, operations: User, registration: WonRegistration
    ) -> None:
        closed = {"status": "closed", "note": "", "decided_at": timezone.now()}
        with (
            tenancy.scope(actor(operations)),
            pytest.raises(IntegrityError, match="registration_closed_with_reason"),
        ):
            WonRegistration.objects.update(by_vendor=True, **closed)
        with tenancy.scope(actor(admin)):
            assert WonRegistration.objects.update(by_vendor=False, **closed) == 1

    def test_a_registration_is_at_the_location_of_its_deal(
        self, cast: Cast, admin: Membership, solution: Solution
    ) -> None:
        referral, now = won(cast, solution), timezone.now()
        given = {
            "site": cast.site, "referral": referral, "incentive": "cloud_ip", "contract_value": 1, "currency": "USD",
            "starts_on": now.date(), "signed_on": now.date(), "solution_count": 1, "changed_at": now,
            "answer_by": now, "created_at": now,
        }  # fmt: skip
        with tenancy.scope(actor(admin)), pytest.raises(IntegrityError, match="location of its deal"):
            WonRegistration.objects.create(location=make_location(cast.site), **given)
        with tenancy.scope(actor(admin)):
            assert WonRegistration.objects.create(location_id=referral.location_id, **given).id

    def test_no_deal_that_is_not_won_is_registered(self, cast: Cast, admin: Membership) -> None:
        referral = make_referral(cast.site)
        now = timezone.now()
        with tenancy.scope(actor(admin)), pytest.raises(IntegrityError, match="and no others"):
            WonRegistration.objects.create(
                site=cast.site, referral=referral, location=Location.objects.get(id=referral.location_id),
                incentive="cloud_ip", contract_value=1, currency="USD", starts_on=now.date(), signed_on=now.date(),
                solution_count=1, changed_at=now, answer_by=now, created_at=now,
            )  # fmt: skip


def form_of(solution: Solution, **changes: Any) -> dict[str, Any]:
    row = f"s-{solution.public_id}"
    return {
        "incentive": "cloud_ip", "contract_value": "120000", "currency": "USD", "signed_on": "2025-12-01",
        "starts_on": "2026-01-01", "perpetual": "on", f"{row}-chosen": "on", f"{row}-value": "50000",
        f"{row}-deployed": "vendor_cloud", f"{row}-pricing": "subscription",
    } | changes  # fmt: skip


class TestThePages:
    def test_register_ask_for_a_correction_correct_and_approve(
        self, cast: Cast, admin: Membership, operations: User, solution: Solution
    ) -> None:
        browser, desk, referral = signed_in(admin), signed_in(operations), won(cast, solution)
        new = f"/cosell/registrations/new/{referral.public_id}/"
        assert "Loom Planner" in browser.get(new).content.decode()
        assert browser.post(new, form_of(solution)).status_code == 302
        with tenancy.as_system():
            path = f"/cosell/registrations/{WonRegistration.objects.get().public_id}/"
        assert "Looms for Giza" in desk.get("/cosell/registrations/").content.decode()
        assert desk.post(f"{path}require-action/", {"version": 1, "note": "Which day?"}).status_code == 302
        assert "Which day?" in browser.get(f"{path}correct/").content.decode()
        corrected = form_of(solution, signed_on="2025-12-02", version=2, note="That day.")
        assert browser.post(f"{path}correct/", corrected).status_code == 302
        assert desk.post(f"{path}approve/", {"version": 3}).status_code == 302
        assert "Approved" in browser.get(path).content.decode()

    def test_bring_the_form_back_with_what_is_wrong(
        self, cast: Cast, admin: Membership, solution: Solution
    ) -> None:
        referral = won(cast, solution)
        wrong = form_of(solution, contract_value="much", **{f"s-{solution.public_id}-value": ""})
        answer = signed_in(admin).post(f"/cosell/registrations/new/{referral.public_id}/", wrong)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "This is not an amount." in text
        assert "Say what it is worth." in text
        assert 'value="much"' in text

    def test_explain_why_a_deal_cannot_be(self, cast: Cast, admin: Membership) -> None:
        referral = make_referral(cast.site, sharing="private")
        page = signed_in(admin).get(f"/cosell/registrations/new/{referral.public_id}/").content.decode()
        assert "This deal is private." in page
        assert "Only deals that are won" in page

    def test_want_a_reason(self, cast: Cast, admin: Membership, operations: User, solution: Solution) -> None:
        made = do(admin, actions.register_won_deal, won(cast, solution), content(solution))
        path = f"/cosell/registrations/{made.public_id}/fail/"
        answer = signed_in(operations).post(path, {"version": 1, "note": ""})
        assert answer.status_code == 422
        assert "the partner reads it" in answer.content.decode()


class TestTheApi:
    def test_does_the_same(self, cast: Cast, admin: Membership, operations: User, solution: Solution) -> None:
        program, desk, referral = caller(admin), caller(operations), won(cast, solution)
        terms: dict[str, Any] = {
            "incentive": "cloud_ip", "contract_value": "120000.00", "currency": "USD", "starts_on": "2026-01-01",
            "signed_on": "2025-12-01",
            "solutions": [
                {"solution": solution.public_id, "value": "50000", "deployed": "mixed", "pricing": "service"}
            ],
        }  # fmt: skip
        address = "/api/v1/won-registrations/"
        made = program.send("post", address, terms | {"deal": referral.public_id})
        assert made.status_code == 201, made.content
        path = f"{address}{made.json()['id']}/"
        again = program.send("post", address, terms | {"deal": referral.public_id})
        assert (again.status_code, again.json()["code"]) == (409, "not_possible")
        assert desk.send("post", f"{path}require_action/", {"note": "Less."}).status_code == 200
        etag = program.get(path).headers["ETag"]
        corrected = program.send("put", f"{path}correct/", terms | {"note": "So."}, If_Match=etag)
        assert corrected.status_code == 200, corrected.content
        assert program.send("put", f"{path}correct/", terms, If_Match=etag).status_code == 412
        shown = desk.send("post", f"{path}approve/", {}).json()
        assert shown["status"] == RegistrationStatus.APPROVED
        assert [step["status"] for step in shown["steps"]] == [
            "review_pending", "action_required", "review_pending", "approved",
        ]  # fmt: skip
        assert program.send("post", f"{path}approve/", {}).status_code == 403

    def test_says_which_rule_the_deal_fails_before_what_is_wrong_with_its_contents(
        self, cast: Cast, admin: Membership, solution: Solution
    ) -> None:
        terms = {
            "incentive": "cloud_ip", "contract_value": "1", "currency": "USD", "starts_on": "2026-01-01",
            "signed_on": "2025-12-01",
            "solutions": [{"solution": "nowhere", "value": "1", "deployed": "mixed", "pricing": "service"}],
        }  # fmt: skip
        lost, good = make_referral(cast.site, sharing="private"), won(cast, solution)
        answers = [
            caller(admin).send("post", "/api/v1/won-registrations/", terms | {"deal": deal.public_id})
            for deal in (lost, good)
        ]
        assert [answer.status_code for answer in answers] == [409, 400]
        assert "private" in answers[0].json()["message"]

    def test_says_what_is_wrong_field_by_field(
        self, cast: Cast, admin: Membership, solution: Solution
    ) -> None:
        referral = won(cast, solution)
        terms = {
            "deal": referral.public_id, "incentive": "cloud_ip", "contract_value": "1.234", "currency": "USD",
            "starts_on": "2026-01-01", "signed_on": "2025-12-01", "solutions": [],
        }  # fmt: skip
        answer = caller(admin).send("post", "/api/v1/won-registrations/", terms)
        assert answer.status_code == 400
        assert "contract_value" in answer.json()["details"]
