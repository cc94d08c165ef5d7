"""A summary is the detail, summed up: whatever it is narrowed and grouped by, and whoever asks."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deals.models import Deal, DealProduct
from deals.states import Stage, Status
from identity import tenancy
from reports import summing
from reports.asking import asked_of
from reports.columns import sources
from reports.declared import report_named
from reports.tables import groups, rows, table_of
from tests.cast import Cast, actor
from tests.deals.factories import make_deal, make_part
from tests.reports.declared import reporter, table

pytestmark = pytest.mark.django_db

# The last hours of a month in UTC, which are the next month's first in Cairo; and the middle of one.
MOMENTS = [datetime(2026, 3, 31, 22, 30, tzinfo=UTC), datetime(2026, 4, 15, 9, tzinfo=UTC)]
CLOSING = [date(2027, 1, 31), date(2027, 2, 1), date(2027, 2, 28), date(2028, 2, 29)]
STATUSES = [Status.SUBMITTED, Status.RETURNED, Status.APPROVED, Status.WON, Status.LOST]
CURRENCIES = ["EUR", "EGP", "JPY"]
COUNTRIES = ["EG", "PL", "IT"]
CAIRO = ZoneInfo("Africa/Cairo")


@pytest.fixture
def many(cast: Cast) -> Cast:
    """Deals of every sort, on the edges of months."""
    lines = [
        make_part("D0AAAAA", "SENTINEL"),
        make_part("D0BBBBB", "SENTINEL"),
        make_part("D0CCCCC", "BEACON"),
    ]
    for number in range(36):
        parts = lines[: 1 + number % 3] if number % 4 else lines[2:]
        make_deal(
            cast,
            STATUSES[number % len(STATUSES)],
            by=cast.rival if number % 7 == 0 else cast.sales,
            distributor=cast.other_distributor_site if number % 5 == 0 else cast.distributor_site,
            now=MOMENTS[number % 2],
            currency=CURRENCIES[number % 3],
            value=100 * (number + 1),
            close_on=CLOSING[number % len(CLOSING)],
            customer_country=COUNTRIES[number % 3 if number % 2 else 0],
            stage=list(Stage.values)[number % 4],
            products=[(part, 1) for part in parts],
        )
    return cast


def queries(statuses: list[str], days: str) -> Any:
    """Addresses of what somebody might narrow a report by."""
    day = st.sampled_from([*CLOSING, date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 15)])

    def address(**chosen: Any) -> str:
        pairs = {name: value for name, value in chosen.items() if value}
        if "value_from" in pairs and "currency" not in pairs:
            pairs.pop("value_from")
        first, last = f"{days}_from", f"{days}_to"
        if first in pairs and last in pairs and pairs[first] > pairs[last]:
            pairs.pop(last)
        return urlencode(pairs, doseq=True)

    return st.builds(
        address,
        status=st.lists(st.sampled_from(statuses), unique=True, max_size=2),
        stage=st.lists(st.sampled_from(Stage.values), unique=True, max_size=3),
        country=st.sampled_from(["", *COUNTRIES]),
        currency=st.sampled_from(["", "", *CURRENCIES]),
        value_from=st.sampled_from(["", "5", "12"]),
        line=st.sampled_from(["", "", "SENTINEL", "BEACON"]),
        **{f"{days}_from": st.just("") | day, f"{days}_to": st.just("") | day},
    )


def kept_by(row: dict[str, Any], grouping: str, lines: dict[str, set[str]]) -> list[tuple[Any, ...]]:
    """The groups that a row of the detail belongs to."""
    month = row.get("closing_on") or timezone.localtime(row["ended_at"], CAIRO).date()
    first: dict[str, list[Any]] = {
        "month": [month.replace(day=1)],
        "stage": [row["stage"]],
        "line": sorted(lines[row["submission_ref"]]),
        "country": [row["customer_country"]],
        "partner": [row.get("site_number")],
        "reason": [row.get("outcome_code")],
    }
    return [(one, row["status"], row["currency"]) for one in first[grouping]]


PEOPLE = ("reseller", "distributor", "staff")


def people(cast: Cast) -> dict[str, Any]:
    return {
        "reseller": reporter(cast),
        "distributor": reporter(cast, cast.distributor_site, "Dina Report"),
        "staff": cast.deal_desk,
    }


def lines_of_deals() -> dict[str, set[str]]:
    with tenancy.as_system():
        found: dict[str, set[str]] = {}
        references = dict(Deal.objects.values_list("id", "submission_ref"))
        for deal, line in DealProduct.objects.values_list("deal_id", "line"):
            found.setdefault(str(references[deal]), set()).add(line)
        return found


def only(lines: dict[str, set[str]], query: str) -> dict[str, set[str]]:
    """The lines of deals that were asked for."""
    asked = set(parse_qs(query).get("line", ()))
    return {deal: of_deal & asked for deal, of_deal in lines.items()} if asked else lines


PIPELINE = ("deal-pipeline", ["submitted", "returned", "approved"], "close")
WON_AND_LOST = ("won-and-lost", ["won", "lost"], "closed")


class TestASummary:
    @pytest.mark.parametrize("of", [PIPELINE, WON_AND_LOST], ids=["pipeline", "won and lost"])
    def test_is_the_detail_summed_up(self, many: Cast, of: tuple[str, list[str], str]) -> None:
        key, statuses, days = of
        readers, lines = people(many), lines_of_deals()
        groupings = [each.name for each in report_named(key).summary.groupings]  # type: ignore[union-attr]

        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
        @given(queries(statuses, days), st.sampled_from(PEOPLE), st.data())
        def holds(query: str, who: str, data: Any) -> None:
            reader = readers[who]
            report = report_named(key)
            offered = [each.name for each in report.groupings_for(actor(reader))]
            by = data.draw(st.sampled_from(offered))
            names = ",".join(column.name for column in report.columns_for(actor(reader)))

            with timezone.override(CAIRO):
                _, detail = at_cairo(reader, key, f"{query}&columns={names}")
                _, summary = at_cairo(reader, key, f"{query}&by={by}", "summary")

            counted: Counter[Any] = Counter()
            summed: Counter[Any] = Counter()
            for row in detail:
                for group in kept_by(row, by, only(lines, query)):
                    counted[group] += 1
                    summed[group] += row["value"]
            dimensions = [d.column.source for d in grouping(report, by).dimensions]
            found = {tuple(row[name] for name in (*dimensions, "currency")): row for row in summary}
            assert {group: row["deals"] for group, row in found.items()} == dict(counted)
            assert {group: int(row["sum_of_value"]) for group, row in found.items()} == dict(summed)

        holds()
        assert {"month", "partner"} <= set(groupings)

    @pytest.mark.parametrize("of", [PIPELINE, WON_AND_LOST], ids=["pipeline", "won and lost"])
    def test_leads_from_each_group_to_just_its_rows(self, many: Cast, of: tuple[str, list[str], str]) -> None:
        key, statuses, days = of
        readers, report = people(many), report_named(key)

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
        @given(queries(statuses, days), st.sampled_from(PEOPLE), st.data())
        def holds(query: str, who: str, data: Any) -> None:
            person = actor(readers[who])
            by = data.draw(st.sampled_from([each.name for each in report.groupings_for(person)]))
            with tenancy.scope(person), timezone.override(CAIRO):
                asked = asked_of(report, f"{query}&by={by}", actor=person, level="summary")
                for group in groups(asked):
                    address = urlsplit(summing.address_of(asked, group))
                    assert parse_qs(address.query)["level"] == ["detail"]
                    narrowed = asked_of(report, address.query, actor=person)
                    assert rows(narrowed).count() == group["deals"], address.query

        holds()

    def test_has_totals_that_are_the_sum_of_its_rows(self, many: Cast) -> None:
        report = report_named("deal-pipeline")
        for reader in people(many).values():
            person = actor(reader)
            _, detail = table(reader, "deal-pipeline", "columns=value,status")
            with tenancy.scope(person):
                count, value = summing.totals(asked_of(report, "", actor=person))

            summed: Counter[str] = Counter()
            for row in detail:
                summed[row["currency"]] += row["value"]
            assert count.count == len(detail)
            assert {code: minor for minor, code in value.amounts} == dict(summed)


def at_cairo(who: Any, key: str, query: str, level: str = "detail") -> Any:
    with tenancy.scope(actor(who)), timezone.override(CAIRO):
        found = table_of(key, query, level=level, actor=actor(who))
        fields = sources(found.columns)
        return found, [dict(zip(fields, row, strict=True)) for row in found.rows.values_list(*fields)]


def grouping(report: Any, name: str) -> Any:
    return next(each for each in report.summary.groupings if each.name == name)
