"""Which customers of the directory may be the same company, and why."""

from __future__ import annotations

import pytest
from django.db import connection

from customers.models import Customer
from customers.queries import Rule, same_as, same_name
from identity import tenancy
from tests.cast import Cast, actor
from tests.deals.factories import make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people(cast: Cast) -> None:
    """So that there are roles to ask as."""


def rules(cast: Cast, customer: Customer) -> dict[str, str]:
    with tenancy.scope(actor(cast.sales)):
        names = {known.id: known.name for known in Customer.objects.all()}
        return {names[each.customer_id]: each.rule.value for each in same_as(customer)}


class TestAlike:
    def test_are_told_with_the_strongest_reason_first(self, cast: Cast) -> None:
        asked = make_customer(
            "Szpital Nakhil", country="PL", tax_id="123-456-78-90", web_domain="nakhil.example"
        )
        make_customer("Al Nakheel Hospital", country="PL")
        make_customer("SZPITAL NAKHIL S.A.", country="PL")
        make_customer("Nakhil Group", country="IT", web_domain="shop.nakhil.example")
        make_customer("Somebody Else", country="DE", tax_id="PL 1234567890")
        make_customer("Al Nakheel Hospital", country="EG")
        make_customer("Szpital Bocian", country="PL")

        assert list(rules(cast, asked).items()) == [
            ("Szpital Nakhil", "customer"),
            ("Somebody Else", "tax_id"),
            ("Nakhil Group", "domain"),
            ("SZPITAL NAKHIL S.A.", "name"),
            ("Al Nakheel Hospital", "similar"),
        ]

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Szpital Bocian", "Szpital Bocain"),  # two letters in each other's place
            ("Szpital Bocian", "Szpital Bocan"),  # one left out
            ("Szpital Bocian", "Szpital Bocijan"),  # one too many
            ("Wrenfield Foods", "Wrenfeild Foods"),
            ("Montecristallo", "Montecristalo"),
            ("Al Nakheel Hospital", "مستشفى النخيل"),
            ("Al Nakheel Contracting", "Nakhil Contracting Company"),
            ("السنابل للأغذية", "السنايل للأغذية"),
        ],
    )
    def test_are_names_with_a_letter_amiss_or_in_another_script(
        self, cast: Cast, one: str, other: str
    ) -> None:
        first, second = make_customer(one, country="EG"), make_customer(other, country="EG")

        assert rules(cast, first)[other] == "similar"
        assert rules(cast, second)[one] == "similar"

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Szpital Bocian", "Szpital Bażant"),
            ("Oasis Clinics 11", "Oasis Clinics 12"),
            ("Zone 5 Foods", "Zone 6 Foods"),
            ("Delta Foods", "Tilda Foods"),
            ("Nova Foods", "Neva Foods"),
            ("Cooperativa Serra Azul", "Cooperativa Serra Verde"),
            ("Grupa Energetyczna Dębina", "Grupa Energetyczna Ćwiklice"),
            ("Kestrel Row", "Kestrel Bow"),
            ("مستشفى النخيل", "جامعة النخيل"),
            ("National Bank", "Bank Narodowy"),
        ],
    )
    def test_are_not_other_companies(self, cast: Cast, one: str, other: str) -> None:
        first, second = make_customer(one, country="EG"), make_customer(other, country="EG")

        assert list(rules(cast, first)) == [one]
        assert list(rules(cast, second)) == [other]

    def test_are_not_companies_with_another_tax_id_unless_by_the_very_name(self, cast: Cast) -> None:
        asked = make_customer("Szpital Bocian", country="PL", tax_id="1234567890")
        make_customer("Szpital Bocain", country="PL", tax_id="2234567890")
        make_customer("SZPITAL BOCIAN", country="PL", tax_id="3234567890")

        assert rules(cast, asked) == {"Szpital Bocian": "customer", "SZPITAL BOCIAN": "similar"}

    def test_are_not_companies_that_only_have_their_mail_at_the_same_provider(self, cast: Cast) -> None:
        asked = make_customer("Bocian", country="PL", web_domain="gmail.com")
        make_customer("Jarzębina", country="PL", web_domain="gmail.com")

        assert rules(cast, asked) == {"Bocian": "customer"}

    def test_are_fifty_at_most(self, cast: Cast) -> None:
        asked = make_customer("Bocian", country="PL", web_domain="bocian.example")
        for number in range(60):
            make_customer(f"Branch {number}", country="PL", web_domain=f"b{number}.bocian.example")

        with tenancy.scope(actor(cast.sales)):
            assert len(same_as(asked)) == 50
            assert same_as(asked, limit=1)[0].rule is Rule.CUSTOMER

    def test_are_found_by_whoever_asks_within_the_database(self, cast: Cast) -> None:
        asked, other = make_customer("Bocian Foods"), make_customer("Bocain Foods")

        for who in (cast.rival, cast.distributor, cast.deal_desk):
            with tenancy.scope(actor(who)), connection.cursor() as cursor:
                cursor.execute("SELECT customer_id, rule FROM customers_alike(%s)", [asked.id])
                assert cursor.fetchall() == [(asked.id, "customer"), (other.id, "similar")]

    def test_of_a_customer_that_is_not_there_are_none(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.sales)):
            assert same_as(Customer(id=-1)) == []


class TestAWarningOfDoubles:
    @pytest.fixture(autouse=True)
    def known(self) -> None:
        make_customer("مستشفى النخيل", country="EG", web_domain="nakheel.example")
        make_customer("Bocian Foods", country="PL", tax_id="PL 1234567890")

    @pytest.mark.parametrize(
        ("name", "country", "more", "found"),
        [
            ("Al Nakheel Hospital", "EG", {}, ["مستشفى النخيل"]),
            ("Al Nakheel Hospital", "PL", {}, []),
            ("Somebody", "PL", {"web_domain": "www.nakheel.example"}, ["مستشفى النخيل"]),
            ("Somebody", "PL", {"tax_id": "123-456-78-90"}, ["Bocian Foods"]),
            ("Bocian", "PL", {}, ["Bocian Foods"]),  # it may only be half typed
            ("Bocain Foods", "PL", {}, ["Bocian Foods"]),
            ("Jarzębina", "PL", {}, []),
            ("", "PL", {}, []),
            ("Bocian", "", {}, []),
        ],
    )
    def test_is_by_the_same_rules(
        self, cast: Cast, name: str, country: str, more: dict[str, str], found: list[str]
    ) -> None:
        with tenancy.scope(actor(cast.sales)):
            assert [customer.name for customer in same_name(name, country, **more)] == found
