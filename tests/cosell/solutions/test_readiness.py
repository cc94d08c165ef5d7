"""A solution's way from a draft to co-sell ready: its checklist, who does what, and what the database refuses (C4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError
from django.utils import timezone

from cosell.models import Incentive, Readiness, Solution, SolutionStatus
from cosell.solutions import actions
from cosell.solutions.actions import SolutionContent
from cosell.solutions.checklist import checklist, missing_to_ask, next_step
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.models import Membership, Role, StaffRole, User
from notifications.models import Notice
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.cosell.factories import give_role, make_solution
from tests.factories import make_user

pytestmark = pytest.mark.django_db

CONTENT = SolutionContent(
    name="Loom Planner",
    kind="software",
    description="Plans which loom of a cotton mill weaves what, and when it is cleaned.",
    customer_value="A tenth more cloth.",
    document_url="https://nile.example/loom",
    contact_name="Nadia Farouk",
    contact_email="nadia@nile.example",
)


@pytest.fixture
def admin(cast: Cast) -> Membership:
    return give_role(cast.sales, Role.REFERRALS_ADMIN)


@pytest.fixture
def operations() -> User:
    return make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])


def do(by: Membership | User, action: Any, *arguments: Any, **more: Any) -> Any:
    with tenancy.scope(actor(by)):
        return action(*arguments, by=actor(by), now=timezone.now(), **more)


def asked(admin: Membership) -> Solution:
    solution = do(admin, actions.write_solution, CONTENT)
    do(admin, actions.publish_solution, solution)
    return do(admin, actions.ask_readiness, solution)  # type: ignore[no-any-return]


class TestTheChecklist:
    def test_leads_step_by_step(self) -> None:
        solution = Solution(name="Loom Planner", kind="software")
        step = next_step(solution)
        assert step is not None
        assert step.name == "described"
        solution.description = CONTENT.description
        solution.customer_value = "More cloth."
        step = next_step(solution)
        assert step is not None
        assert step.name == "document"
        assert [line.state for line in checklist(solution)] == [
            "done", "done", "now", "todo", "todo", "todo", "todo",
        ]  # fmt: skip

    def test_says_what_is_missing_before_one_asks(self) -> None:
        solution = Solution(name="Loom Planner", description=CONTENT.description)
        assert [step.name for step in missing_to_ask(solution)] == [
            "value",
            "document",
            "contact",
            "published",
        ]

    def test_ends_with_readiness(self) -> None:
        solution = make_solution_in_memory()
        assert next_step(solution) is None


def make_solution_in_memory() -> Solution:
    return Solution(
        name="Loom Planner", kind="software", description=CONTENT.description, customer_value="More cloth.",
        document_url="https://nile.example/", contact_name="N", contact_email="n@nile.example",
        status=SolutionStatus.PUBLISHED, readiness=Readiness.READY,
    )  # fmt: skip


class TestTheWay:
    def test_goes_from_draft_to_ready(self, cast: Cast, admin: Membership, operations: User) -> None:
        solution = asked(admin)
        ready = do(operations, actions.make_ready, solution, incentive=Incentive.CLOUD_IP)
        assert (ready.readiness, ready.incentive) == ("ready", "cloud_ip")
        with tenancy.as_system():
            kinds = list(Notice.objects.order_by("id").values_list("kind", flat=True))
        assert kinds == ["solution.asked", "solution.ready"]

    def test_goes_back_with_a_note_and_on_again(self, admin: Membership, operations: User) -> None:
        solution = asked(admin)
        back = do(operations, actions.send_back, solution, note="Name a customer who uses it.")
        assert (back.readiness, back.readiness_note) == ("not_ready", "Name a customer who uses it.")
        assert do(admin, actions.ask_readiness, solution).readiness_note == ""

    def test_is_sent_back_only_with_a_note(self, admin: Membership, operations: User) -> None:
        solution = asked(admin)
        with pytest.raises(actions.NoteMissing):
            do(operations, actions.send_back, solution, note=" ")

    def test_begins_only_when_everything_is_written(self, admin: Membership) -> None:
        solution = do(admin, actions.write_solution, SolutionContent(name="Loom Planner", kind="software"))
        with pytest.raises(actions.NotPossible, match="missing"):
            do(admin, actions.publish_solution, solution)
        described = SolutionContent(name="Loom Planner", kind="software", description=CONTENT.description)
        do(admin, actions.edit_solution, solution, described)
        do(admin, actions.publish_solution, solution)
        with pytest.raises(actions.NotPossible) as refused:
            do(admin, actions.ask_readiness, solution)
        assert "whom the vendor's sellers can ask" in str(refused.value.refusal.reason)

    def test_begins_again_when_what_the_vendor_agreed_to_changes(self, cast: Cast, admin: Membership) -> None:
        solution = make_solution(cast.site, "Loom Planner")
        changed = do(admin, actions.edit_solution, solution, CONTENT)
        assert changed.readiness == Readiness.ASKED

    def test_is_not_touched_by_another_contact(self, cast: Cast, admin: Membership) -> None:
        solution = make_solution(cast.site, "Loom Planner", description="As it was.")
        other = SolutionContent(
            name="Loom Planner", kind="software", description="As it was.", contact_name="Karim Mansour"
        )
        assert do(admin, actions.edit_solution, solution, other).readiness == Readiness.READY

    def test_keeps_what_it_took_to_come_there(self, admin: Membership, operations: User) -> None:
        solution = asked(admin)
        for step in ("asked", "ready"):
            for lacking in ({"document_url": ""}, {"contact_email": ""}, {"description": "Plans."}):
                with pytest.raises(actions.NotPossible, match="missing"):
                    do(admin, actions.edit_solution, solution, replace(CONTENT, **lacking))
            other = replace(CONTENT, contact_name=f"Karim, {step}")
            assert do(admin, actions.edit_solution, solution, other).readiness == step
            if step == "asked":
                do(operations, actions.make_ready, solution)

    def test_of_a_draft_may_lack_anything(self, admin: Membership) -> None:
        solution = do(admin, actions.write_solution, CONTENT)
        changed = do(admin, actions.edit_solution, solution, SolutionContent(name="Loom", kind="service"))
        assert (changed.name, changed.description) == ("Loom", "")

    def test_keeps_the_incentive_while_the_vendor_looks_again_until_it_says_otherwise(
        self, admin: Membership, operations: User
    ) -> None:
        solution = asked(admin)
        do(operations, actions.make_ready, solution, incentive=Incentive.CLOUD_IP)
        again = do(admin, actions.edit_solution, solution, replace(CONTENT, name="Loom"))
        assert (again.readiness, again.incentive) == ("asked", "cloud_ip")
        assert do(operations, actions.make_ready, solution).incentive == "cloud_ip"
        do(admin, actions.edit_solution, solution, CONTENT)
        assert do(operations, actions.make_ready, solution, incentive="").incentive == ""
        do(admin, actions.edit_solution, solution, replace(CONTENT, name="Loom"))
        do(operations, actions.make_ready, solution, incentive=Incentive.BUSINESS_PREMIUM)
        assert do(operations, actions.withdraw_readiness, solution, note="Over.").incentive == ""

    def test_ends_when_it_is_retired_and_begins_anew_as_a_draft(self, cast: Cast, admin: Membership) -> None:
        solution = make_solution(cast.site)
        assert do(admin, actions.retire_solution, solution).readiness == Readiness.NOT_READY
        assert do(admin, actions.bring_back, solution).status == SolutionStatus.DRAFT

    def test_is_closed_to_a_referrals_user_and_to_the_deal_desk(self, cast: Cast, admin: Membership) -> None:
        solution = asked(admin)
        with pytest.raises(PrivilegeMissing):
            do(give_role(cast.newcomer, Role.REFERRALS_USER), actions.take_back, solution)
        with pytest.raises(PrivilegeMissing):
            do(cast.deal_desk, actions.make_ready, solution)
        with pytest.raises(PrivilegeMissing):
            do(admin, actions.make_ready, solution)

    def test_tells_who_was_slower(self, admin: Membership, operations: User) -> None:
        solution = asked(admin)
        do(admin, actions.edit_solution, solution, SolutionContent(**{**vars_of(CONTENT), "name": "Loom"}))
        with pytest.raises(actions.SolutionChanged):
            do(operations, actions.make_ready, solution, version=solution.version)

    def test_promises_an_answer(self) -> None:
        now = timezone.now()
        assert actions.answer_by(now) == now + timedelta(days=5)


def vars_of(content: SolutionContent) -> dict[str, Any]:
    return {name: getattr(content, name) for name in content.__slots__}


class TestWhatTheDatabaseHoldsTo:
    def test_a_partner_makes_nothing_ready(self, cast: Cast, admin: Membership) -> None:
        solution = asked(admin)
        with tenancy.scope(actor(admin)), pytest.raises(IntegrityError, match="the vendor gives it"):
            Solution.objects.filter(id=solution.id).update(readiness=Readiness.READY)

    def test_a_partner_names_no_incentive(self, cast: Cast, admin: Membership) -> None:
        solution = make_solution(cast.site)
        with tenancy.scope(actor(admin)), pytest.raises(DatabaseError, match="permission denied"):
            Solution.objects.filter(id=solution.id).update(incentive=Incentive.CLOUD_IP)

    def test_a_partner_begins_with_a_draft(self, cast: Cast, admin: Membership) -> None:
        with tenancy.scope(actor(admin)), pytest.raises(DatabaseError, match="row-level security"):
            Solution.objects.create(
                site=cast.site, site_name="Nile", name="Loom", kind="software", status="published",
                published_at=timezone.now(), created_at=timezone.now(),
            )  # fmt: skip
        with tenancy.scope(actor(admin)), pytest.raises(DatabaseError, match="for which incentive"):
            Solution.objects.create(
                site=cast.site, site_name="Nile", name="Loom", kind="software", incentive=Incentive.CLOUD_IP,
                created_at=timezone.now(),
            )  # fmt: skip

    def test_what_is_ready_stays_what_it_was(self, cast: Cast, admin: Membership) -> None:
        solution = make_solution(cast.site)
        with tenancy.scope(actor(admin)), pytest.raises(IntegrityError, match="looked at again"):
            Solution.objects.filter(id=solution.id).update(description="Something else.")

    def test_nobody_goes_where_no_rule_leads(self, cast: Cast) -> None:
        solution = make_solution(cast.site, readiness=Readiness.NOT_READY, ready_at=None)
        with tenancy.as_system(), pytest.raises(IntegrityError, match="by no rule"):
            Solution.objects.filter(id=solution.id).update(readiness=Readiness.READY)

    def test_staff_see_no_drafts(self, admin: Membership, operations: User) -> None:
        do(admin, actions.write_solution, CONTENT)
        with tenancy.scope(actor(operations)):
            assert not Solution.objects.exists()


class TestThePages:
    def test_lead_from_a_draft_to_ready(self, admin: Membership, operations: User) -> None:
        browser, desk = signed_in(admin), signed_in(operations)
        assert browser.post("/cosell/solutions/add/", vars_of(CONTENT)).status_code == 302
        with tenancy.as_system():
            solution = Solution.objects.get()
        path = f"/cosell/solutions/{solution.public_id}/"
        assert browser.post(f"{path}publish/", {"version": 1}).status_code == 302
        assert browser.post(f"{path}ask/", {"version": 2}).status_code == 302
        assert "The vendor promises an answer by" in browser.get(path).content.decode()
        assert "Loom Planner" in desk.get("/cosell/solutions/").content.decode()
        assert desk.post(f"{path}make-ready/", {"version": 3, "incentive": "cloud_ip"}).status_code == 302
        assert "Cloud IP co-sell" in browser.get(path).content.decode()

    def test_say_what_stands_against_it(self, cast: Cast, admin: Membership) -> None:
        solution = make_solution(
            cast.site, status=SolutionStatus.DRAFT, readiness=Readiness.NOT_READY, published_at=None
        )
        answer = signed_in(admin).post(f"/cosell/solutions/{solution.public_id}/ask/", {"version": 1})
        assert answer.status_code == 409
        assert "It is a draft. Publish it first." in answer.content.decode()

    def test_bring_back_what_was_typed_when_somebody_was_quicker(self, cast: Cast, admin: Membership) -> None:
        solution = make_solution(cast.site, version=4)
        form = vars_of(CONTENT) | {"version": 3}
        answer = signed_in(admin).post(f"/cosell/solutions/{solution.public_id}/edit/", form)
        assert answer.status_code == 409
        assert "Loom Planner" in answer.content.decode()
        assert 'value="4"' in answer.content.decode()

    def test_keep_what_was_typed_where_it_cannot_be(self, admin: Membership) -> None:
        """Something would be missing that the vendor looks at; or a colleague has retired it meanwhile."""
        browser, solution = signed_in(admin), asked(admin)
        path = f"/cosell/solutions/{solution.public_id}/edit/"
        lacking = vars_of(CONTENT) | {"customer_value": "", "contact_name": "Karim Mansour"}
        answer = browser.post(path, lacking | {"version": solution.version})
        assert answer.status_code == 409
        assert "Say what customers gain from it." in answer.content.decode()
        assert 'value="Karim Mansour"' in answer.content.decode()
        complete = vars_of(CONTENT) | {"contact_name": "Karim Mansour", "version": solution.version}
        assert browser.post(path, complete).status_code == 302

    def test_begin_with_the_incentive_that_it_had_and_keep_what_staff_chose(
        self, admin: Membership, operations: User
    ) -> None:
        solution = asked(admin)
        do(operations, actions.make_ready, solution, incentive=Incentive.BUSINESS_STANDARD)
        again = do(admin, actions.edit_solution, solution, replace(CONTENT, name="Loom"))
        desk, path = signed_in(operations), f"/cosell/solutions/{solution.public_id}/"
        assert 'value="business_standard" selected' in desk.get(path).content.decode()
        late = {"version": again.version - 1, "incentive": "cloud_ip"}
        answer = desk.post(f"{path}make-ready/", late)
        assert answer.status_code == 409
        assert 'value="cloud_ip" selected' in answer.content.decode()

    def test_ask_for_a_note_when_it_is_sent_back(self, admin: Membership, operations: User) -> None:
        solution = asked(admin)
        path = f"/cosell/solutions/{solution.public_id}/send-back/"
        assert signed_in(operations).post(path, {"version": solution.version}).status_code == 422

    def test_are_not_for_strangers(self, cast: Cast) -> None:
        solution = make_solution(cast.site)
        rival = give_role(cast.rival, Role.REFERRALS_ADMIN)
        assert signed_in(rival).get(f"/cosell/solutions/{solution.public_id}/").status_code == 404


class TestTheApi:
    def test_does_the_same(self, admin: Membership, operations: User) -> None:
        program, desk = caller(admin), caller(operations)
        made = program.send("post", "/api/v1/solutions/", vars_of(CONTENT))
        assert made.status_code == 201, made.content
        path = f"/api/v1/solutions/{made.json()['id']}/"
        assert program.send("post", f"{path}publish/").status_code == 200
        assert program.send("post", f"{path}ask/").json()["readiness"] == "asked"
        assert desk.send("post", f"{path}make_ready/", {"incentive": "cloud_ip"}).status_code == 200
        shown = program.get(path)
        assert all(step["done"] for step in shown.json()["checklist"])
        changed = program.send("patch", path, {"name": "Loom"}, If_Match=shown.headers["ETag"])
        assert (changed.status_code, changed.json()["readiness"]) == (200, "asked")

    def test_refuses_what_is_not_possible_with_its_reason(self, cast: Cast, admin: Membership) -> None:
        solution = make_solution(cast.site)
        answer = caller(admin).send("post", f"/api/v1/solutions/{solution.public_id}/ask/")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_possible")

    def test_lets_no_partner_make_one_ready(self, cast: Cast, admin: Membership) -> None:
        solution = make_solution(cast.site)
        answer = caller(admin).send("post", f"/api/v1/solutions/{solution.public_id}/make_ready/", {})
        assert answer.status_code == 403
