"""Changing an approved deal: what keeps the approval, what has to be approved again, and who is told."""

from __future__ import annotations

import html
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import CustomerContact
from deals import actions
from deals.changes import in_words
from deals.models import Deal, DealEvent, DealProduct, Opportunity
from deals.states import Status
from identity import tenancy
from identity.models import AuditEvent
from notifications.models import Notice
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import complete, do, make_customer, make_deal, make_draft, make_part

pytestmark = pytest.mark.django_db


def stored(deal: Deal) -> Deal:
    with tenancy.as_system():
        return Deal.objects.get(id=deal.id)


def amend(cast: Cast, deal: Deal, *, now: datetime | None = None, **changes: Any) -> Deal:
    with tenancy.scope(actor(cast.sales)):
        agreed, version = changes.pop("approve_again", True), changes.pop("version", None)
        return actions.amend_deal(
            deal,
            changes=changes,
            approve_again=agreed,
            version=version,
            by=actor(cast.sales),
            now=now or timezone.now(),
        )


def told(kind: str) -> list[int]:
    with tenancy.as_system():
        notices = list(Notice.objects.filter(kind=kind))
    return [audience.get("site_id") or 0 for notice in notices for audience in notice.audiences]


def last_event(deal: Deal) -> DealEvent:
    with tenancy.as_system():
        found = DealEvent.objects.filter(deal=deal).order_by("-id").first()
    assert found is not None
    return found


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def page(who: Any, deal: Deal) -> str:
    return text_of(signed_in(who).get(f"/deals/{deal.public_id}/"))


def products_of(deal: Deal) -> list[tuple[str, int]]:
    with tenancy.as_system():
        found = DealProduct.objects.filter(deal=deal).order_by("position")
        return [(product.part_number, product.quantity) for product in found]


class TestDetails:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", "Edge renewal, both sites"),
            ("stage", "negotiated"),
            ("close_on", date(2031, 5, 1)),
            ("competitors", "Somebody else"),
            ("next_steps", "Contract is with their lawyers"),
            ("contact_name", "Omar Nassar"),
            ("contact_email", "omar@oasis.example"),
            ("contact_phone", "+20 2 1234567"),
            ("engineer_name", "Ziad Engineer"),
            ("engineer_email", "ziad@nile.example"),
        ],
    )
    def test_are_brought_up_to_date_and_the_deal_stays_approved(
        self, cast: Cast, field: str, value: Any
    ) -> None:
        deal = make_deal(cast, Status.APPROVED)
        amend(cast, deal, approve_again=False, **{field: value})
        after = stored(deal)
        assert getattr(after, field) == value
        assert (after.status, after.number, after.expires_at) == (
            Status.APPROVED,
            deal.number,
            deal.expires_at,
        )
        assert last_event(deal).kind == "changed"
        assert told("deal.updated") == [cast.distributor_site.id]

    def test_include_who_answers_for_the_deal(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        amend(cast, deal, owner=cast.secondary)
        assert stored(deal).owner_name == "Samir Aziz"
        with pytest.raises(actions.ColleagueUnknown):
            amend(cast, deal, owner=cast.rival)

    def test_of_a_new_contact_are_remembered_for_the_site(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        amend(cast, deal, contact_name="Omar Nassar", contact_email="omar@oasis.example")
        with tenancy.scope(actor(cast.sales)):
            assert CustomerContact.objects.filter(name="Omar Nassar").exists()

    def test_that_are_as_they_were_change_nothing(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        amend(cast, deal, name=deal.name, value=deal.value, distributor=cast.distributor_site)
        assert stored(deal).version == deal.version
        assert last_event(deal).kind == "approved"

    def test_stay_complete(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        with pytest.raises(actions.DealIncomplete):
            amend(cast, deal, contact_email="", contact_phone="")
        with pytest.raises(actions.DealIncomplete):
            amend(cast, deal, close_on=date(2020, 1, 1))
        assert stored(deal).version == deal.version

    def test_on_the_timeline_say_nothing_that_the_distributor_is_not_shown(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        amend(cast, deal, competitors="Secret rival", stage="proposed")
        words = in_words(last_event(deal).text)
        assert "Secret rival" not in last_event(deal).text
        assert "Competitors: changed" in words
        assert "Stage: Qualified → Proposed" in words


class TestWhatTheApprovalIsAbout:
    @pytest.mark.parametrize(
        "changes",
        [{"value": 99_000_00}, {"value": 9_000_00, "currency": "EUR"}, {"deal_type": "competitive"}],
    )
    def test_goes_to_the_desk_again(self, cast: Cast, changes: dict[str, Any]) -> None:
        deal = make_deal(cast, Status.APPROVED)
        amend(cast, deal, **changes)
        after = stored(deal)
        assert {name: getattr(after, name) for name in changes} == changes
        assert (after.status, after.number) == (Status.SUBMITTED, deal.number)
        assert after.decision_due_at is not None
        assert after.remind_at is None
        assert last_event(deal).kind == "amended"
        assert 0 in told("deal.amended")  # the desk

    def test_includes_the_products(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        first, second = make_part("D0ABCLL"), make_part("D0XYZLL")
        amend(cast, deal, products=[(first, 12), (second, 3)])
        assert products_of(deal) == [("D0ABCLL", 12), ("D0XYZLL", 3)]
        assert stored(deal).product_summary == "D0ABCLL, D0XYZLL"
        words = in_words(last_event(deal).text)
        assert words == "Products: D0ABCLL × 10 → D0ABCLL × 12, D0XYZLL × 3"

    def test_of_a_change_of_quantity_alone_too(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        amend(cast, deal, products=[(make_part("D0ABCLL"), 11)])
        assert (stored(deal).status, products_of(deal)) == (Status.SUBMITTED, [("D0ABCLL", 11)])

    def test_has_at_most_three_products_and_at_least_one(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        with pytest.raises(actions.TooManyProducts):
            amend(cast, deal, products=[(make_part(), 1) for _ in range(4)])
        with pytest.raises(actions.DealIncomplete):
            amend(cast, deal, products=[])
        assert stored(deal).status == Status.APPROVED

    def test_is_not_changed_without_agreeing_to_the_consequence(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        with pytest.raises(actions.ApprovalRests) as rests:
            amend(cast, deal, approve_again=False, value=1_00, name="Other")
        assert [change.field for change in rests.value.changes] == ["value"]
        assert stored(deal).name == deal.name

    def test_is_approved_again_with_its_number_and_the_time_that_it_took(self, cast: Cast) -> None:
        began = datetime(2026, 3, 2, 10, tzinfo=UTC)
        deal = make_deal(cast, Status.APPROVED, now=began, close_on="2027-01-01")
        waits = began + timedelta(days=10)
        amend(cast, deal, value=200_000_00, now=waits)
        do("approve", deal, partner=cast.sales, staff=cast.deal_desk, now=waits + timedelta(days=3))
        after = stored(deal)
        assert deal.expires_at is not None
        assert (after.status, after.number) == (Status.APPROVED, deal.number)
        assert after.expires_at == deal.expires_at + timedelta(days=3)
        assert after.approved_at == began
        assert after.discount_bp is not None

    def test_gets_the_discount_of_its_new_type(self, cast: Cast) -> None:
        deal = stored(make_deal(cast, Status.APPROVED))
        amend(cast, deal, deal_type="competitive")
        do("approve", deal, partner=cast.sales, staff=cast.deal_desk)
        assert (deal.discount_bp, stored(deal).discount_bp) == (500, 800)

    @pytest.mark.parametrize(
        ("move", "status"), [("reject", Status.REJECTED), ("withdraw", Status.WITHDRAWN)]
    )
    def test_ends_with_a_rejection_or_a_withdrawal(self, cast: Cast, move: str, status: str) -> None:
        deal = make_deal(cast, Status.APPROVED)
        amend(cast, deal, value=1_00)
        do(move, deal, partner=cast.sales, staff=cast.deal_desk)
        assert (stored(deal).status, stored(deal).number) == (status, deal.number)

    def test_cannot_change_while_an_extension_waits(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED, now=timezone.now() - timedelta(days=70))
        with tenancy.scope(actor(cast.sales)):
            actions.ask_extension(deal, text="June", by=actor(cast.sales), now=timezone.now())
        with pytest.raises(actions.NotNow):
            amend(cast, deal, value=1_00)
        amend(cast, deal, stage="negotiated")
        after = stored(deal)
        assert (after.stage, after.status) == ("negotiated", Status.APPROVED)
        assert after.extension_asked_at is not None

    def test_cannot_change_once_the_time_is_over(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED, now=timezone.now() - timedelta(days=100))
        with pytest.raises(actions.NotNow):
            amend(cast, deal, stage="negotiated")

    @pytest.mark.parametrize("status", [s for s in Status if s != Status.APPROVED])
    def test_changes_in_no_other_state(self, cast: Cast, status: str) -> None:
        deal = make_deal(cast, status)
        with pytest.raises(actions.DealNotOpen):
            amend(cast, deal, value=1_00)


class TestTheDistributor:
    def test_that_is_no_longer_named_loses_sight_and_is_told_as_is_the_new_one(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        address = f"/deals/{deal.public_id}/"
        assert signed_in(cast.distributor).get(address).status_code == 200
        amend(cast, deal, distributor=cast.other_distributor_site)
        assert signed_in(cast.distributor).get(address).status_code == 404
        assert signed_in(cast.other_distributor).get(address).status_code == 200
        assert told("deal.taken_off") == [cast.distributor_site.id]
        assert told("deal.names_you")[-1] == cast.other_distributor_site.id
        assert told("deal.amended") == [0]

    def test_that_is_new_is_not_told_whom_it_replaces(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        amend(cast, deal, distributor=cast.other_distributor_site)
        assert "Delta" not in last_event(deal).text
        assert "Lagoon Distribution" in in_words(last_event(deal).text)
        shown = page(cast.other_distributor, deal)
        assert "Lagoon Distribution" in shown
        assert "Delta" not in shown

    def test_that_stays_is_told_of_the_change(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        amend(cast, deal, value=1_00)
        assert sorted(told("deal.amended")) == [0, cast.distributor_site.id]
        assert told("deal.taken_off") == []

    def test_can_be_left_out(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        amend(cast, deal, distributor=None)
        assert stored(deal).distributor_id is None
        assert signed_in(cast.distributor).get(f"/deals/{deal.public_id}/").status_code == 404

    def test_is_told_too_when_a_returned_deal_names_another(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.RETURNED)
        with tenancy.scope(actor(cast.sales)):
            changes = {"distributor": cast.other_distributor_site}
            actions.save_draft(deal, changes=changes, by=actor(cast.sales), now=timezone.now())
        assert told("deal.taken_off") == [cast.distributor_site.id]

    def test_is_told_nothing_of_a_draft(self, cast: Cast) -> None:
        deal = make_draft(cast.sales, distributor=cast.distributor_site)
        with tenancy.scope(actor(cast.sales)):
            actions.save_draft(deal, changes={"distributor": None}, by=actor(cast.sales), now=timezone.now())
        assert told("deal.taken_off") == []


class TestTheCustomer:
    def returned_again(self, cast: Cast) -> Deal:
        deal = make_deal(cast, Status.APPROVED)
        amend(cast, deal, value=1_00)
        return do("return", deal, partner=cast.sales, staff=cast.deal_desk)

    def test_of_an_approved_deal_never_changes(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        with pytest.raises(actions.NotNow):
            amend(cast, deal, customer=make_customer("Others"))
        with pytest.raises(actions.NotNow):
            amend(cast, deal, customer_name="Others")

    def test_stays_when_the_deal_is_returned_after_that(self, cast: Cast) -> None:
        deal, other = self.returned_again(cast), make_customer("Others")
        with tenancy.scope(actor(cast.sales)):
            by, now = actor(cast.sales), timezone.now()
            with pytest.raises(actions.NotNow):
                actions.save_draft(deal, changes={"customer": other}, by=by, now=now)
            actions.save_draft(deal, changes={"name": "Another name"}, by=by, now=now)
        assert (stored(deal).customer_id, stored(deal).name) == (deal.customer_id, "Another name")

    def test_may_change_while_a_deal_without_a_number_is_returned(self, cast: Cast) -> None:
        deal, other = make_deal(cast, Status.RETURNED), make_customer("Others")
        with tenancy.scope(actor(cast.sales)):
            actions.save_draft(deal, changes={"customer": other}, by=actor(cast.sales), now=timezone.now())
        assert stored(deal).customer_id == other.id

    def test_is_shown_with_the_reason_in_its_step(self, cast: Cast) -> None:
        deal = self.returned_again(cast)
        browser, address = signed_in(cast.sales), f"/deals/{deal.public_id}/edit/customer/"
        shown = text_of(browser.get(address))
        assert "The number was given for this customer" in shown
        assert 'name="customer_name"' not in shown
        answer = browser.post(address, {"customer_name": "Others", "customer_country": "EG", "go": "next"})
        assert answer["Location"] == f"/deals/{deal.public_id}/edit/contact/"
        assert stored(deal).customer_name == deal.customer_name
        assert do("submit", deal, partner=cast.sales, staff=cast.deal_desk).status == Status.SUBMITTED

    def test_is_kept_by_the_api_too(self, cast: Cast) -> None:
        deal = self.returned_again(cast)
        answer = caller(cast.sales).send(
            "patch",
            f"/api/v1/deals/{deal.public_id}/",
            {"customer": {"name": "Others", "country": "EG"}},
            If_Match=f'"{stored(deal).version}"',
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "not_now")


def typed(deal: Deal, **changes: str) -> dict[str, str]:
    """What the page sends when nothing but `changes` was touched."""
    with tenancy.as_system():
        owner, distributor = deal.owner.public_id, deal.distributor.public_id if deal.distributor else ""
        products = list(DealProduct.objects.filter(deal=deal).order_by("position"))
    rows = {f"part_{product.position}": product.part_number for product in products}
    rows |= {f"quantity_{product.position}": str(product.quantity) for product in products}
    assert deal.close_on is not None
    return {
        "version": str(deal.version),
        "name": deal.name,
        "value": str((deal.value or 0) // 100),
        "currency": deal.currency,
        "deal_type": deal.deal_type,
        "close_on": deal.close_on.isoformat(),
        "stage": deal.stage,
        "owner": owner,
        "distributor": distributor,
        "next_steps": deal.next_steps,
        "contact_name": deal.contact_name,
        "contact_email": deal.contact_email,
        **rows,
        **changes,
    }


class TestThePage:
    def send(self, cast: Cast, deal: Deal, **changes: str) -> Any:
        return signed_in(cast.sales).post(f"/deals/{deal.public_id}/amend/", typed(stored(deal), **changes))

    def test_says_beforehand_what_leads_to_what(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        shown = text_of(signed_in(cast.sales).get(f"/deals/{deal.public_id}/amend/"))
        assert "A change here takes the approval back" in shown
        assert "For another customer, register another deal" in shown
        assert f"/deals/{deal.public_id}/amend/" in page(cast.sales, deal)

    def test_sent_as_it_was_changes_nothing(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        assert self.send(cast, deal).status_code == 302
        assert stored(deal).version == deal.version

    def test_keeps_the_approval_for_details(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        assert self.send(cast, deal, stage="negotiated").status_code == 302
        assert (stored(deal).stage, stored(deal).status) == ("negotiated", Status.APPROVED)

    def test_asks_to_confirm_a_change_that_rests_the_approval(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        answer = self.send(cast, deal, value="99000")
        assert answer.status_code == 422
        assert "Changed: Value. Tick the box" in text_of(answer)
        assert 'value="99000"' in text_of(answer)
        assert stored(deal).status == Status.APPROVED
        assert self.send(cast, deal, value="99000", approve_again="on").status_code == 302
        assert (stored(deal).value, stored(deal).status) == (99_000_00, Status.SUBMITTED)

    def test_keeps_what_was_typed_when_somebody_was_faster(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        form = typed(stored(deal), stage="negotiated")
        amend(cast, deal, name="Renamed meanwhile")
        answer = signed_in(cast.sales).post(f"/deals/{deal.public_id}/amend/", form)
        assert answer.status_code == 409
        assert "This deal was changed meanwhile." in text_of(answer)
        assert '<option value="negotiated" selected>' in text_of(answer)
        assert f'name="version" value="{stored(deal).version}"' in text_of(answer)
        assert stored(deal).stage == "qualified"

    def test_shows_what_is_wrong_at_its_field(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        answer = self.send(cast, deal, part_1="NOTSOLD", close_on="2020-01-01", name="")
        assert answer.status_code == 422
        for words in ("This part number is not sold.", "is in the past", "Give the deal a name."):
            assert words in text_of(answer)

    def test_keeps_a_part_that_is_no_longer_sold(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        retire("D0ABCLL")
        assert self.send(cast, deal, stage="proposed").status_code == 302
        assert (stored(deal).stage, stored(deal).status) == ("proposed", Status.APPROVED)

    @pytest.mark.parametrize("status", [Status.SUBMITTED, Status.RETURNED, Status.WON])
    def test_says_why_not_in_other_states(self, cast: Cast, status: str) -> None:
        deal = make_deal(cast, status)
        assert self.send(cast, deal).status_code == 409
        assert "This could not be done" in text_of(
            signed_in(cast.sales).get(f"/deals/{deal.public_id}/amend/")
        )

    def test_is_the_partners_alone(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        address = f"/deals/{deal.public_id}/amend/"
        answers = {
            person: signed_in(getattr(cast, person)).get(address).status_code
            for person in ("sales", "primary", "newcomer", "rival", "distributor", "deal_desk")
        }
        assert answers == {
            "sales": 200, "primary": 200, "newcomer": 403, "rival": 404, "distributor": 403, "deal_desk": 403,
        }  # fmt: skip

    def test_of_the_deal_says_what_changed_and_that_the_approval_rests(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        amend(cast, deal, value=99_000_00)
        for person in (cast.sales, cast.deal_desk, cast.distributor):
            shown = page(person, deal)
            assert "which rests until it is approved again" in shown
            assert "99,000.00" in shown
        assert "or you withdraw the deal, the registration ends" in page(cast.sales, deal)
        assert "Reject it, and the registration ends" in page(cast.deal_desk, deal)


class TestTheApi:
    def test_changes_details(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        answer = caller(cast.sales).send(
            "post", f"/api/v1/deals/{deal.public_id}/amend/", {"stage": "proposed"}
        )
        assert (answer.status_code, answer.json()["stage"], answer.json()["status"]) == (
            200, "proposed", "approved",
        )  # fmt: skip

    def test_wants_agreement_for_what_is_approved_again(self, cast: Cast) -> None:
        deal, address = make_deal(cast, Status.APPROVED), ""
        address = f"/api/v1/deals/{deal.public_id}/amend/"
        answer = caller(cast.sales).send("post", address, {"value": "99000", "deal_type": "competitive"})
        assert (answer.status_code, answer.json()["code"]) == (409, "approve_again")
        assert answer.json()["details"] == {"fields": ["value", "deal_type"]}
        answer = caller(cast.sales).send("post", address, {"value": "99000", "approve_again": True})
        assert (answer.status_code, answer.json()["status"]) == (200, "submitted")
        events = caller(cast.sales).send("get", f"/api/v1/deals/{deal.public_id}/events/").json()
        assert events[0]["kind"] == "amended"
        assert "99,000.00" in events[0]["text"]

    def test_refuses_a_customer_and_a_stale_tag(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.APPROVED)
        key, address = caller(cast.sales), f"/api/v1/deals/{deal.public_id}/amend/"
        assert key.send("post", address, {"customer": {"id": "x"}}).status_code == 400
        assert key.send("post", address, {"stage": "proposed"}, If_Match='"1"').status_code == 412

    @pytest.mark.parametrize(("number", "answered"), [("D0ABCLL", 200), ("D0ABDLL", 400)])
    def test_keeps_a_part_that_is_no_longer_sold_and_takes_no_other(
        self, cast: Cast, number: str, answered: int
    ) -> None:
        deal = make_deal(cast, Status.APPROVED)
        for other in ("D0ABCLL", "D0ABDLL"):
            retire(other)
        change = {"products": [{"part_number": number, "quantity": 7}], "approve_again": True}
        answer = caller(cast.sales).send("post", f"/api/v1/deals/{deal.public_id}/amend/", change)
        assert answer.status_code == answered

    def test_keeps_it_in_a_deal_that_was_returned(self, cast: Cast) -> None:
        deal = make_deal(cast, Status.RETURNED)
        retire("D0ABCLL")
        answer = caller(cast.sales).send(
            "patch",
            f"/api/v1/deals/{deal.public_id}/",
            {"products": [{"part_number": "D0ABCLL", "quantity": 7}]},
            If_Match=f'"{stored(deal).version}"',
        )
        assert answer.status_code == 200


def retire(number: str) -> None:
    """The vendor sells it no longer."""
    with tenancy.as_system():
        part = make_part(number)
        part.is_active = False
        part.save()


class TestAClosedOpportunity:
    def test_is_opened_again_by_the_deal_that_came_of_it(self, cast: Cast) -> None:
        by, now = actor(cast.sales), timezone.now()
        with tenancy.scope(by):
            chance = actions.note_opportunity(name="Chance", by=by, now=now)
            draft = actions.begin_deal(opportunity=chance, by=by, now=now)
            actions.close_opportunity(chance, by=by, now=now)
            draft = actions.save_draft(draft, changes=complete(), by=by, now=now)
            actions.submit_deal(draft, by=by, now=now)
        with tenancy.as_system():
            assert Opportunity.objects.get(id=chance.id).status == "registered"
            assert AuditEvent.objects.filter(event="opportunity.reopened").count() == 1
