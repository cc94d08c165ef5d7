"""Who sees which prices: asked of the database, under every kind of actor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from identity import tenancy
from identity.actors import Actor
from identity.models import Site, StaffRole
from identity.privileges import Privilege, Tool
from pricing.models import COLUMNS, Price, PriceFile, PriceList, columns_of
from pricing.models.entitlement import price_list_of
from tests.cast import Cast, actor
from tests.factories import make_member, make_site, make_user
from tests.pricing.priced import EVERY, make_book, make_edition, offers_of
from tests.pricing.shelved import make_files

pytestmark = pytest.mark.django_db

PRICES = [Tool.PRICE_FILES]
COST = [Tool.PRICE_FILES, Tool.PARTNER_COST]
# Tools that price something, though they show no price files
QUOTING = [Tool.PROPOSAL_QUOTE_ORDER, Tool.ONLINE_ORDERING, Tool.GUIDED_SELLING]
OTHERS = [tool for tool in Tool if tool not in (*PRICES, *QUOTING)]
# kind, programme, level, and the price list that follows
SITES = [
    ("reseller", "express", "BL", PriceList.LIST),
    ("reseller", "express", "ED", PriceList.LIST),
    ("reseller", "relationship", "BL", PriceList.VOLUME),
    ("reseller", "relationship", "H", PriceList.VOLUME),
    ("reseller", "relationship", "ED", PriceList.ACADEMIC),
    ("reseller", "relationship", "GV", PriceList.GOVERNMENT),
    ("distributor", "relationship", "BL", PriceList.VOLUME),
    ("distributor", "express", "GV", PriceList.VOLUME),
]


def somebody(tools: list[Any], **site: Any) -> Actor:
    """A member of a site in Egypt with these tools."""
    return actor(make_member(make_site(**{"country": "EG"} | site), "Mona Reader", tools=tools))


def make_priced() -> dict[str, Any]:
    """An edition of each sort in Egypt, and a current one in Poland."""
    egypt, poland = make_book(), make_book("PL", "PLN", time_zone="Europe/Warsaw")
    return {
        "current": make_edition(egypt, "2026-11-01"),
        "future": make_edition(egypt, "2027-02-01"),
        "draft": make_edition(egypt, "2027-03-01", status="draft"),
        "withdrawn": make_edition(egypt, "2027-04-01", status="withdrawn"),
        "abroad": make_edition(poland, "2026-11-01"),
    }


@pytest.fixture
def priced(db: None) -> dict[str, Any]:
    return make_priced()


def seen(found: list[dict[str, Any]]) -> set[str]:
    """The columns in which there is a price."""
    return {column for row in found for column in COLUMNS if row[column] is not None}


class TestAPartner:
    @pytest.mark.parametrize(("kind", "programme", "level", "price_list"), SITES)
    def test_sees_the_price_columns_of_its_programme_and_level(
        self, priced: dict[str, Any], kind: str, programme: str, level: str, price_list: str
    ) -> None:
        site = {"kind": kind, "programme": programme, "price_level": level}

        plain, with_cost = offers_of(somebody(PRICES, **site)), offers_of(somebody(COST, **site))

        assert seen(plain) == set(columns_of(price_list, with_cost=False))
        assert seen(with_cost) == set(columns_of(price_list, with_cost=True))
        assert price_list_of(Site(**site)) == price_list

    def test_sees_published_editions_of_its_own_country_and_nothing_else(
        self, priced: dict[str, Any]
    ) -> None:
        found = offers_of(somebody(COST))

        assert [row["edition_id"] for row in found] == [priced["current"].id, priced["future"].id]
        assert found[0]["srp"] == EVERY["srp"]

    def test_sees_nothing_without_the_privilege_to_see_prices(self, priced: dict[str, Any]) -> None:
        assert offers_of(somebody(OTHERS)) == []

    @pytest.mark.parametrize("tool", QUOTING)
    def test_sees_the_same_prices_who_may_quote_or_order(self, priced: dict[str, Any], tool: Tool) -> None:
        assert offers_of(somebody([tool])) == offers_of(somebody(PRICES)) != []

    @pytest.mark.parametrize("tool", QUOTING)
    def test_sees_no_price_files_for_that(self, tool: Tool) -> None:
        egypt = make_book()
        make_files(egypt, [make_edition(egypt, "2026-11-01")])
        with tenancy.scope(somebody(PRICES)):
            assert PriceFile.objects.exists()
        with tenancy.scope(somebody([tool])):
            assert not PriceFile.objects.exists()

    def test_sees_no_cost_for_being_allowed_to_quote(self, priced: dict[str, Any]) -> None:
        assert "bp_price" not in seen(offers_of(somebody(QUOTING)))
        assert "bp_price" in seen(offers_of(somebody([*QUOTING, Tool.PARTNER_COST])))

    def test_sees_nothing_when_its_site_is_closed(self, priced: dict[str, Any]) -> None:
        assert offers_of(somebody(COST, is_active=False)) == []

    def test_is_not_let_near_prices_but_through_the_view(self, priced: dict[str, Any]) -> None:
        with (
            tenancy.scope(somebody(COST)),
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
        ):
            list(Price.objects.all())

    def test_cannot_write_through_the_view(self, priced: dict[str, Any]) -> None:
        with (
            tenancy.scope(somebody(COST)),
            pytest.raises(DatabaseError, match=r"permission denied|cannot update view"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE pricing_offer SET srp = 1")

    def test_sees_no_cost_through_a_key_that_was_not_given_it(self, priced: dict[str, Any]) -> None:
        person = somebody(COST)
        key = replace(person, key_id=1, privileges=person.privileges - {Privilege.PARTNER_COST_VIEW})

        assert "bp_price" in seen(offers_of(person))
        assert "bp_price" not in seen(offers_of(key))

    def test_learns_nothing_of_hidden_rows_from_its_own_conditions(self, priced: dict[str, Any]) -> None:
        """A condition that fails on a row it should not be asked about would tell that there is such a row."""
        with tenancy.scope(somebody(PRICES)), connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pricing_offer WHERE 1 / (edition_id - %s) > -1", [priced["abroad"].id]
            )
            assert cursor.fetchone() == (2,)


class TestOthers:
    def test_the_vendors_pricing_people_see_every_published_edition_whole(
        self, priced: dict[str, Any]
    ) -> None:
        found = offers_of(actor(make_user("Yusuf Price", staff_roles=[StaffRole.PRICING])))

        assert {row["edition_id"] for row in found} == {
            priced[name].id for name in ("current", "future", "abroad")
        }
        assert seen(found) == set(COLUMNS)

    def test_channel_operations_sees_no_partner_cost(self, priced: dict[str, Any]) -> None:
        found = offers_of(actor(make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS])))

        assert seen(found) == set(COLUMNS) - {"bp_price"}

    def test_the_deal_desk_sees_no_prices(self, priced: dict[str, Any], cast: Cast) -> None:
        assert offers_of(actor(cast.deal_desk)) == []

    @pytest.mark.parametrize("nobody", ["anonymous", "applicant"])
    def test_whoever_has_no_site_is_not_let_near(
        self, priced: dict[str, Any], cast: Cast, nobody: str
    ) -> None:
        who = Actor.anonymous() if nobody == "anonymous" else actor(cast.applicant)

        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            offers_of(who)
