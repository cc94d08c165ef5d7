"""Declarations: what they must say, what their filters make of an address, and that indexes answer their orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import QueryDict
from django.utils import timezone, translation

from deals.models import Deal
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.actors import Actor, Kind
from identity.privileges import Privilege
from reports import filters, words
from reports.asking import BadFilter, asked_of
from reports.columns import Column, Type
from reports.declared import (
    Dimension,
    Grouping,
    Level,
    Measure,
    Order,
    Report,
    ReportNotFound,
    Summary,
    all_reports,
    report_named,
)
from reports.tables import rows, table_of
from tests.cast import Cast, actor
from tests.deals.test_list import TestWithManyDeals as ManyDeals
from tests.reports.declared import reporter

NAME = Column("name", "Name")
SECRET = Column("secret", "Secret", field="next_steps", seen_by=frozenset({Kind.STAFF}))
NAMES = (Order("name", "Name", ("name", "id")),)
VALUE = Column("value", "Value", Type.MONEY, currency="currency")


def declared(**changes: Any) -> Report:
    given: dict[str, Any] = {
        "key": "of-a-test",
        "title": "Of a test",
        "text": "",
        "privilege": Privilege.DEAL_VIEW,
        "source": lambda actor: Deal.objects.all(),
        "filters": (filters.Text(name="name", label="Name"), filters.Text(name="secret", label="Secret")),
        "detail": Level(
            columns=(NAME, SECRET, VALUE),
            orders=(Order("name", "Name", ("name", "id")), Order("secret", "Secret", ("next_steps", "id"))),
        ),
    }
    return Report(**given | changes)


class TestADeclaration:
    def test_says_which_column_a_filter_is_about(self) -> None:
        with pytest.raises(TypeError, match="narrows no column"):
            declared(filters=(filters.Text(name="elsewhere", label="Elsewhere"),))

    def test_calls_no_filter_as_something_else_in_the_address_is_called(self) -> None:
        with pytest.raises(TypeError, match="something else"):
            declared(filters=(filters.Text(name="order", label="Order", column="name"),))

    def test_says_which_columns_an_order_goes_by(self) -> None:
        with pytest.raises(TypeError, match="no column"):
            declared(
                detail=Level(columns=(NAME,), orders=(Order("x", "X", ("competitors", "id")),)), filters=()
            )

    def test_has_orders_that_are_total(self) -> None:
        with pytest.raises(TypeError, match="not total"):
            declared(detail=Level(columns=(NAME,), orders=(Order("x", "X", ("name",)),)), filters=())

    def test_never_adds_money_up_across_currencies(self) -> None:
        grouping = Grouping("name", "Name", (Dimension(NAME, "name"),))
        with pytest.raises(TypeError, match="by currency"):
            declared(summary=Summary((grouping,), (Measure(VALUE, lambda: Count("id")),)))

    def test_has_a_way_from_each_group_to_its_rows(self) -> None:
        grouping = Grouping("name", "Name", (Dimension(NAME, "nothing"),))
        with pytest.raises(TypeError, match="leads to the rows"):
            declared(summary=Summary((grouping,), ()))

    def test_hides_with_a_column_whatever_would_tell_of_it(self, cast: Cast) -> None:
        report = declared()
        partner, staff = actor(cast.primary), actor(cast.deal_desk)

        assert [each.name for each in report.filters_for(partner)] == ["name"]
        assert [order.name for order in report.orders_for(partner)] == ["name"]
        assert [each.name for each in report.filters_for(staff)] == ["name", "secret"]
        assert [order.name for order in report.orders_for(staff)] == ["name", "secret"]


class TestEveryReport:
    @pytest.fixture(autouse=True)
    def _pages(self) -> None:
        assert all_reports()

    @pytest.mark.parametrize("language", ["en", "ar", "pl"])
    def test_names_everything_there_is(self, language: str) -> None:
        with translation.override(language):
            for report in all_reports():
                named = [report, *report.detail.orders]
                assert all(str(getattr(one, "title", None) or one.label) for one in named)  # type: ignore[union-attr]
                assert len(report.listing.key) <= 40
                assert report.text
                assert {column.name for column in report.detail.columns} >= set(report.detail.shown)
                assert len({column.name for column in report.detail.columns}) == len(report.detail.columns)

    @pytest.mark.django_db
    def test_is_refused_to_whoever_lacks_either_privilege(self, cast: Cast) -> None:
        people = [actor(who) for who in (cast.sales, cast.newcomer, cast.applicant)]
        for report in all_reports():
            for who in people:
                with pytest.raises(PrivilegeMissing), tenancy.scope(who):
                    table_of(report.key, "", level=report.levels_for(who)[0], actor=who)

    @pytest.mark.django_db
    def test_gives_a_table_of_each_level_to_whoever_may_open_it(self, cast: Cast) -> None:
        opened = set()
        for who in map(
            actor, (cast.primary, reporter(cast, cast.distributor_site), cast.deal_desk, cast.care)
        ):
            for report in all_reports():
                if report.refusal(who):
                    continue
                for level in report.levels_for(who):
                    with tenancy.scope(who):
                        found = table_of(report.key, "", level=level, actor=who)
                        assert (
                            list(found.rows.values_list(*(column.source for column in found.columns)))[:0]
                            == []
                        )
                        assert found.rows.ordered
                    opened.add(report.key)
        assert {"deal-pipeline", "won-and-lost", "access-audit"} <= opened

    def test_that_does_not_exist_is_said_not_to(self, cast: Cast) -> None:
        with pytest.raises(ReportNotFound):
            table_of("none", "", level="detail", actor=actor(cast.primary))


STAFF = Actor(kind=Kind.STAFF, user_id=1, privileges=frozenset({Privilege.REPORT_VIEW, Privilege.DEAL_VIEW}))


def asked(filter_: filters.Filter, query: str, language: str = "en") -> tuple[Q | None, str]:
    """What a filter makes of an address: its condition, and its words."""
    report = declared(filters=(filter_,), detail=Level(columns=(NAME, VALUE), orders=NAMES))
    if isinstance(filter_, filters.Money):
        report = declared(
            filters=(
                filters.Choice(
                    name="currency",
                    label="Currency",
                    column="value",
                    choices=lambda: {"EUR": "Euro"},
                    several=False,
                ),
                filter_,
            ),
            detail=Level(columns=(NAME, VALUE), orders=NAMES),
        )
    with translation.override(language):
        found = asked_of(report, QueryDict(query), actor=STAFF)
        return filter_.condition(found.given, found.actor), filter_.words(found.given)


def minor(text: str, currency: str) -> int:
    if not text.isdigit():
        raise ValidationError("no amount")
    return int(text) * 100


OF_NAME: dict[str, Callable[[], filters.Filter]] = {
    "text": lambda: filters.Text(name="name", label="Name"),
    "named": lambda: filters.Named(name="name", label="Name"),
    "choice": lambda: filters.Choice(
        name="name", label="Name", choices=lambda: {"a": "A", "b": "B", "": "None"}
    ),
    "site": lambda: filters.Site(name="name", label="Name"),
    "code": lambda: filters.Code(name="name", label="Name"),
    "yes": lambda: filters.YesNo(name="name", label="Name"),
    "numbers": lambda: filters.Numbers(name="name", label="Name"),
    "days": lambda: filters.Days(name="name", label="Name"),
    "country": lambda: filters.Country(name="name", label="Name"),
    "money": lambda: filters.Money(name="value", label="Value", minor_units=minor),
}


class TestAFilter:
    @pytest.mark.parametrize(
        ("kind", "query", "condition", "said"),
        [
            ("text", "name=Bra", Q(name__istartswith="Bra"), "Bra"),
            ("text", "name=", None, ""),
            ("named", "name=Bra", Q(name__istartswith="Bra"), "Bra"),
            ("named", "name=%22Bra%22", Q(name="Bra"), '"Bra"'),
            ("named", "name=%22%22", Q(name=""), '""'),
            ("choice", "name=a&name=b", Q(name__in=["a", "b"]), "A, B"),
            ("choice", "name=-", Q(name__in=[""]), "None"),
            ("site", "name=42", Q(name__exact="0000042"), "0000042"),
            ("site", "name=-", Q(name__exact=""), "none"),
            ("code", "name=ag01", Q(name__exact="AG01"), "AG01"),
            ("code", "name=-", Q(name__exact=""), "none"),
            ("code", "name=", None, ""),
            ("yes", "name=no", Q(name=False), "No"),
            ("numbers", "name_from=3", Q(name__gte=3), "from 3"),
            ("numbers", "name_from=3&name_to=5", Q(name__gte=3) & Q(name__lte=5), "3 to 5"),
            ("days", "name_to=2026-03-05", Q(name__lte=date(2026, 3, 5)), "up to 5 Mar 2026"),
            ("country", "name=PL", Q(name__in=["PL"]), "Poland"),
            ("money", "currency=EUR&value_from=5", Q(value__gte=500), "from €5.00"),
            ("money", "", None, ""),
        ],
    )
    def test_reads_its_parameters(self, kind: str, query: str, condition: Q | None, said: str) -> None:
        assert asked(OF_NAME[kind](), query) == (condition, said)

    @pytest.mark.parametrize(
        ("kind", "query", "field"),
        [
            ("choice", "name=z", "name"),
            ("site", "name=12345678", "name"),
            ("site", "name=٤٢", "name"),
            ("site", "name=--", "name"),
            ("code", "name=" + "x" * 25, "name"),
            ("yes", "name=perhaps", "name"),
            ("numbers", "name_from=x", "name_from"),
            ("numbers", "name_from=-1", "name_from"),
            ("numbers", "name_from=99999999999999999999", "name_from"),
            ("numbers", "name_from=5&name_to=3", "name_to"),
            ("days", "name_from=03/04/2026", "name_from"),
            ("days", "name_from=2026-02-30", "name_from"),
            ("country", "name=XX", "name"),
            ("money", "value_from=5", "value_from"),
            ("money", "currency=EUR&value_from=x", "value_from"),
            ("money", "currency=EUR&value_from=5&value_to=3", "value_to"),
            ("text", "name=" + "x" * 300, "name"),
            ("text", "name=%00", "name"),
            ("text", "other=1", ""),
            ("text", "level=deep", "level"),
            ("text", "order=", None),
        ],
    )
    def test_says_at_its_field_what_it_cannot_read(self, kind: str, query: str, field: str | None) -> None:
        if field is None:
            asked(OF_NAME[kind](), query)
            return
        with pytest.raises(BadFilter) as wrong:
            asked(OF_NAME[kind](), query)
        assert set(wrong.value.errors) == {field}

    def test_leads_to_a_month_no_further_than_was_asked_for(self) -> None:
        days = filters.Days(name="close", label="Close")
        given = {"close_from": date(2026, 2, 10), "close_to": None}

        assert days.narrowed_to(date(2026, 2, 1), given) == {
            "close_from": ["2026-02-10"],
            "close_to": ["2026-02-28"],
        }

    def test_writes_in_the_reader_s_words(self) -> None:
        with translation.override("pl"):
            assert words.month(date(2026, 3, 1)) == "marzec 2026"
        with translation.override("ar"):
            assert "2026" in words.month(date(2026, 3, 1))

    def test_of_days_goes_by_the_reader_s_zone(self) -> None:
        days = filters.Days(name="name", label="Name", moments=True)
        with timezone.override("Africa/Cairo"):
            condition, _said = asked(days, "name_from=2026-01-05")

        assert condition is not None
        ((_field, moment),) = condition.children  # type: ignore[misc]
        assert moment.utcoffset().total_seconds() == 7200


@pytest.mark.django_db(transaction=True)
class TestWithManyDeals:
    """20,000 deals: the first page of every order comes straight from an index, policies and all."""

    @pytest.fixture
    def many(self, cast: Cast) -> Cast:
        return ManyDeals.many.__wrapped__(ManyDeals(), cast)  # type: ignore[attr-defined]

    def test_a_page_comes_straight_from_an_index(self, many: Cast) -> None:
        people = {
            "reseller": reporter(many),
            "distributor": reporter(many, many.distributor_site, "Dina Report"),
            "staff": many.deal_desk,
        }
        for key, query, index in (
            ("deal-pipeline", "order=close", "deal_closing"),
            ("deal-pipeline", "order=close-", "deal_closing"),
            ("deal-pipeline", "order=newest", "deal_newest"),
            ("won-and-lost", "order=latest", "deal_outcomes"),
            ("won-and-lost", "order=earliest", "deal_outcomes"),
        ):
            for who in people.values():
                plan = self.plan(who, key, query)
                assert f"using {index}" in plan, plan
                assert "Sort" not in plan, plan

    def plan(self, who: Any, key: str, query: str) -> str:
        person = actor(who)
        with tenancy.scope(person):
            found = asked_of(report_named(key), f"level=detail&{query}", actor=person)
            return rows(found).order_by(*found.order.by)[:51].explain()
