"""Registering a deal on the pages: nothing typed is lost, and every mistake is answered clearly."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deals import actions
from deals.models import Deal, DealProduct, Opportunity
from deals.states import Status
from identity import tenancy
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_customer, make_deal, make_draft, make_part

pytestmark = pytest.mark.django_db


def stored(deal: Deal) -> Deal:
    with tenancy.as_system():
        return Deal.objects.get(id=deal.id)


def send(browser: Any, deal: Deal, step: str, **data: Any) -> Any:
    data.setdefault("version", stored(deal).version)
    return browser.post(f"/deals/{deal.public_id}/edit/{step}/", data)


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def in_days(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).date().isoformat()


@pytest.fixture
def draft(cast: Cast) -> Deal:
    return make_draft(cast.sales, empty=True)


@pytest.fixture
def browser(cast: Cast) -> Any:
    return signed_in(cast.sales)


class TestBeginning:
    def test_without_an_opportunity_starts_an_empty_draft(self, cast: Cast, browser: Any) -> None:
        answer = browser.post("/deals/register/", {"is_there_one": "no"})
        with tenancy.as_system():
            deal = Deal.objects.get()
        assert answer["Location"] == f"/deals/{deal.public_id}/edit/customer/"
        assert (deal.status, deal.site_id, deal.owner_id) == (Status.DRAFT, cast.site.id, cast.sales.id)
        assert deal.currency == "EGP"  # what the site's country reckons in

    def test_from_an_opportunity_takes_over_what_is_known(self, cast: Cast, browser: Any) -> None:
        with tenancy.scope(actor(cast.primary)):
            known = actions.note_opportunity(
                name="New branches", customer_name="Oasis", by=actor(cast.primary), now=timezone.now()
            )
        browser.post("/deals/register/", {"is_there_one": "yes", "opportunity": known.public_id})
        with tenancy.as_system():
            deal = Deal.objects.get()
        assert (deal.name, deal.customer_name, deal.opportunity_id) == ("New branches", "Oasis", known.id)

    def test_without_an_answer_says_so(self, browser: Any) -> None:
        answer = browser.post("/deals/register/", {})
        assert answer.status_code == 422
        assert "Choose one of the two." in text_of(answer)

    def test_a_rivals_opportunity_cannot_be_chosen(self, cast: Cast, browser: Any) -> None:
        with tenancy.scope(actor(cast.rival)):
            theirs = actions.note_opportunity(name="x", by=actor(cast.rival), now=timezone.now())
        answer = browser.post("/deals/register/", {"is_there_one": "yes", "opportunity": theirs.public_id})
        assert answer.status_code == 422
        with tenancy.as_system():
            assert not Deal.objects.exists()

    def test_sent_twice_starts_one_draft(self, browser: Any) -> None:
        for _ in range(2):
            browser.post("/deals/register/", {"is_there_one": "no", "form_token": "one"})
        with tenancy.as_system():
            assert Deal.objects.count() == 1

    def test_is_not_for_a_distributor_who_is_told_why(self, cast: Cast) -> None:
        answer = signed_in(cast.distributor).get("/deals/register/")
        assert answer.status_code == 403
        assert "the reseller registers the deal" in text_of(answer)

    def test_is_not_for_whoever_lacks_the_tool(self, cast: Cast) -> None:
        answer = signed_in(cast.newcomer).get("/deals/register/")
        assert answer.status_code == 403
        assert "has not been granted to you" in text_of(answer)


class TestTheCustomer:
    def test_known_to_the_directory_brings_its_details(self, browser: Any, draft: Deal) -> None:
        known = make_customer("Łąka Sp. z o.o.", country="PL", tax_id="PL1", web_domain="laka.example")
        answer = send(browser, draft, "customer", customer=known.public_id, customer_name="laka")
        assert answer.status_code == 302
        deal = stored(draft)
        assert (deal.customer_id, deal.customer_name, deal.customer_tax_id) == (known.id, known.name, "PL1")

    def test_typed_anew_is_offered_the_one_it_may_be(self, browser: Any, draft: Deal) -> None:
        known = make_customer("Łąka Sp. z o.o.", country="PL")
        typed = {"customer_name": "LAKA", "customer_country": "PL"}
        answer = send(browser, draft, "customer", **typed)
        assert answer.status_code == 422
        assert f'value="{known.public_id}"' in text_of(answer)
        insisted = send(browser, draft, "customer", known="new", **typed)
        assert insisted["Location"].endswith("/edit/contact/")
        assert stored(draft).customer_id is None

    def test_is_the_one_chosen_of_those_it_may_be(self, browser: Any, draft: Deal) -> None:
        known = make_customer("Łąka Foods", country="PL")
        send(browser, draft, "customer", known=known.public_id, customer_name="laka", customer_country="PL")
        assert stored(draft).customer_id == known.id

    @pytest.mark.parametrize(
        "typed", [{"customer_name": "Another"}, {"customer_country": "IT"}, {"customer_tax_id": "PL2"}]
    )
    def test_written_on_after_choosing_is_another_one(
        self, browser: Any, draft: Deal, typed: dict[str, str]
    ) -> None:
        known = make_customer("Łąka", country="PL", tax_id="PL1")
        sent = {"customer": known.public_id, "customer_name": "Łąka", "customer_country": "PL"}
        send(browser, draft, "customer", **(sent | typed))
        assert stored(draft).customer_id is None

    def test_keeps_what_the_directory_does_not_know(self, browser: Any, draft: Deal) -> None:
        known = make_customer("Łąka", country="PL")
        send(
            browser, draft, "customer", customer=known.public_id, customer_name="Łąka", customer_tax_id="PL 7"
        )
        assert (stored(draft).customer_id, stored(draft).customer_tax_id) == (known.id, "PL 7")

    def test_is_kept_out_of_the_directory_until_the_deal_is_submitted(self, cast: Cast, browser: Any) -> None:
        deal = make_draft(cast.sales, customer_name="Half typed", customer_country="EG")
        found = signed_in(cast.rival).get("/customers/suggest/?q=half typed")
        assert found.json() == []
        with tenancy.scope(actor(cast.sales)):
            actions.submit_deal(deal, by=actor(cast.sales), now=timezone.now())
        found = signed_in(cast.rival).get("/customers/suggest/?q=half typed")
        assert [customer["label"] for customer in found.json()] == ["Half typed"]

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            ({"customer_name": "", "customer_country": "EG"}, "Say who the customer is."),
            ({"customer_name": "!!!", "customer_country": "EG"}, "at least one letter or digit"),
            ({"customer_name": "x" * 201, "customer_country": "EG"}, "at most 200 characters"),
            ({"customer_name": "Oasis", "customer_country": "XX"}, "XX is not one of the available choices"),
            (
                {"customer_name": "Oasis", "customer_country": "EG", "customer_domain": "no dot"},
                "not a web domain",
            ),
            ({"customer": "nobody"}, "not in the directory"),
            ({"customer": "x" * 500}, "at most 12 characters"),
        ],
    )
    def test_is_checked(self, browser: Any, draft: Deal, typed: dict[str, str], message: str) -> None:
        answer = send(browser, draft, "customer", **typed)
        assert answer.status_code == 422
        assert message in text_of(answer)


class TestTheContact:
    def test_needs_one_way_to_be_reached(self, browser: Any, draft: Deal) -> None:
        assert send(browser, draft, "contact", contact_name="Laila").status_code == 422
        assert (
            send(browser, draft, "contact", contact_name="Laila", contact_phone="+20 2 1234").status_code
            == 302
        )

    def test_is_suggested_to_the_site_that_entered_it_and_to_nobody_else(self, cast: Cast) -> None:
        deal = make_deal(cast, customer=make_customer("Oasis"))
        with tenancy.as_system():
            address = f"/customers/{stored(deal).customer.public_id}/contacts/suggest/?q=lai"
        assert [found["label"] for found in signed_in(cast.sales).get(address).json()] == ["Laila Nassar"]
        for person in (cast.rival, cast.distributor):
            assert signed_in(person).get(address).json() == []


class TestTheProducts:
    def test_are_kept_in_their_order(self, browser: Any, draft: Deal) -> None:
        for number in ("D0AAALL", "D0BBBLL"):
            make_part(number)
        send(browser, draft, "products", part_1="d0bbbll", quantity_1="7", part_2="D0AAALL", quantity_2="")
        with tenancy.as_system():
            kept = list(DealProduct.objects.order_by("position").values_list("part_number", "quantity"))
        assert kept == [("D0BBBLL", 7), ("D0AAALL", 1)]
        assert stored(draft).product_summary == "D0BBBLL, D0AAALL"

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            ({}, "Choose at least one product."),
            ({"part_1": "NOTHING"}, "This part number is not sold."),
            ({"part_1": "D0AAALL", "part_2": "d0aaall"}, "in the list already"),
            ({"part_1": "D0AAALL", "quantity_1": "0"}, "greater than or equal to 1"),
            ({"part_1": "D0AAALL", "quantity_1": "-3"}, "greater than or equal to 1"),
            ({"part_1": "D0AAALL", "quantity_1": "many"}, "Enter a whole number."),
            ({"part_1": "D0AAALL", "quantity_1": "9" * 400}, "less than or equal to"),
        ],
    )
    def test_are_checked(self, browser: Any, draft: Deal, typed: dict[str, str], message: str) -> None:
        make_part("D0AAALL")
        answer = send(browser, draft, "products", **typed)
        assert answer.status_code == 422
        assert message in text_of(answer)

    def test_a_fourth_one_is_not_taken(self, browser: Any, draft: Deal) -> None:
        parts = {f"part_{row}": make_part().number for row in range(1, 5)}
        send(browser, draft, "products", **parts)
        with tenancy.as_system():
            assert DealProduct.objects.count() == 3

    def test_the_action_refuses_a_fourth_one(self, cast: Cast, draft: Deal) -> None:
        products = [(make_part(), 1) for _ in range(4)]
        with tenancy.scope(actor(cast.sales)), pytest.raises(actions.TooManyProducts):
            actions.save_draft(
                draft, changes={"products": products}, by=actor(cast.sales), now=timezone.now()
            )


def details(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Branches",
        "value": "12,500.50",
        "currency": "USD",
        "close_on": in_days(30),
        "deal_type": "expansion",
        "stage": "proposed",
        "owner": cast.sales.public_id,
        "next_steps": "Call them",
        "distributor": cast.distributor_site.public_id,
        **changes,
    }


class TestTheDetails:
    def test_are_kept(self, cast: Cast, browser: Any, draft: Deal) -> None:
        answer = send(browser, draft, "details", **details(cast, owner=cast.primary.public_id))
        assert answer["Location"].endswith("/review/")
        deal = stored(draft)
        assert (deal.value, deal.currency, deal.stage) == (1250050, "USD", "proposed")
        assert deal.deal_type == "expansion"
        assert (deal.owner_name, deal.distributor_name) == ("Amira Haddad", "Delta Distribution")

    @pytest.mark.parametrize(
        ("field", "typed", "message"),
        [
            ("value", "-5", "not an amount"),
            ("value", "0", "more than zero"),
            ("value", "lots", "not an amount"),
            ("value", "9" * 39, "more than any deal"),
            ("value", "1.005", "fewer decimals"),
            ("currency", "XXX", "not one of the available choices"),
            ("close_on", "2020-01-01", "in the past"),
            ("close_on", "9999-12-31", "within the next three years"),
            ("close_on", "tomorrow", "Enter a valid date."),
            ("deal_type", "gift", "not one of the available choices"),
            ("stage", "won", "not one of the available choices"),
            ("owner", "nobody", "not one of the available choices"),
            ("distributor", "nobody", "not one of the available choices"),
            ("engineer_email", "joe@", "Enter a valid email address."),
            ("next_steps", "x" * 2001, "at most 2000 characters"),
            ("name", "\u200b\x07", "Give the deal a name."),
        ],
    )
    def test_are_checked(
        self, cast: Cast, browser: Any, draft: Deal, field: str, typed: str, message: str
    ) -> None:
        answer = send(browser, draft, "details", **details(cast, **{field: typed}))
        assert answer.status_code == 422
        assert message in text_of(answer)

    def test_a_rivals_people_are_nobody(self, cast: Cast, browser: Any, draft: Deal) -> None:
        answer = send(browser, draft, "details", **details(cast, owner=cast.rival.public_id))
        assert answer.status_code == 422


class TestNothingTypedIsLost:
    def test_what_is_right_is_stored_although_something_else_is_wrong(
        self, cast: Cast, browser: Any, draft: Deal
    ) -> None:
        send(browser, draft, "details", **details(cast, value="about ten thousand"))
        assert stored(draft).name == "Branches"
        assert stored(draft).value is None

    def test_what_is_wrong_is_still_there_on_another_day(self, cast: Cast, browser: Any, draft: Deal) -> None:
        send(browser, draft, "details", **details(cast, value="about ten thousand"))
        later = signed_in(cast.sales).get(f"/deals/{draft.public_id}/edit/details/")
        assert 'value="about ten thousand"' in text_of(later)
        assert "not an amount" in text_of(later)

    def test_what_is_too_long_is_not_cut_off_in_silence(self, browser: Any, draft: Deal) -> None:
        written = "All that we agreed on. " * 200
        send(browser, draft, "details", next_steps=written)
        page = text_of(browser.get(f"/deals/{draft.public_id}/edit/details/"))
        assert written.strip() in page
        assert "at most 2000 characters" in page
        area = page[page.index("<textarea") :].partition(">")[0]
        assert "maxlength" not in area  # with it, a browser cuts off what is pasted

    def test_what_was_emptied_stays_empty(self, cast: Cast, browser: Any, draft: Deal) -> None:
        send(browser, draft, "details", **details(cast))
        send(browser, draft, "details", **details(cast, name="", value="", close_on=""))
        assert (stored(draft).name, stored(draft).value, stored(draft).close_on) == ("", None, None)

    @pytest.mark.parametrize("step", ["customer", "contact", "products", "details"])
    def test_a_step_sent_without_any_field_is_answered(self, browser: Any, draft: Deal, step: str) -> None:
        assert send(browser, draft, step).status_code == 422
        address = f"/deals/{draft.public_id}/edit/{step}/save/"
        assert browser.post(address).status_code == 200

    def test_saving_and_leaving_asks_for_nothing(self, browser: Any, draft: Deal) -> None:
        answer = send(browser, draft, "customer", customer_name="Oas", go="later")
        assert answer.status_code == 302
        assert stored(draft).customer_name == "Oas"

    def test_going_back_saves_too(self, browser: Any, draft: Deal) -> None:
        answer = send(browser, draft, "contact", contact_name="Lai", go="back")
        assert answer["Location"].endswith("/edit/customer/")
        assert stored(draft).contact_name == "Lai"

    def test_a_colleague_may_go_on_with_it(self, cast: Cast, draft: Deal) -> None:
        assert signed_in(cast.primary).get(f"/deals/{draft.public_id}/edit/customer/").status_code == 200


class TestSavingWhileTyping:
    def test_keeps_what_is_there_and_tells_the_new_version(self, browser: Any, draft: Deal) -> None:
        answer = browser.post(
            f"/deals/{draft.public_id}/edit/customer/save/",
            {"customer_name": "Oas", "version": draft.version},
        )
        assert answer.json() == {"version": draft.version + 1}
        assert stored(draft).customer_name == "Oas"

    def test_does_not_overwrite_what_was_changed_elsewhere(self, browser: Any, draft: Deal) -> None:
        address = f"/deals/{draft.public_id}/edit/customer/save/"
        browser.post(address, {"customer_name": "First", "version": draft.version})
        second = browser.post(address, {"customer_name": "Second", "version": draft.version})
        assert (second.status_code, second.json()["code"]) == (409, "deal_changed")
        assert stored(draft).customer_name == "First"

    def test_ends_when_the_deal_is_handed_in(self, cast: Cast, browser: Any) -> None:
        deal = make_deal(cast)
        answer = browser.post(f"/deals/{deal.public_id}/edit/customer/save/", {"customer_name": "x"})
        assert (answer.status_code, answer.json()["code"]) == (409, "deal_not_open")


class TestTwoTabs:
    def test_the_second_is_told_keeps_what_was_typed_and_may_insist(self, browser: Any, draft: Deal) -> None:
        seen = draft.version
        send(browser, draft, "contact", contact_name="First", contact_email="a@b.example")
        typed = {"contact_name": "Second", "contact_email": "c@d.example"}
        answer = send(browser, draft, "contact", version=seen, **typed)
        assert answer.status_code == 409
        assert "changed meanwhile" in text_of(answer)
        assert 'value="Second"' in text_of(answer)
        assert stored(draft).contact_name == "First"
        assert send(browser, draft, "contact", **typed).status_code == 302
        assert stored(draft).contact_name == "Second"

    @pytest.mark.parametrize("version", ["-1", "x", "9" * 30, "1.5", "٣"])
    def test_a_nonsensical_version_is_a_stale_one(self, browser: Any, draft: Deal, version: str) -> None:
        assert send(browser, draft, "contact", version=version, contact_name="x").status_code == 409


class TestHandingIn:
    def test_says_what_is_missing_and_where(self, browser: Any, draft: Deal) -> None:
        answer = browser.post(f"/deals/{draft.public_id}/review/", {"version": draft.version})
        assert answer.status_code == 422
        assert f"/deals/{draft.public_id}/edit/products/" in text_of(answer)
        assert "Choose at least one product." in text_of(answer)
        assert stored(draft).status == Status.DRAFT

    def test_registers_the_deal_and_tells_its_reference(self, cast: Cast, browser: Any) -> None:
        deal = make_draft(cast.sales)
        answer = browser.post(f"/deals/{deal.public_id}/review/", {"version": deal.version}, follow=True)
        deal = stored(deal)
        assert deal.status == Status.SUBMITTED
        assert deal.submission_ref
        assert deal.submission_ref in text_of(answer)

    def test_twice_registers_it_once(self, cast: Cast, browser: Any) -> None:
        deal = make_draft(cast.sales)
        data = {"version": deal.version, "form_token": "one"}
        answers = [browser.post(f"/deals/{deal.public_id}/review/", data) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert stored(deal).version == deal.version + 1

    def test_warns_when_no_distributor_is_named(self, cast: Cast, browser: Any) -> None:
        deal = make_draft(cast.sales)
        assert "No distributor is named" in text_of(browser.get(f"/deals/{deal.public_id}/review/"))
        named = make_draft(cast.sales, distributor=cast.distributor_site)
        assert "No distributor is named" not in text_of(browser.get(f"/deals/{named.public_id}/review/"))

    def test_of_what_a_colleague_has_changed_is_asked_again(self, cast: Cast, browser: Any) -> None:
        deal = make_draft(cast.sales)
        answer = browser.post(f"/deals/{deal.public_id}/review/", {"version": deal.version - 1})
        assert answer.status_code == 409
        assert stored(deal).status == Status.DRAFT

    def test_a_returned_deal_goes_the_same_way_and_keeps_its_place(self, cast: Cast, browser: Any) -> None:
        deal = make_deal(cast, Status.RETURNED)
        first = stored(deal).submitted_at
        assert "Which legal entity is it?" in text_of(browser.get(f"/deals/{deal.public_id}/edit/customer/"))
        browser.post(f"/deals/{deal.public_id}/review/", {"version": deal.version})
        assert stored(deal).status == Status.SUBMITTED
        assert stored(deal).submitted_at == first

    def test_what_was_handed_in_is_not_edited(self, cast: Cast, browser: Any) -> None:
        deal = make_deal(cast)
        for address in ("edit/customer/", "review/"):
            answer = browser.get(f"/deals/{deal.public_id}/{address}")
            assert answer["Location"] == f"/deals/{deal.public_id}/"


class TestStrangersDeals:
    @pytest.mark.parametrize(
        "address",
        ["", "edit/customer/", "edit/details/", "review/", "edit/customer/save/", "discard/", "again/"],
    )
    def test_are_not_there(self, cast: Cast, address: str) -> None:
        theirs = make_draft(cast.rival)
        for public_id in (theirs.public_id, "nosuchdeal22"):
            for method in ("get", "post"):
                answer = getattr(signed_in(cast.sales), method)(f"/deals/{public_id}/{address}")
                assert answer.status_code in (404, 405)

    def test_nor_is_a_step_that_does_not_exist(self, browser: Any, draft: Deal) -> None:
        assert browser.get(f"/deals/{draft.public_id}/edit/nonsense/").status_code == 404


class TestDiscarding:
    def test_throws_a_draft_away(self, browser: Any, draft: Deal) -> None:
        browser.post(f"/deals/{draft.public_id}/discard/")
        with tenancy.as_system():
            assert not Deal.objects.exists()

    def test_is_not_for_what_was_submitted(self, cast: Cast, browser: Any) -> None:
        deal = make_deal(cast)
        answer = browser.post(f"/deals/{deal.public_id}/discard/", follow=True)
        assert "can be withdrawn, but not discarded" in text_of(answer)
        assert stored(deal).status == Status.SUBMITTED


class TestAnOpportunity:
    def test_is_noted_with_its_name_alone_and_closed(self, browser: Any) -> None:
        answer = browser.post("/deals/opportunities/new/", {"name": "Perhaps", "stage": "qualified"})
        assert answer.status_code == 302, text_of(answer)
        with tenancy.as_system():
            found = Opportunity.objects.get()
        assert "Perhaps" in text_of(browser.get("/deals/opportunities/"))
        browser.post(f"/deals/opportunities/{found.public_id}/close/")
        assert "Perhaps" not in text_of(browser.get("/deals/opportunities/"))

    def test_of_a_rival_is_not_there(self, cast: Cast, browser: Any) -> None:
        with tenancy.scope(actor(cast.rival)):
            theirs = actions.note_opportunity(name="x", by=actor(cast.rival), now=timezone.now())
        assert browser.post(f"/deals/opportunities/{theirs.public_id}/close/").status_code == 404
        assert (
            signed_in(cast.rival).post(f"/deals/opportunities/{theirs.public_id}/close/").status_code == 302
        )
