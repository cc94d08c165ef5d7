"""Keyset paging: every row once, in order, at one query a page."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from identity import tenancy
from identity.models import Site
from identity.paging import BadCursor, Page, page
from tests.factories import make_site

pytestmark = pytest.mark.django_db

COUNTRIES = ["PL", "EG", "PL", "IT", "EG", "PL", "BR"]


@pytest.fixture
def sites(db: None) -> list[Site]:
    return [make_site(f"Site {number}", country=country) for number, country in enumerate(COUNTRIES)]


def fetch(queryset: QuerySet, order: tuple[str, ...], url: str = "/sites/", size: int = 3) -> Page:
    return page(queryset, order, RequestFactory().get(url), size=size)


def walk(queryset: QuerySet, order: tuple[str, ...]) -> tuple[list, list]:
    """Every page forwards, then back from the last one."""
    with tenancy.as_system():
        pages = [fetch(queryset, order)]
        while pages[-1].next_url:
            pages.append(fetch(queryset, order, pages[-1].next_url))
        back = [pages[-1]]
        while back[-1].previous_url:
            back.append(fetch(queryset, order, back[-1].previous_url))
    return [row for p in pages for row in p.items], [row for p in reversed(back) for row in p.items]


class TestWalkingThroughAList:
    @pytest.mark.parametrize(
        "order",
        [
            ("id",),
            ("-id",),
            ("country", "id"),
            ("-country", "-id"),
            ("-country", "id"),
            ("country", "-name", "id"),
        ],
    )
    def test_gives_every_row_once_in_order_and_back_again(
        self, sites: list[Site], order: tuple[str, ...]
    ) -> None:
        there, back = walk(Site.objects.all(), order)
        with tenancy.as_system():
            assert there == back == list(Site.objects.order_by(*order))

    @pytest.mark.parametrize("shape", ["values", "values_list", "named"])
    def test_works_for_rows_that_are_not_models(self, sites: list[Site], shape: str) -> None:
        queryset = {
            "values": Site.objects.values("name", "country", "created_at", "id"),
            "values_list": Site.objects.values_list("name", "country", "created_at", "id"),
            "named": Site.objects.values_list("name", "country", "created_at", "id", named=True),
        }[shape]
        there, back = walk(queryset, ("-country", "-created_at", "-id"))
        with tenancy.as_system():
            assert there == back == list(queryset.order_by("-country", "-created_at", "-id"))

    def test_goes_by_annotations_too(self, sites: list[Site]) -> None:
        there, back = walk(Site.objects.annotate(land=F("country")), ("land", "id"))
        assert [site.country for site in there] == sorted(COUNTRIES)
        assert back == there

    def test_one_query_a_page_and_a_row_comparison_for_the_index(self, sites: list[Site]) -> None:
        with tenancy.as_system():
            first = fetch(Site.objects.all(), ("-country", "-id"))
            with CaptureQueriesContext(
                connection,
            ) as queries:
                fetch(Site.objects.all(), ("-country", "-id"), first.next_url or "")
        assert len(queries) == 1
        assert '("identity_site"."country", "identity_site"."id") < (' in queries[0]["sql"]

    def test_filters_stay_in_the_addresses(self, sites: list[Site]) -> None:
        with tenancy.as_system():
            found = fetch(Site.objects.all(), ("id",), "/sites/?status=open&status=won&q=%C5%BC")
        assert found.previous_url is None
        assert found.next_url is not None
        query = parse_qs(urlsplit(found.next_url).query)
        assert (query["status"], query["q"]) == (["open", "won"], ["ż"])

    def test_a_page_emptied_meanwhile_leads_back_to_the_beginning(self, sites: list[Site]) -> None:
        with tenancy.as_system():
            first = fetch(Site.objects.all(), ("id",), "/sites/?q=x")
            empty = fetch(Site.objects.none(), ("id",), first.next_url or "")
        assert (empty.items, empty.next_url, empty.previous_url) == ([], None, "/sites/?q=x")


class TestACursorThatWasNotGivenOut:
    @pytest.mark.parametrize("cursor", ["x", "W10:1abc:def", "%00", "%D9%A1", "x" * 5000])
    def test_is_refused(self, sites: list[Site], cursor: str) -> None:
        with tenancy.as_system(), pytest.raises(BadCursor):
            fetch(Site.objects.all(), ("id",), f"/sites/?cursor={cursor}")

    def test_is_refused_for_a_list_in_another_order(self, sites: list[Site]) -> None:
        with tenancy.as_system():
            first = fetch(Site.objects.all(), ("id",))
            with pytest.raises(BadCursor):
                fetch(Site.objects.all(), ("country", "id"), first.next_url or "")
