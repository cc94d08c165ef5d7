"""Part numbers and quantities, as people have them in lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.listed import Row, pasted


def found(text: str) -> list[tuple[str, int]]:
    rows = pasted(text)
    assert not any(row.problem for row in rows), rows
    return [(row.part_number, row.quantity) for row in rows]


class TestAList:
    @pytest.mark.parametrize("text", [
        "D0ABCLL\t12\nE0ABCRR\t3",
        "D0ABCLL;12\nE0ABCRR;3",
        "D0ABCLL,12\r\nE0ABCRR,3\r\n",
        "d0abcll 12\n\n  e0abcrr   3  ",
        "Part number\tQuantity\nD0ABCLL\t12\nE0ABCRR\t3",
        "Description;Qty;Part\nFlow;12;D0ABCLL\nRenewal;3;E0ABCRR",
        '"D0ABCLL";"12"\n"E0ABCRR";"3"',
        "12\tD0ABCLL\n3\tE0ABCRR",
        "D0ABCLL\t١٢\nE0ABCRR\t٣",
        "الكمية\tرقم\n12\tD0ABCLL\n3\tE0ABCRR",
    ])  # fmt: skip
    def test_is_read_however_its_columns_are_apart(self, text: str) -> None:
        assert found(text) == [("D0ABCLL", 12), ("E0ABCRR", 3)]

    def test_without_quantities_means_one_of_each(self) -> None:
        assert found("D0ABCLL\nE0ABCRR") == [("D0ABCLL", 1), ("E0ABCRR", 1)]

    def test_may_have_thousands_apart(self) -> None:
        assert found("D0ABCLL\t1,200\nE0ABCRR\t1.200") == [("D0ABCLL", 1_200), ("E0ABCRR", 1_200)]

    def test_names_the_rows_that_cannot_be_read(self) -> None:
        rows = pasted("D0ABCLL\t12\nnothing here\t1\nE0ABCRR\t0\nE0ABCRR\tmany\nE0ABCRR\t1000000")
        assert [bool(row.problem) for row in rows] == [False, True, True, True, True]
        assert [row.number for row in rows] == [1, 2, 3, 4, 5]


@given(st.text(max_size=400))
def test_whatever_is_pasted_gets_an_answer(text: str) -> None:
    for row in pasted(text):
        assert isinstance(row, Row)
        assert row.problem or row.quantity >= 1
