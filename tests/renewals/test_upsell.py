"""What is worth talking about with a customer, found in what one sees of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from renewals.models import EntitlementKind
from renewals.upsell import Found, Held, Why, worth_saying

TODAY = date(2026, 11, 22)
LICENCE, SUPPORT, TERM = EntitlementKind.LICENCE, EntitlementKind.SUPPORT, EntitlementKind.COMMITTED_TERM


def held(
    kind: str, until: int | None = None, name: str = "a", *, site: str = "3900001", thing: str = "flow"
) -> Held:
    """An entitlement until so many days from today."""
    day = None if until is None else TODAY + timedelta(days=until)
    return Held(kind, "D0ABCLL", "Flow Designer", 5, day, site, f"Site {site}", (site, thing), name)


def said(*rows: Held, renewable: Any = ()) -> list[tuple[str, str]]:
    return [(found.why.value, found.held.public_id) for found in worth_saying(rows, renewable, TODAY)]


class TestALicence:
    def test_without_support_is_worth_a_word(self) -> None:
        assert said(held(LICENCE)) == [("no_support", "a")]

    def test_with_support_is_not(self) -> None:
        assert said(held(LICENCE), held(SUPPORT, 200)) == []

    def test_is_not_covered_by_the_support_of_another_site_or_product(self) -> None:
        elsewhere, other = held(SUPPORT, 200, site="3900002"), held(SUPPORT, 200, thing="sentinel")
        assert said(held(LICENCE), elsewhere, other) == [("no_support", "a")]


class TestSupport:
    def test_that_ended_is_worth_a_word_and_its_licence_is_not_named_twice(self) -> None:
        assert said(held(LICENCE), held(SUPPORT, -1, "b")) == [("support_ended", "b")]

    def test_on_its_last_day_has_not_ended(self) -> None:
        assert said(held(LICENCE), held(SUPPORT, 0, "b")) == []

    def test_that_was_renewed_is_not(self) -> None:
        assert said(held(LICENCE), held(SUPPORT, -1, "b"), held(SUPPORT, 364, "c")) == []

    def test_that_ended_years_ago_is_past_talking_about(self) -> None:
        assert said(held(LICENCE), held(SUPPORT, -366, "b")) == []


class TestACommittedTerm:
    def test_that_ends_soon_is_worth_a_word(self) -> None:
        assert said(held(TERM, 120)) == [("term_ends", "a")]
        assert said(held(TERM, 121)) == []

    def test_that_ended_says_so(self) -> None:
        assert said(held(TERM, -1)) == [("term_ended", "a")]

    def test_that_goes_on_in_another_one_is_not(self) -> None:
        assert said(held(TERM, 10), held(TERM, 375, "b")) == []


def test_the_most_urgent_comes_first() -> None:
    rows = [
        held(LICENCE, None, "licence", thing="a"),
        held(SUPPORT, -5, "support", thing="b"),
        held(TERM, 30, "later", thing="c"),
        held(TERM, 3, "sooner", thing="d"),
        held(TERM, -3, "ended", thing="e"),
    ]
    assert [name for _, name in said(*rows)] == ["sooner", "later", "ended", "support", "licence"]


def test_what_can_be_renewed_is_led_to() -> None:
    item = held(TERM, 30, "item")
    assert worth_saying([held(TERM, 30)], [item], TODAY) == [Found(Why.TERM_ENDS, held(TERM, 30), "item")]
    assert worth_saying([held(TERM, 30)], [held(TERM, 30, "other", site="3900002")], TODAY)[0].renewal == ""
