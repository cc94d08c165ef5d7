"""Guided selling in the browser: one question at a time, then parts with reasons, then a quote."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from identity import tenancy
from identity.models import Membership, Tool
from orders.models import GuideQuestion, Quote
from tests.cast import Cast, signed_in
from tests.orders.guide.written import is_, make_rule, write_guide
from tests.orders.made import LICENCE, RENEWAL, SAAS, lines_in

pytestmark = pytest.mark.django_db
PAGE = "/guided-selling/"
FLOW = "need=flow&seats=101&extras=support"


@pytest.fixture
def written(cast: Cast) -> dict[str, Any]:
    return write_guide()


def with_tools(who: Membership, *tools: str) -> Client:
    with tenancy.as_system():
        who.tools = list(tools)
        who.save()
    return signed_in(who)


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == status
    return response.content.decode()


class TestAsking:
    def test_begins_with_the_first_question(self, cast: Cast, written: Any) -> None:
        page = text(signed_in(cast.primary), PAGE)
        assert "Which need?" in page
        assert "Which seats?" not in page

    def test_goes_on_with_what_the_answer_makes_matter(self, cast: Cast, written: Any) -> None:
        assert "Which seats?" in text(signed_in(cast.primary), PAGE + "?need=flow")

    def test_skips_what_the_answer_makes_moot(self, cast: Cast, written: Any) -> None:
        assert "Which extras?" in text(signed_in(cast.primary), PAGE + "?need=cloud")

    @pytest.mark.parametrize("wrong", ["", "0", "501", "-3", "many", "9" * 50])
    def test_says_at_the_field_what_a_number_has_to_be(self, cast: Cast, written: Any, wrong: str) -> None:
        page = text(signed_in(cast.primary), f"{PAGE}?need=flow&seats={wrong}", 422)
        assert "Enter a whole number from 1 to 500." in page

    def test_says_so_when_nothing_was_chosen(self, cast: Cast, written: Any) -> None:
        assert "Choose one of the answers." in text(signed_in(cast.primary), PAGE + "?need=", 422)

    def test_takes_none_of_several_as_an_answer(self, cast: Cast, written: Any) -> None:
        assert "What we suggest" in text(signed_in(cast.primary), PAGE + "?need=cloud&extras=")

    def test_leads_back_to_each_answer_and_keeps_the_others(self, cast: Cast, written: Any) -> None:
        page = text(signed_in(cast.primary), PAGE + "?need=flow&seats=101")
        assert 'href="/guided-selling/?seats=101"' in page
        assert 'href="/guided-selling/?need=flow"' in page

    def test_says_so_while_nothing_is_set_up(self, cast: Cast) -> None:
        assert "There is nothing to ask yet" in text(signed_in(cast.primary), PAGE)

    def test_speaks_the_readers_language_where_there_is_a_translation(self, cast: Cast, written: Any) -> None:
        with tenancy.as_system():
            GuideQuestion.objects.filter(code="need").update(
                texts={"en": "Which need?", "it": "Quale bisogno?"}
            )
        client = signed_in(cast.primary)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "it"
        assert "Quale bisogno?" in text(client, PAGE)
        assert "Which extras?" in text(client, PAGE + "?need=cloud")


class TestTheSuggestion:
    def test_has_parts_with_quantity_price_and_reason(self, cast: Cast, written: Any) -> None:
        page = text(signed_in(cast.primary), f"{PAGE}suggestion/?{FLOW}")
        assert LICENCE in page
        assert 'value="11"' in page  # 101 seats, one for each begun ten
        assert "Because of licence." in page
        assert RENEWAL in page

    def test_shows_what_a_quote_of_it_costs(self, cast: Cast, written: Any) -> None:
        client = signed_in(cast.primary)
        page = text(client, f"{PAGE}suggestion/?{FLOW}")
        quote = take(client, FLOW, {LICENCE: 11, RENEWAL: 1})
        assert f"€{quote.total / 100:,.2f}" in page

    def test_says_what_was_not_proposed_and_why(self, cast: Cast, written: Any) -> None:
        page = text(signed_in(cast.primary), f"{PAGE}suggestion/?need=flow&seats=5&extras=training")
        assert "It is not sold in your country" in page
        assert "You did not answer “Which extras?” with “Support”." in page

    def test_says_nothing_against_what_is_proposed_by_another_rule_or_never_can_be(
        self, cast: Cast, written: Any
    ) -> None:
        make_rule("again", LICENCE, is_("extras", "training"))
        make_rule("never", SAAS, is_("need", "flow"), is_("need", "cloud"))
        page = text(signed_in(cast.primary), f"{PAGE}suggestion/?{FLOW}")
        assert "You did not answer “Which extras?” with “Training”." in page  # of the part without a price
        assert page.count("You did not answer") == 2  # and of the cloud
        assert page.count(f"{LICENCE} Part") == 0

    def test_goes_back_to_the_question_that_is_still_open(self, cast: Cast, written: Any) -> None:
        assert "Which seats?" in text(signed_in(cast.primary), f"{PAGE}suggestion/?need=flow")


def take(client: Client, answers: str, chosen: dict[str, Any], status: int = 302) -> Any:
    data: dict[str, Any] = {"part": list(chosen)}
    data |= {f"quantity-{number}": quantity for number, quantity in chosen.items()}
    response = client.post(f"{PAGE}quote/?{answers}", data)
    assert response.status_code == status
    if status != 302:
        return response.content.decode()
    with tenancy.as_system():
        return Quote.objects.get(public_id=response["Location"].strip("/").split("/")[-1])


class TestMakingAQuote:
    def test_of_the_parts_chosen_in_the_quantities_entered(self, cast: Cast, written: Any) -> None:
        quote = take(signed_in(cast.primary), FLOW, {LICENCE: 20})
        assert [(line.part_number, line.quantity) for line in lines_in(quote)] == [(LICENCE, 20)]

    @pytest.mark.parametrize("wrong", ["0", "-1", "x", "", "1000000"])
    def test_says_at_its_row_what_a_quantity_has_to_be_and_makes_none(
        self, cast: Cast, written: Any, wrong: str
    ) -> None:
        page = take(signed_in(cast.primary), FLOW, {LICENCE: wrong}, 422)
        assert "Enter a whole number from 1 to 100,000." in page
        with tenancy.as_system():
            assert not Quote.objects.exists()

    def test_asks_for_at_least_one_part(self, cast: Cast, written: Any) -> None:
        assert "Choose at least one part." in take(signed_in(cast.primary), FLOW, {}, 422)

    def test_takes_nothing_that_was_not_proposed(self, cast: Cast, written: Any) -> None:
        assert "Choose at least one part." in take(signed_in(cast.primary), FLOW, {SAAS: 1}, 422)

    def test_needs_the_tool_for_quotes(self, cast: Cast, written: Any) -> None:
        client = with_tools(cast.sales, Tool.GUIDED_SELLING)
        assert LICENCE in text(client, f"{PAGE}suggestion/?{FLOW}")
        take(client, FLOW, {LICENCE: 1}, 403)


class TestWhoIsGuided:
    def test_somebody_with_the_tool(self, cast: Cast, written: Any) -> None:
        assert with_tools(cast.sales, Tool.GUIDED_SELLING).get(PAGE).status_code == 200

    def test_not_a_colleague_without_it(self, cast: Cast, written: Any) -> None:
        assert signed_in(cast.newcomer).get(PAGE).status_code == 403

    def test_not_a_distributor(self, cast: Cast, written: Any) -> None:
        assert with_tools(cast.distributor, Tool.GUIDED_SELLING).get(PAGE).status_code == 403
