"""What quotes need of a part: family, metric, points, months. By page, API and file; and finding a part's siblings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from feeds.models import Status
from identity import tenancy
from identity.models import StaffRole, User
from pricing.models import Part
from pricing.products.queries import sibling, siblings
from tests.api.calls import caller
from tests.cast import signed_in
from tests.deals.factories import make_part
from tests.factories import make_user
from tests.feeds.sending import checked, loaded

pytestmark = pytest.mark.django_db

PARTS = "/settings/products/"
NEW = {"number": "D9ZZZRN", "description": "Sentinel Edge, renewal", "line": "SENTINEL", "type": "renewal"}
TERMS = {"family": "SE-STD", "metric": "vpc", "points": "4.5", "term_months": "12"}


@pytest.fixture
def pricer() -> User:
    return make_user("Yusuf Price", staff_roles=[StaffRole.PRICING])


@pytest.fixture
def pricing(pricer: User) -> Client:
    make_part("D0ABCLL")
    return signed_in(pricer)


def terms_of(number: str) -> tuple[str, str, Decimal, int | None]:
    with tenancy.as_system():
        part = Part.objects.get(number=number)
    return part.family, part.metric, part.points, part.term_months


class TestOnThePages:
    def test_are_given_with_a_part(self, pricing: Client) -> None:
        assert pricing.post(f"{PARTS}new/", NEW | TERMS | {"family": "se-std"}).status_code == 302
        assert terms_of("D9ZZZRN") == ("SE-STD", "vpc", Decimal("4.5"), 12)

    def test_need_not_be_given(self, pricing: Client) -> None:
        pricing.post(f"{PARTS}new/", NEW)
        assert terms_of("D9ZZZRN") == ("", "", Decimal(0), None)

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"points": "many"}, "This is not a number of points."),
            ({"points": "4.555"}, "Points have two decimals at most."),
            ({"points": "100000"}, "These are too many points"),
            ({"points": "-1"}, "This is not a number of points."),
            ({"metric": "litre"}, "Select a valid choice."),
            ({"term_months": "0"}, "greater than or equal to 1"),
            ({"term_months": "121"}, "less than or equal to 120"),
            ({"family": "x" * 21}, "at most 20 characters"),
        ],
    )
    def test_say_at_the_field_what_is_wrong(self, pricing: Client, wrong: dict[str, str], said: str) -> None:
        answer = pricing.post(f"{PARTS}new/", NEW | TERMS | wrong)

        assert answer.status_code == 422
        assert said in answer.content.decode()

    def test_are_changed_and_the_history_says_so(self, pricing: Client) -> None:
        pricing.post(f"{PARTS}new/", NEW | TERMS)
        same = {name: NEW[name] for name in ("description", "line", "type")} | {"version": "1"}

        pricing.post(f"{PARTS}D9ZZZRN/change/", same | TERMS | {"points": "6,25", "metric": ""})

        assert terms_of("D9ZZZRN") == ("SE-STD", "", Decimal("6.25"), 12)
        shown = pricing.get(f"{PARTS}D9ZZZRN/").content.decode()
        assert "Points: 4.50 → 6.25." in shown
        assert "Metric: Virtual processor core → –." in shown
        assert 'value="6.25"' in shown

    def test_saved_unchanged_they_leave_no_trace(self, pricing: Client) -> None:
        pricing.post(f"{PARTS}new/", NEW | TERMS)
        same = {name: NEW[name] for name in ("description", "line", "type")} | {"version": "1"}

        pricing.post(f"{PARTS}D9ZZZRN/change/", same | TERMS)

        with tenancy.as_system():
            assert Part.objects.get(number="D9ZZZRN").version == 1

    def test_are_shown_to_whoever_may_not_change_them(self, pricing: Client) -> None:
        pricing.post(f"{PARTS}new/", NEW | TERMS)
        desk = signed_in(make_user("Dora Desk", staff_roles=[StaffRole.DEAL_DESK]))

        shown = desk.get(f"{PARTS}D9ZZZRN/").content.decode()

        for text in ("SE-STD", "Virtual processor core", "4.50"):
            assert text in shown


class TestOverTheApi:
    def test_are_given_read_and_changed(self, pricer: User) -> None:
        make_part("D0ABCLL")
        api = caller(pricer)

        made = api.send("post", "/api/v1/parts/", NEW | TERMS)
        assert made.status_code == 201, made.content
        assert {name: made.json()[name] for name in TERMS} == {
            "family": "SE-STD", "metric": "vpc", "points": "4.50", "term_months": 12,
        }  # fmt: skip

        changes = {"term_months": None, "points": "0", "family": "", "metric": ""}
        changed = api.send("patch", "/api/v1/parts/D9ZZZRN/", changes, If_Match=made.headers["ETag"])
        assert changed.status_code == 200
        assert terms_of("D9ZZZRN") == ("", "", Decimal(0), None)

    @pytest.mark.parametrize(
        "wrong", [{"points": "-1"}, {"points": "1.234"}, {"metric": "litre"}, {"term_months": 0}]
    )
    def test_are_refused_at_their_name(self, pricer: User, wrong: dict[str, Any]) -> None:
        make_part("D0ABCLL")
        answer = caller(pricer).send("post", "/api/v1/parts/", NEW | wrong)

        assert answer.status_code == 400
        assert next(iter(wrong)) in answer.content.decode()


class TestInAFile:
    @pytest.fixture(autouse=True)
    def part(self) -> None:
        make_part("D0ABCLL", family="OLD", metric="pvu", points=Decimal(7), term_months=36)

    def test_are_taken_from_their_columns(self, pricer: User) -> None:
        delivery = loaded(
            "parts",
            "number,description,line,type,family,metric,points,term_months\n"
            "D0ABCLL,Part D0ABCLL,SENTINEL,licence,se-std,Authorised user,4.5,12\n"
            "D0ABDRN,Renewal,SENTINEL,renewal,,,,\n",
            by=pricer,
        )

        assert delivery.status == Status.LOADED, delivery.errors
        assert terms_of("D0ABCLL") == ("SE-STD", "authorised_user", Decimal("4.5"), 12)
        assert terms_of("D0ABDRN") == ("", "", Decimal(0), None)

    def test_stay_where_a_file_has_no_such_columns(self, pricer: User) -> None:
        loaded("parts", "number,description,line,type\nD0ABCLL,New words,SENTINEL,licence\n", by=pricer)

        assert terms_of("D0ABCLL") == ("OLD", "pvu", Decimal(7), 36)

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("metric", "litre"),
            ("points", "-1"),
            ("points", "1.2345"),
            ("term_months", "0"),
            ("term_months", "x"),
        ],
    )
    def test_are_refused_at_their_row_and_column(self, pricer: User, column: str, value: str) -> None:
        delivery = checked(
            "parts", f"number,description,line,type,{column}\nD0ABCLL,A,SENTINEL,licence,{value}\n", by=pricer
        )

        assert delivery.status == Status.INVALID
        assert [error["column"] for error in delivery.errors] == [column]


class TestTheDatabase:
    @pytest.mark.parametrize("wrong", [{"points": -1}, {"metric": "litre"}, {"term_months": 0}])
    def test_takes_nothing_that_is_not_possible(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            make_part("D0ABCLL", **wrong)


class TestASibling:
    def test_is_the_same_thing_as_another_type(self) -> None:
        """Same line, family and metric; sold; of the same months where there is a choice."""
        licence = make_part("D0ABCLL", family="STD", metric="vpc", term_months=12)
        make_part("D0ABAXX", type="renewal", family="STD", metric="vpc", term_months=36)
        renewal = make_part("D0ABCRN", type="renewal", family="STD", metric="vpc", term_months=12)
        make_part("D0ABBRN", type="renewal", family="STD", metric="vpc", term_months=12, is_active=False)
        make_part("D0AAARN", type="renewal", family="STD", metric="pvu", term_months=12)
        make_part("D0AABRN", type="renewal", family="PRO", metric="vpc", term_months=12)
        make_part("D0AACRN", line="HARBOUR", type="renewal", family="STD", metric="vpc", term_months=12)

        with tenancy.as_system():
            assert sibling(licence, "renewal") == renewal
            assert sibling(renewal, "licence") == licence
            assert sibling(licence, "reinstatement") is None

    def test_is_found_without_a_family_by_line_and_metric(self) -> None:
        licence, renewal = (
            make_part("D0ABCLL", metric="vpc"),
            make_part("D0ABCRN", type="renewal", metric="vpc"),
        )
        with tenancy.as_system():
            assert sibling(licence, "renewal") == renewal

    def test_of_many_parts_takes_one_query(self, django_assert_num_queries: Any) -> None:
        parts = []
        for family in ("A", "B", "C"):
            parts.append(make_part(family=family))
            make_part(f"D0AB{family}RN", type="renewal", family=family)
        with tenancy.as_system(), django_assert_num_queries(1):
            found = siblings(parts, "renewal")
        assert [found[part.id].number for part in parts] == ["D0ABARN", "D0ABBRN", "D0ABCRN"]
