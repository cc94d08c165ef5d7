"""Reports for programs: what there is, what it can be asked, rows and totals, and the same limits as on the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deals.states import Status
from tests.api.calls import caller
from tests.cast import Cast
from tests.reports.declared import day, make_deal, reporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(cast: Cast) -> Any:
    return reporter(cast)


def get(who: Any, path: str, status: int = 200) -> Any:
    answer = caller(who).get(f"/api/v1/reports/{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


class TestTheListOfReports:
    def test_says_of_each_whether_one_may_read_it(self, cast: Cast, reader: Any) -> None:
        found = {each["key"]: each for each in get(reader, "")["results"]}

        assert found["deal-pipeline"]["refusal"] is None
        assert "not given this privilege" in found["access-audit"]["refusal"]["reason"]

    def test_is_for_whoever_may_read_reports(self, cast: Cast) -> None:
        get(cast.sales, "", status=403)


class TestADescription:
    def test_names_columns_filters_orders_and_groupings(self, cast: Cast, reader: Any) -> None:
        told = get(reader, "deal-pipeline/")

        filters = {each["name"]: each for each in told["filters"]}
        assert told["levels"] == ["summary", "detail"]
        assert filters["status"]["several"]
        assert {"value": "approved", "label": "Approved"} in filters["status"]["values"]
        assert {"close_from", "close_to", "value_from", "currency"} <= set(filters)
        assert {"name": "value", "label": "Value", "type": "money", "values": []} in told["columns"]
        assert told["orders"][0]["value"] == "close"
        assert "month" in [each["name"] for each in told["groupings"]]

    def test_leaves_out_what_the_reader_may_not_see(self, cast: Cast) -> None:
        told = get(reporter(cast, cast.distributor_site, "Dina Report"), "won-and-lost/")

        names = {each["name"] for each in told["columns"]} | {each["name"] for each in told["filters"]}
        assert not names & {"distributor", "competitors", "words"}

    def test_of_what_does_not_exist_is_not_found(self, reader: Any) -> None:
        get(reader, "nothing/", status=404)

    def test_needs_the_report_s_own_privilege(self, cast: Cast, reader: Any) -> None:
        get(reader, "access-audit/", status=403)
        get(cast.primary, "access-audit/")


class TestRows:
    def test_are_typed(self, cast: Cast, reader: Any) -> None:
        make_deal(cast, name="Harbour", currency="JPY", value=1500, close_on=day(40))

        (row,) = get(reader, "deal-pipeline/rows/?level=detail&columns=name,value,close,status")["results"]

        assert row == {
            "name": "Harbour",
            "value": {"amount": "1500", "currency": "JPY"},
            "close": f"{day(40)}",
            "status": "submitted",
        }

    def test_are_summed_up(self, cast: Cast, reader: Any) -> None:
        for value in (1000, 2050):
            make_deal(cast, currency="EUR", value=value, close_on=day(40))

        (row,) = get(reader, "deal-pipeline/rows/?level=summary")["results"]

        assert row == {
            "month": f"{day(40):%Y-%m}",
            "status": "submitted",
            "deals": 2,
            "value": {"amount": "30.50", "currency": "EUR"},
        }

    @pytest.mark.parametrize("level", ["detail", "summary&by=country"])
    def test_come_page_by_page(self, cast: Cast, reader: Any, level: str) -> None:
        for country in ("EG", "PL", "IT"):
            make_deal(cast, customer_country=country)

        first = get(reader, f"deal-pipeline/rows/?level={level}&page_size=2")
        last = caller(reader).get(first["next"]).json()

        assert (len(first["results"]), len(last["results"])) == (2, 1)
        assert last["next"] is None
        assert last["previous"]

    def test_are_refused_for_what_cannot_be(self, cast: Cast, reader: Any) -> None:
        for query, field in (
            ("close_from=soon", "close_from"),
            ("order=fastest", "order"),
            ("value_from=5", "value_from"),
            ("colour=red", "detail"),
            ("columns=secret", "columns"),
        ):
            answer = caller(reader).get(f"/api/v1/reports/deal-pipeline/rows/?{query}")
            assert answer.status_code == 400, query
            assert field in answer.content.decode(), query

    def test_of_others_are_never_there(self, cast: Cast, reader: Any) -> None:
        make_deal(cast, by=cast.rival, name="Rival harbour")

        assert get(reader, "deal-pipeline/rows/?level=detail")["results"] == []
        assert len(get(cast.rival, "deal-pipeline/rows/?level=detail")["results"]) == 1

    def test_take_as_many_queries_for_many_as_for_one(self, cast: Cast, reader: Any) -> None:
        program = caller(reader)

        def queries() -> int:
            with CaptureQueriesContext(connection) as caught:
                assert program.get("/api/v1/reports/deal-pipeline/rows/?level=detail").status_code == 200
            return len(caught)

        make_deal(cast)
        queries()
        few = queries()
        for _ in range(2):
            make_deal(cast)

        assert queries() == few


class TestTotals:
    def test_are_by_currency(self, cast: Cast, reader: Any) -> None:
        make_deal(cast, Status.WON, currency="EUR", value=500)
        make_deal(cast, Status.LOST, currency="EGP", value=700)

        assert get(reader, "won-and-lost/totals/") == [
            {"measure": "deals", "value": 2},
            {
                "measure": "value",
                "value": [{"amount": "7.00", "currency": "EGP"}, {"amount": "5.00", "currency": "EUR"}],
            },
        ]

    def test_are_of_what_fits(self, cast: Cast, reader: Any) -> None:
        make_deal(cast, Status.WON)
        make_deal(cast, Status.LOST)

        assert get(reader, "won-and-lost/totals/?status=won")[0]["value"] == 1
