"""Customers as the vendor sends them: whom a row is about, what is kept, and what could mean several."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actions import find_or_add_customer
from customers.feeds.directory import CUSTOMERS
from customers.models import Customer
from customers.queries import find_customers
from feeds.models import Delivery, Status
from identity import tenancy
from identity.access import PrivilegeMissing
from identity.models import AuditEvent, User
from tests.cast import Cast, actor
from tests.deals.factories import make_customer
from tests.feeds.sending import checked, loaded, make_operations, make_pricing

HEADER = "number,name,country,tax_id,web_domain"
LAKA = "1200417,Zakłady Łąka Sp. z o.o.,PL,PL 526-104-08-28,https://www.laka.example/x"
SEARCHED = ("search_name", "search_tax_id", "skeleton", "tax_key", "domain_key")


def file(*rows: str) -> str:
    return "\r\n".join([HEADER, *rows]) + "\r\n"


def customers() -> dict[str | None, Customer]:
    with tenancy.as_system():
        return {customer.number: customer for customer in Customer.objects.all()}


def codes(delivery: Delivery) -> set[tuple[int, str, str]]:
    return {(flaw["row"], flaw["column"], flaw["code"]) for flaw in delivery.errors}


def rule(delivery: Delivery) -> str:
    return str(delivery.errors[0]["rule"]["en"])


@pytest.fixture
def otto(db: None) -> User:
    return make_operations()


class TestAFileOfCustomers:
    def test_adds_them_to_the_directory(self, otto: User) -> None:
        delivery = loaded("customers", file(LAKA), by=otto)

        assert delivery.status == Status.LOADED, delivery.errors
        laka = customers()["1200417"]
        assert (laka.name, laka.country) == ("Zakłady Łąka Sp. z o.o.", "PL")
        assert (laka.tax_id, laka.web_domain) == ("PL 526-104-08-28", "laka.example")
        assert len(laka.public_id) == 12

    def test_makes_them_found_as_the_action_does(self, cast: Cast, otto: User) -> None:
        loaded("customers", file(LAKA), by=otto)

        laka = customers()["1200417"]
        stored = {name: getattr(laka, name) for name in SEARCHED}
        laka.normalise()
        assert stored == {name: getattr(laka, name) for name in SEARCHED}
        with tenancy.scope(actor(cast.sales)):
            for typed in ("zaklady laka", "1200417", "5261040828", "laka.exam", "zakladi laka"):
                assert find_customers(typed) == [laka], typed

    def test_tells_nobody_but_the_vendor_that_it_came(self, cast: Cast, otto: User) -> None:
        loaded("customers", file(LAKA), by=otto)

        events = AuditEvent.objects.filter(event="customer.added")
        with tenancy.as_system():
            assert events.get().site_id is None
        with tenancy.scope(actor(cast.primary)):
            assert not events.exists()

    def test_changes_nothing_when_it_comes_again(self, otto: User) -> None:
        loaded("customers", file(LAKA), by=otto)

        assert checked("customers", file(LAKA), by=otto).status == Status.UNCHANGED

    def test_is_for_those_who_look_after_customers(self, cast: Cast, otto: User) -> None:
        for other in (make_pricing(), actor(cast.primary)):
            with pytest.raises(PrivilegeMissing):
                checked("customers", file(LAKA), by=other)
        assert checked("customers", file(LAKA), by=otto).status == Status.READY

    def test_removes_nobody(self, otto: User) -> None:
        kept = make_customer("Kept", number="1999999")
        delivery = loaded("customers", file(LAKA), by=otto, complete=True)

        assert not CUSTOMERS.target.removes
        assert delivery.summary["removed"] == 0
        assert kept.number in customers()


class TestWhomARowIsAbout:
    def about(self, otto: User, row: str) -> tuple[Delivery, int]:
        """What came of the row, and how many customers there are then."""
        delivery = loaded("customers", file(row), by=otto)
        assert delivery.status == Status.LOADED, delivery.errors
        return delivery, len(customers())

    def test_the_number_comes_first(self, otto: User) -> None:
        known = make_customer("Another Name", "IT", number="1200417", tax_id="IT1")
        _delivery, count = self.about(otto, LAKA)

        assert count == 1
        assert customers()["1200417"].id == known.id
        assert customers()["1200417"].name == "Zakłady Łąka Sp. z o.o."

    @pytest.mark.parametrize("tax_id", ["PL5261040828", "526 104 08 28"])
    def test_then_the_tax_id_and_country_however_written(self, otto: User, tax_id: str) -> None:
        known = make_customer("Laka Foods", "PL", tax_id=tax_id)
        delivery, count = self.about(otto, LAKA)

        assert (count, customers()["1200417"].id) == (1, known.id)
        assert delivery.summary["changed"] == 1
        with tenancy.as_system():
            assert AuditEvent.objects.filter(event="customer.numbered", object_id=str(known.id)).exists()

    def test_not_the_same_tax_id_in_another_country(self, otto: User) -> None:
        make_customer("Laka Foods", "IT", tax_id="5261040828")

        assert self.about(otto, LAKA)[1] == 2

    def test_then_the_compared_name_and_country(self, otto: User) -> None:
        known = make_customer("ZAKLADY LAKA", "PL")
        _delivery, count = self.about(otto, LAKA)

        assert (count, customers()["1200417"].id) == (1, known.id)

    def test_not_the_same_name_with_another_tax_id(self, otto: User) -> None:
        make_customer("Zakłady Łąka", "PL", tax_id="PL9999999999")

        assert self.about(otto, LAKA)[1] == 2

    def test_not_the_same_name_in_another_country(self, otto: User) -> None:
        make_customer("Zakłady Łąka", "IT")

        assert self.about(otto, LAKA)[1] == 2

    def test_and_whoever_enters_it_afterwards_is_given_it(self, cast: Cast, otto: User) -> None:
        loaded("customers", file(LAKA), by=otto)

        with tenancy.scope(actor(cast.sales)):
            entered = find_or_add_customer(
                name="Laka", country="PL", tax_id="5261040828", by=actor(cast.sales), now=timezone.now()
            )
        assert entered.number == "1200417"


class TestABlank:
    def test_leaves_what_is_known(self, otto: User) -> None:
        loaded("customers", file(LAKA), by=otto)

        loaded("customers", file("1200417,Łąka Foods,PL,,"), by=otto)

        laka = customers()["1200417"]
        assert (laka.name, laka.tax_id, laka.web_domain) == ("Łąka Foods", "PL 526-104-08-28", "laka.example")
        assert (laka.tax_key, laka.domain_key) == ("PL5261040828", "laka.example")

    def test_is_not_what_stands_there_and_says_nothing(self, otto: User) -> None:
        """A tax id of too few figures and a domain that is anybody's are kept, and compared with nothing."""
        loaded("customers", file(LAKA), by=otto)

        loaded("customers", file("1200417,Łąka Foods,PL,---,gmail.com"), by=otto)

        laka = customers()["1200417"]
        stored = {name: getattr(laka, name) for name in SEARCHED}
        laka.normalise()
        assert stored == {name: getattr(laka, name) for name in SEARCHED}
        assert (laka.tax_id, laka.web_domain, laka.domain_key) == ("---", "gmail.com", "")

    def test_is_no_tax_id_for_another_country(self, otto: User) -> None:
        loaded("customers", file(LAKA), by=otto)

        delivery = checked("customers", file("1200417,Łąka Foods,IT,,"), by=otto)

        assert codes(delivery) == {(2, "tax_id", "tax_id_of_country")}
        moved = checked("customers", file("1200417,Łąka Foods,IT,IT123456,"), by=otto)
        assert moved.status == Status.READY


class TestWhatCouldMeanSeveral:
    def test_is_told_with_their_names(self, otto: User) -> None:
        make_customer("Zakłady Łąka", "PL", tax_id="PL11111")
        make_customer("Zakłady Łąka", "PL", tax_id="PL22222")

        delivery = checked("customers", file("1200417,Zakłady Łąka,PL,,"), by=otto)

        assert codes(delivery) == {(2, "name", "several_of_name")}
        assert "PL11111" in rule(delivery)
        assert "PL22222" in rule(delivery)

    def test_but_the_tax_id_says_which(self, otto: User) -> None:
        make_customer("Zakłady Łąka", "PL", tax_id="PL11111")
        meant = make_customer("Zakłady Łąka", "PL", tax_id="PL22222")

        loaded("customers", file("1200417,Zakłady Łąka,PL,PL22222,"), by=otto)

        assert customers()["1200417"].id == meant.id

    def test_a_tax_id_of_another_number_is_told_with_it(self, otto: User) -> None:
        make_customer("Laka Foods", "PL", number="1300001", tax_id="5261040828")

        delivery = checked("customers", file(LAKA), by=otto)

        assert codes(delivery) == {(2, "tax_id", "tax_id_taken")}
        assert "1300001" in rule(delivery)

    def test_two_entries_are_not_made_one(self, otto: User) -> None:
        """The number says one, the tax id another, which a partner entered."""
        make_customer("Laka Foods", "PL", number="1200417")
        make_customer("Laka", "PL", tax_id="5261040828")

        delivery = checked("customers", file(LAKA), by=otto)

        assert codes(delivery) == {(2, "tax_id", "tax_id_taken")}
        assert len(customers()) == 2

    def test_a_name_of_another_number_is_told_with_it(self, otto: User) -> None:
        make_customer("Zakłady Łąka", "PL", number="1300001")

        delivery = checked("customers", file("1200417,ZAKŁADY ŁĄKA,PL,,"), by=otto)

        assert codes(delivery) == {(2, "name", "name_taken")}
        assert "1300001" in rule(delivery)

    def test_rows_of_one_tax_id_name_each_other(self, otto: User) -> None:
        delivery = checked("customers", file(LAKA, LAKA.replace("1200417", "1200418")), by=otto)

        assert {(2, "tax_id", "same_company"), (3, "tax_id", "same_company")} <= codes(delivery)
        assert "3" in rule(delivery)

    def test_rows_of_one_name_without_tax_ids_do(self, otto: User) -> None:
        rows = ("1200417,Laka,PL,,", "1200418,LAKA S.A.,PL,,", "1200419,Laka,IT,,")

        delivery = checked("customers", file(*rows), by=otto)

        assert codes(delivery) == {(2, "name", "same_company"), (3, "name", "same_company")}

    def test_a_name_has_a_letter(self, otto: User) -> None:
        assert codes(checked("customers", file("1200417,!!!,PL,,"), by=otto)) == {(2, "name", "no_name")}


names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=60)
tax_ids = st.text("PL0123456789 -.", max_size=20)
domains = st.sampled_from(["", "laka.example", "https://www.Shop.Laka.example/x", "mail.com", "İ.example"])


class TestDerivedColumns:
    """Whatever stands in a file is compared as the action compares it."""

    @settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
    @given(name=names, tax_id=tax_ids, domain=domains, country=st.sampled_from(["PL", "EG", "IT"]))
    def test_are_what_normalising_makes(self, name: str, tax_id: str, domain: str, country: str) -> None:
        row: dict[str, Any] = {"name": name, "country": country}
        row |= {"tax_id": tax_id.strip() or None, "web_domain": domain.strip() or None}
        made = {each.name: each.make(*([row[of]] for of in each.of))[0] for each in CUSTOMERS.derived}
        entered = Customer(
            name=made["whole_name"],
            country=country,
            tax_id=row["tax_id"] or "",
            web_domain=made["domain"] or "",
        )
        entered.normalise()

        assert made["search_name"] == entered.search_name
        assert made["skeleton"] == entered.skeleton
        assert (made["search_tax"] or "") == entered.search_tax_id
        assert (made["tax_key"] or "") == entered.tax_key
        assert (made["domain_key"] or "") == entered.domain_key
