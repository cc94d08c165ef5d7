"""The directory of customers, shared by all partners: what is the same company, and what it never tells."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from customers.actions import CustomerIncomplete, find_or_add_customer, remember_contact
from customers.models import Customer, CustomerContact
from customers.names import search_code, search_domain, search_name
from customers.queries import find_customers
from identity import tenancy
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_customer

pytestmark = pytest.mark.django_db


def enter(who: Any, name: str, country: str = "PL", **more: str) -> Customer:
    with tenancy.scope(actor(who)):
        return find_or_add_customer(name=name, country=country, by=actor(who), now=timezone.now(), **more)


class TestNamesAreCompared:
    @pytest.mark.parametrize(
        ("name", "same"),
        [
            ("Zakłady Łąka Sp. z o.o.", "ZAKLADY LAKA"),
            ("Łąka Spółka z o.o.", "laka"),
            ("Officine Bellavista S.p.A.", "Officine Bellavista SPA"),
            ("Nova S. r. l.", "nova"),
            ("Café São Jorge Ltda.", "cafe sao jorge"),
            ("Müller & Söhne GmbH", "muller sohne"),
            ("Harbour Co., Ltd.", "harbour"),
            ("شركة الواحة للمقاولات ش.م.م", "شركة الواحه للمقاولات"),
            ("مُؤَسَّسَة الأفق", "موسسه الافق"),
        ],
    )
    def test_without_accents_marks_punctuation_and_legal_form(self, name: str, same: str) -> None:
        assert search_name(name) == search_name(same)

    @pytest.mark.parametrize(
        ("name", "kept"), [("S.A.", "s a"), ("Sa", "sa"), ("!!!", ""), ("Casa Rossa", "casa rossa")]
    )
    def test_but_a_name_is_never_lost_to_its_legal_form(self, name: str, kept: str) -> None:
        assert search_name(name) == kept

    def test_tax_ids_and_domains_in_one_spelling(self) -> None:
        assert search_code("pl 123-456.78") == "PL12345678"
        assert search_domain("HTTPS://www.Laka.example:80/x?y") == "laka.example"

    def test_letters_that_grow_when_compared_still_fit(self, cast: Cast) -> None:
        known = enter(cast.sales, "ß" * 200, tax_id="ß" * 30, web_domain="İ" * 92 + ".example")
        assert enter(cast.rival, "Anybody", tax_id="ß" * 30) == known


class TestEnteringACustomer:
    def test_adds_it_for_everybody(self, cast: Cast) -> None:
        entered = enter(cast.sales, "Łąka Sp. z o.o.", web_domain="https://laka.example/")
        with tenancy.scope(actor(cast.rival)):
            assert list(Customer.objects.values_list("name", "web_domain")) == [
                (entered.name, "laka.example")
            ]

    def test_again_finds_the_same_whoever_enters_it(self, cast: Cast) -> None:
        first = enter(cast.sales, "Łąka Sp. z o.o.")
        assert enter(cast.rival, "LAKA").id == first.id
        assert enter(cast.rival, "Laka", country="IT").id != first.id

    def test_goes_by_the_tax_id_first(self, cast: Cast) -> None:
        first = enter(cast.sales, "Łąka", tax_id="PL 111")
        assert enter(cast.rival, "Another spelling", tax_id="pl-111").id == first.id
        assert enter(cast.rival, "Łąka", tax_id="PL 222").id != first.id

    def test_takes_a_name_with_and_one_without_a_tax_id_for_the_same(self, cast: Cast) -> None:
        bare, taxed = enter(cast.sales, "Bare"), enter(cast.sales, "Taxed", tax_id="PL 1")
        assert enter(cast.rival, "bare", tax_id="PL 2").id == bare.id
        assert enter(cast.rival, "taxed").id == taxed.id

    @pytest.mark.parametrize(
        ("name", "country"), [("!!!", "PL"), ("", "PL"), ("Łąka", ""), ("Łąka", "Poland")]
    )
    def test_needs_a_name_and_a_country(self, cast: Cast, name: str, country: str) -> None:
        with pytest.raises(CustomerIncomplete):
            enter(cast.sales, name, country)

    def test_leaves_no_trace_of_who_did(self) -> None:
        columns = {field.column for field in Customer._meta.get_fields() if hasattr(field, "column")}
        assert columns == {
            "id", "public_id", "number", "name", "search_name", "country", "tax_id", "search_tax_id", "web_domain",
            "skeleton", "tax_key", "domain_key",
        }  # fmt: skip

    def test_cannot_give_it_the_vendors_number_or_change_it(self, cast: Cast) -> None:
        known = make_customer("Łąka", country="PL")
        new = (
            "INSERT INTO customers_customer (public_id, number, name, search_name, country, tax_id,"
            " search_tax_id, web_domain, skeleton, tax_key, domain_key)"
            " VALUES ('new', '1234567', 'x', 'x', 'PL', '', '', %s, '', '', '')"
        )
        change = "UPDATE customers_customer SET name = 'Mine' WHERE id = %s"
        remove = "DELETE FROM customers_customer WHERE id = %s"
        for sql in (new, change, remove):
            for person in (cast.sales, cast.distributor):
                with tenancy.scope(actor(person)), connection.cursor() as cursor:  # noqa: SIM117
                    with pytest.raises(DatabaseError), transaction.atomic():
                        cursor.execute(sql, [known.id])

    @pytest.mark.django_db(transaction=True)
    def test_at_the_same_moment_by_two_partners_adds_it_once(self, cast: Cast) -> None:
        start = threading.Barrier(2)
        found: list[int] = []

        def enter_it(who: Any) -> None:
            try:
                start.wait()
                found.append(enter(who, "Łąka Sp. z o.o.").id)
            finally:
                connection.close()

        threads = [threading.Thread(target=enter_it, args=[who]) for who in (cast.sales, cast.rival)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 2
        assert len(set(found)) == 1


class TestFindingACustomer:
    @pytest.fixture(autouse=True)
    def known(self, cast: Cast) -> None:
        for name in ("Szpital Bocian", "Bocian Foods", "Bociany", "Grupa Szpital Łąka"):
            make_customer(name, country="PL")

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("boc", ["Bocian Foods", "Bociany", "Szpital Bocian"]),  # names that begin so come first
            ("SZPITAL", ["Szpital Bocian", "Grupa Szpital Łąka"]),
            ("łąk", ["Grupa Szpital Łąka"]),
            ("oci", []),
            ("%", []),
            ("", []),
        ],
    )
    def test_by_the_beginning_of_its_name_or_of_a_word(
        self, cast: Cast, typed: str, expected: list[str]
    ) -> None:
        with tenancy.scope(actor(cast.sales)):
            assert [customer.name for customer in find_customers(typed)] == expected

    def test_by_its_tax_id(self, cast: Cast) -> None:
        make_customer("Taxed", country="PL", tax_id="PL 123-456")
        with tenancy.scope(actor(cast.sales)):
            assert [customer.name for customer in find_customers("pl123456")] == ["Taxed"]

    def test_gives_everybody_the_same_and_ten_at_most(self, cast: Cast) -> None:
        for number in range(15):
            make_customer(f"Bocian {number}", country="PL")
        answers = {
            signed_in(person).get("/customers/suggest/?q=bocian").content
            for person in (cast.sales, cast.rival, cast.distributor)
        }
        assert len(answers) == 1
        assert len(signed_in(cast.sales).get("/customers/suggest/?q=bocian").json()) == 10

    def test_needs_the_privilege_to_register_deals(self, cast: Cast) -> None:
        assert signed_in(cast.newcomer).get("/customers/suggest/?q=boc").status_code == 403
        assert signed_in(cast.sales).get("/customers/suggest/?q=boc").status_code == 200


class TestContacts:
    def test_are_the_sites_own(self, cast: Cast) -> None:
        customer = make_customer("Łąka", country="PL")
        for person in (cast.sales, cast.rival):
            with tenancy.scope(actor(person)):
                remember_contact(site_id=person.site_id, customer=customer, name="Laila", phone="1")
                remember_contact(site_id=person.site_id, customer=customer, name="Laila", phone="2")
                assert CustomerContact.objects.get().phone == "2"
        with tenancy.as_system():
            assert CustomerContact.objects.count() == 2
