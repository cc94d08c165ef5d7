"""What the address of a list says, and what stands on its tabs."""

from __future__ import annotations

import pytest
from django.db.models import Q
from django.http import QueryDict

from identity import lists, tenancy
from identity.lists import Tab, address_of, counted, how_many, named, query_of, typed
from identity.models import Site
from tests.factories import make_site

TABS = (Tab("all", "All", Q()), Tab("closed", "Closed", Q(is_active=False)))
PARAMETERS = ("show", "q")


class TestTheAddress:
    def test_names_a_tab_or_one_lands_on_the_first(self) -> None:
        assert named(TABS, "closed") is TABS[1]
        assert named(TABS, "nonsense") is named(TABS, "") is TABS[0]

    def test_says_what_was_typed_on_one_line_as_far_as_it_is_read(self) -> None:
        asked = QueryDict("q=+Nile%0A%00Cotton++" + "x" * 300)
        assert typed(asked).startswith("Nile Cotton xx")
        assert len(typed(asked)) == 200
        assert typed(asked, most=4) == "Nile"
        assert typed(asked, "country") == ""

    def test_keeps_the_filters_and_leaves_the_place_in_the_list(self) -> None:
        asked = QueryDict("show=all&q=Nile+Cotton&after=signed&other=1")
        assert query_of(asked, PARAMETERS) == "show=all&q=Nile+Cotton"
        assert address_of("leads:list", asked, PARAMETERS, show="closed").endswith(
            "?show=closed&q=Nile+Cotton"
        )

    def test_is_the_plain_one_where_nothing_is_asked(self) -> None:
        assert "?" not in address_of("leads:list", QueryDict("q="), PARAMETERS)


class TestTheNumberOnATab:
    def test_is_shown_up_to_a_bound(self) -> None:
        assert [counted(number) for number in (0, 999, 1000)] == ["0", "999", "999+"]

    @pytest.mark.django_db
    def test_is_counted_up_to_it_and_no_further(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lists, "COUNTED", 2)
        with tenancy.as_system():
            before = Site.objects.count()
        for number in range(4):
            make_site(f"Site {number}")
        with tenancy.as_system():
            assert how_many(Site.objects.filter(name__startswith="Site ").order_by("name")) == 3
            assert how_many(Site.objects.filter(name="Site 1")) == 1
            assert Site.objects.count() == before + 4
