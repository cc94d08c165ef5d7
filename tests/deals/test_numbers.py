"""The numbers deals are quoted by, and the times they run by. No database."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.business import Calendar
from deals import numbers
from deals.clock import promised_by, valid_until

SERIALS = st.from_regex(r"[0-9]{6}", fullmatch=True)
YEARS = st.integers(2020, 2099)


class TestARegistrationNumber:
    def test_looks_like_this(self) -> None:
        number = numbers.new_number(2026)
        assert numbers.is_number(number)
        assert number.startswith("DR-2026-")

    def test_is_written_as_in_the_documentation(self) -> None:
        # 2*2 + 0*3 + 2*4 + 6*5 + 0*6 + 0*7 + 4*8 + 2*9 + 1*10 + 7*11 = 179, and 179 mod 31 = 24
        assert numbers.check_character(2026, "004217") == numbers.SIGNS[24] == "T"

    @given(YEARS, SERIALS, st.integers(0, 9), st.integers(0, 9))
    def test_notices_any_one_wrong_digit(self, year: int, serial: str, place: int, digit: int) -> None:
        right = f"{year}{serial}"
        wrong = right[:place] + str(digit) + right[place + 1 :]
        same = numbers.check_character(int(wrong[:4]), wrong[4:]) == numbers.check_character(year, serial)
        assert same is (wrong == right)

    @given(YEARS, SERIALS, st.integers(0, 8))
    def test_notices_two_neighbours_swapped(self, year: int, serial: str, place: int) -> None:
        right = f"{year}{serial}"
        wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        same = numbers.check_character(int(wrong[:4]), wrong[4:]) == numbers.check_character(year, serial)
        assert same is (wrong == right)

    @pytest.mark.parametrize(
        "text", ["", "DR-2026-004217-K", "DR-2026-004217", "dr-2026-004217-t", "DR-26-1-T"]
    )
    def test_with_a_wrong_check_character_or_shape_is_none(self, text: str) -> None:
        assert not numbers.is_number(text)
        assert numbers.is_number("DR-2026-004217-T")

    def test_is_understood_as_people_type_it(self) -> None:
        assert numbers.as_typed(" dr–2026 – 004217-t ") == "DR-2026-004217-T"


OFFICE = Calendar(weekend=frozenset({5, 6}), holidays=frozenset(), zone=ZoneInfo("UTC"))


class TestTheDecisionPromised:
    @pytest.mark.parametrize(
        ("submitted", "promised"),
        [
            ("2026-03-02T10:00", "2026-03-04T10:00"),  # Monday to Wednesday
            ("2026-03-05T10:00", "2026-03-09T10:00"),  # Thursday to Monday
            ("2026-03-06T23:59", "2026-03-11T09:00"),  # Friday night counts from Monday's opening
            ("2026-03-08T00:00", "2026-03-11T09:00"),
        ],
    )
    def test_is_two_business_days_later(self, submitted: str, promised: str) -> None:
        moment = datetime.fromisoformat(submitted).replace(tzinfo=UTC)
        assert promised_by(moment, days=2, calendar=OFFICE) == datetime.fromisoformat(promised).replace(
            tzinfo=UTC
        )


class TestTheValidityOfAnApproval:
    @pytest.mark.parametrize(
        ("approved", "zone", "until"),
        [
            ("2026-01-01T12:00", "UTC", "2026-04-01T23:59:59+00:00"),
            (
                "2026-01-01T23:30",
                "Europe/Warsaw",
                "2026-04-02T23:59:59+02:00",
            ),  # summer time begins meanwhile
            ("2026-01-02T01:00", "America/Sao_Paulo", "2026-04-01T23:59:59-03:00"),
        ],
    )
    def test_ends_with_the_ninetieth_day_at_the_site(self, approved: str, zone: str, until: str) -> None:
        moment = datetime.fromisoformat(approved).replace(tzinfo=UTC)
        assert valid_until(moment, zone, days=90).isoformat() == until
