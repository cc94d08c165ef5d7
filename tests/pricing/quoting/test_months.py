"""Months of coverage: whole ones, those begun counted in full; the ends of months; bringing terms in line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pricing.quoting import add_months, coterm_end, last_day, months_covered, next_start
from tests.pricing.quoting.asking import day

DAYS = some.dates(date(2000, 1, 1), date(2100, 12, 31))
TERMS = some.integers(1, 120)


class TestTheLastDayOfATerm:
    @pytest.mark.parametrize(
        ("starts_on", "months", "ends_on"),
        [
            ("2027-01-01", 12, "2027-12-31"),
            ("2027-03-15", 1, "2027-04-14"),
            ("2027-12-01", 1, "2027-12-31"),
            # There is no 30 February: until the month's last day, so that nobody loses a day.
            ("2027-01-31", 1, "2027-02-28"),
            ("2028-01-31", 1, "2028-02-29"),
            ("2027-01-30", 1, "2027-02-28"),
            ("2027-01-29", 1, "2027-02-28"),
            ("2027-01-28", 1, "2027-02-27"),
            ("2027-05-31", 1, "2027-06-30"),
            # A year from 29 February is until 28 February, in leap years too.
            ("2028-02-29", 12, "2029-02-28"),
            ("2028-02-29", 48, "2032-02-28"),
            ("2027-03-01", 12, "2028-02-29"),
            ("2027-03-01", 36, "2030-02-28"),
        ],
    )
    def test_is_the_one_before_the_same_day_of_the_month(
        self, starts_on: str, months: int, ends_on: str
    ) -> None:
        assert last_day(day(starts_on), months) == day(ends_on)

    def test_is_followed_by_the_next_term_without_a_day_lost(self) -> None:
        assert next_start(day("2028-02-29")) == day("2028-03-01")
        assert next_start(date.max) == date.max  # what never ends is followed by nothing


class TestMonthsCovered:
    @pytest.mark.parametrize(
        ("starts_on", "ends_on", "months"),
        [
            ("2027-01-01", "2027-12-31", 12),
            ("2027-01-01", "2028-01-01", 13),  # a month of one day has begun
            ("2027-01-15", "2027-01-15", 1),
            ("2027-01-15", "2027-02-14", 1),
            ("2027-01-15", "2027-02-15", 2),
            ("2027-01-31", "2027-02-28", 1),
            ("2027-01-31", "2027-03-01", 2),
            ("2028-01-31", "2028-02-29", 1),
            ("2028-02-29", "2029-02-28", 12),
            ("2028-02-29", "2029-03-01", 13),
            ("2027-12-31", "2028-01-30", 1),
            ("2027-12-31", "2028-01-31", 2),
        ],
    )
    def test_are_whole_ones_and_those_that_have_begun(
        self, starts_on: str, ends_on: str, months: int
    ) -> None:
        assert months_covered(day(starts_on), day(ends_on)) == months

    def test_cannot_be_counted_backwards(self) -> None:
        with pytest.raises(ValueError, match="before"):
            months_covered(day("2027-01-02"), day("2027-01-01"))

    @given(DAYS, TERMS)
    def test_of_a_term_are_its_months(self, starts_on: date, months: int) -> None:
        assert months_covered(starts_on, last_day(starts_on, months)) == months
        assert months_covered(starts_on, last_day(starts_on, months) + timedelta(1)) == months + 1

    @given(DAYS, some.integers(0, 2_000), some.integers(0, 60))
    def test_never_grow_fewer_by_a_later_end(self, starts_on: date, days: int, more: int) -> None:
        ends_on = starts_on + timedelta(days)
        assert months_covered(starts_on, ends_on) <= months_covered(starts_on, ends_on + timedelta(more))

    @given(DAYS.filter(lambda each: each.day <= 28), TERMS, some.integers(0, 2_000))
    def test_add_up_when_a_term_is_had_in_two_steps(self, starts_on: date, months: int, days: int) -> None:
        """On days that every month has. After the 28th, the ends of months may make a difference of one."""
        first_end = last_day(starts_on, months)
        ends_on = next_start(first_end) + timedelta(days)

        in_two = months + months_covered(next_start(first_end), ends_on)

        assert in_two == months_covered(starts_on, ends_on)

    @given(DAYS, TERMS, some.integers(0, 2_000))
    def test_of_two_steps_differ_by_one_at_most_at_the_ends_of_months(
        self, starts_on: date, months: int, days: int
    ) -> None:
        first_end = last_day(starts_on, months)
        ends_on = next_start(first_end) + timedelta(days)

        in_two = months + months_covered(next_start(first_end), ends_on)

        assert abs(in_two - months_covered(starts_on, ends_on)) <= 1


class TestTheSameDayOfAnotherMonth:
    @pytest.mark.parametrize(
        ("from_on", "months", "to_on"),
        [
            ("2027-01-31", 1, "2027-02-28"),
            ("2028-01-31", 1, "2028-02-29"),
            ("2028-02-29", 12, "2029-02-28"),
            ("2027-11-15", 3, "2028-02-15"),
            ("2027-03-31", -1, "2027-02-28"),
        ],
    )
    def test_is_the_months_last_where_there_is_no_such_day(
        self, from_on: str, months: int, to_on: str
    ) -> None:
        assert add_months(day(from_on), months) == day(to_on)


class TestATermInLineWithAnAnniversary:
    @pytest.mark.parametrize(
        ("starts_on", "anniversary", "ends_on"),
        [
            ("2027-03-15", "2020-07-01", "2027-06-30"),
            ("2027-07-01", "2020-07-01", "2028-06-30"),  # from the anniversary on, a whole year
            ("2027-06-30", "2020-07-01", "2027-06-30"),  # a day before it, that day
            ("2027-08-01", "2020-01-01", "2027-12-31"),
            ("2027-03-15", "2024-02-29", "2028-02-28"),
            ("2026-03-15", "2024-02-29", "2027-02-28"),
        ],
    )
    def test_ends_on_the_day_before_it_comes_round(
        self, starts_on: str, anniversary: str, ends_on: str
    ) -> None:
        assert coterm_end(day(starts_on), day(anniversary)) == day(ends_on)

    @given(DAYS, DAYS)
    def test_is_from_a_day_to_a_year(self, starts_on: date, anniversary: date) -> None:
        ends_on = coterm_end(starts_on, anniversary)

        assert starts_on <= ends_on
        assert 1 <= months_covered(starts_on, ends_on) <= 12
        # Once in line, it stays so: what follows is a year.
        assert coterm_end(next_start(ends_on), anniversary).year == ends_on.year + 1
