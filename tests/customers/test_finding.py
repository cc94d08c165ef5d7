"""Search as one types: what is found, in which order, by whom, how often, and at which cost."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.companies import companies
from customers.actions import remember_contact
from customers.models import Customer, CustomerContact
from customers.queries import contacts_at, find_customers
from identity import tenancy
from tests.api.calls import caller
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_customer

pytestmark = pytest.mark.django_db

KNOWN = [
    ("مستشفى النخيل", "EG", {"tax_id": "EG 999900111", "web_domain": "nakheel-1.example"}),
    ("شركة النخيل للمقاولات ش.م.م", "SA", {}),
    ("Al Nakheel Foods LLC", "AE", {}),
    ("Szpital Bocian Sp. z o.o.", "PL", {"tax_id": "9999-011-223", "web_domain": "bocian.example"}),
    ("Bocian Foods", "GB", {"number": "7654321"}),
    ("Huta Szkła Żurawina", "PL", {}),
    ("Laticínios São Bento do Vale Ltda.", "BR", {}),
    ("Officine Montecristallo S.p.A.", "IT", {"tax_id": "IT99990022233"}),
]


@pytest.fixture
def known(cast: Cast) -> None:
    for name, country, more in KNOWN:
        make_customer(name, country, **more)


def found(cast: Cast, typed: str) -> list[str]:
    with tenancy.scope(actor(cast.sales)):
        return [customer.name for customer in find_customers(typed)]


@pytest.mark.usefixtures("known")
class TestACustomerIsFound:
    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("zuraw", "Huta Szkła Żurawina"),
            ("szkla hut", "Huta Szkła Żurawina"),  # words in any order, each as far as it is typed
            ("sao ben", "Laticínios São Bento do Vale Ltda."),
            ("laticinios vale", "Laticínios São Bento do Vale Ltda."),
        ],
    )
    def test_by_beginnings_of_its_words(self, cast: Cast, typed: str, first: str) -> None:
        assert found(cast, typed)[0] == first

    @pytest.mark.parametrize("typed", ["nakheel", "Al-Nakhil", "nakhe", "El Nakhiel", "النخيل", "نخيل"])
    def test_in_either_script(self, cast: Cast, typed: str) -> None:
        assert {"مستشفى النخيل", "شركة النخيل للمقاولات ش.م.م", "Al Nakheel Foods LLC"} <= set(
            found(cast, typed)
        )

    @pytest.mark.parametrize(
        "typed", ["Nakheel Hospital", "szpital nakhil", "Hospital Nakheel", "ospedale nakhil"]
    )
    def test_with_its_trade_in_any_language(self, cast: Cast, typed: str) -> None:
        assert found(cast, typed) == ["مستشفى النخيل"]

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("Szpital Bocain", "Szpital Bocian Sp. z o.o."),
            ("Huta Szkła Żurwina", "Huta Szkła Żurawina"),
            ("montecrisallo", "Officine Montecristallo S.p.A."),
            ("ofiicine montecristallo", "Officine Montecristallo S.p.A."),
            ("Laticinios Sao Bennto", "Laticínios São Bento do Vale Ltda."),
        ],
    )
    def test_with_a_letter_amiss(self, cast: Cast, typed: str, meant: str) -> None:
        assert found(cast, typed) == [meant]

    @pytest.mark.parametrize(
        "typed", ["Szpital Bocian Sp", "szpital bocian sp. z", "Szpital Bocian Sp. z o.o"]
    )
    def test_while_its_legal_form_is_being_typed(self, cast: Cast, typed: str) -> None:
        assert found(cast, typed) == ["Szpital Bocian Sp. z o.o."]

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("9999011", "Szpital Bocian Sp. z o.o."),
            ("PL 9999-011-223", "Szpital Bocian Sp. z o.o."),
            ("EG9999001", "مستشفى النخيل"),
            ("999900222", "Officine Montecristallo S.p.A."),
            ("7654321", "Bocian Foods"),
            ("bocian.exa", "Szpital Bocian Sp. z o.o."),
            ("https://www.bocian.example/kontakt", "Szpital Bocian Sp. z o.o."),
            ("anna@bocian.example", "Szpital Bocian Sp. z o.o."),
        ],
    )
    def test_by_tax_id_number_and_web_domain(self, cast: Cast, typed: str, meant: str) -> None:
        assert found(cast, typed) == [meant]

    @pytest.mark.parametrize(
        "typed", ["", "!", "%", "_", "\\", "zzyzx", "ʼ", "0", "= =", "~nk", "-bocian", "1" * 200]
    )
    def test_or_is_not_and_nothing_breaks(self, cast: Cast, typed: str) -> None:
        assert "Huta Szkła Żurawina" not in found(cast, typed)

    def test_first_by_the_very_name_then_by_its_beginning_then_by_a_word_then_by_sound(
        self, cast: Cast
    ) -> None:
        for name in ("Delta", "Delta Foods", "Nile Delta", "دلتا", "Deltona", "Tilda"):
            make_customer(name)

        assert found(cast, "delta") == ["Delta", "Delta Foods", "Nile Delta", "دلتا", "Deltona"]

    def test_in_the_same_order_whoever_entered_it_first(self, cast: Cast) -> None:
        later = make_customer("Twin", "PL", tax_id="PL22222", public_id="cbbbbbbbbbbb")
        earlier = make_customer("Twin", "PL", tax_id="PL11111", public_id="caaaaaaaaaaa")
        with tenancy.scope(actor(cast.sales)):
            assert [customer.id for customer in find_customers("twin")] == [earlier.id, later.id]


class TestContactsAreFound:
    @pytest.fixture(autouse=True)
    def contacts(self, cast: Cast) -> Customer:
        self.customer, self.other = make_customer("Bocian"), make_customer("Jarzębina")
        for person, name, email, customer in (
            (cast.sales, "ليلى نصار", "l.nassar@bocian.example", self.customer),
            (cast.sales, "Łukasz Wrona", "lwrona@bocian.example", self.customer),
            (cast.sales, "Bruno Laila", "", self.customer),
            (cast.sales, "Giulia Bellini", "giulia@jarzebina.example", self.other),
            (cast.rival, "Laila Nassar", "rival@bocian.example", self.customer),
        ):
            with tenancy.scope(actor(person)):
                remember_contact(site_id=person.site_id, customer=customer, name=name, email=email)
        return self.customer

    @pytest.mark.parametrize(
        ("typed", "names"),
        [
            ("ليلى", ["ليلى نصار", "Bruno Laila"]),
            ("laila", ["Bruno Laila", "ليلى نصار"]),
            ("Layla", ["Bruno Laila", "ليلى نصار"]),
            ("Nassar", ["ليلى نصار"]),
            ("lukasz", ["Łukasz Wrona"]),
            ("wrona lu", ["Łukasz Wrona"]),
            ("lwrona@boc", ["Łukasz Wrona"]),
            ("rival", []),
            ("giulia", []),
        ],
    )
    def test_by_beginnings_of_name_and_address_in_either_script(
        self, cast: Cast, typed: str, names: list[str]
    ) -> None:
        with tenancy.scope(actor(cast.sales)):
            assert [contact.name for contact in contacts_at(self.customer.public_id, typed)] == names

    def test_by_programs_of_their_site_alone(self, cast: Cast) -> None:
        ours = caller(cast.sales).get("/api/v1/contacts/").json()["results"]
        assert {contact["name"] for contact in ours} == {
            "ليلى نصار", "Łukasz Wrona", "Bruno Laila", "Giulia Bellini",
        }  # fmt: skip
        found = caller(cast.sales).get("/api/v1/contacts/?q=nassar").json()["results"]
        assert [(contact["name"], contact["customer_name"]) for contact in found] == [("ليلى نصار", "Bocian")]
        of_one = (
            caller(cast.sales).get(f"/api/v1/contacts/?customer={self.other.public_id}").json()["results"]
        )
        assert [contact["email"] for contact in of_one] == ["giulia@jarzebina.example"]

        assert [each["email"] for each in caller(cast.rival).get("/api/v1/contacts/").json()["results"]] == [
            "rival@bocian.example"
        ]
        assert caller(cast.distributor).get("/api/v1/contacts/").json()["results"] == []
        assert caller(cast.newcomer).get("/api/v1/contacts/").status_code == 403

    def test_keep_what_they_are_found_by_up_to_date(self, cast: Cast) -> None:
        with tenancy.scope(actor(cast.sales)):
            for contact in CustomerContact.objects.all():
                assert contact.words.startswith(" ")
                assert contact.sounds.startswith(" ")


class TestWhoeverAsksTooOften:
    ADDRESS = "/customers/suggest/?q=boc"

    def test_waits_for_the_next_minute_alone(self, cast: Cast, settings: Any) -> None:
        settings.SUGGESTIONS_PER_MINUTE = 2
        browser = signed_in(cast.sales)

        answers = [browser.get(self.ADDRESS) for _ in range(6)]  # a minute may end among them

        refused = [answer for answer in answers if answer.status_code == 429]
        assert refused
        assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
        assert signed_in(cast.secondary).get(self.ADDRESS).status_code == 200

    def test_is_not_somebody_who_types(self, cast: Cast) -> None:
        browser = signed_in(cast.sales)
        assert {browser.get(self.ADDRESS).status_code for _ in range(20)} == {200}


class TestWhatItCosts:
    TYPED = ("boc", "bocian", "Szpital Bocain", "nakheel", "hospital", "zzyzx", "PL99990", "bocian.example")

    @pytest.fixture
    def many(self, cast: Cast) -> None:
        rows = [
            Customer(name=each.name, country=each.country, tax_id=each.tax_id, web_domain=each.web_domain)
            for each in islice(companies(5000), 5000)
        ]
        for row in rows:
            row.normalise()
        with tenancy.as_system(), connection.cursor() as cursor:
            Customer.objects.bulk_create(rows)
            cursor.execute("RESET ROLE; ANALYZE customers_customer")

    def statements(self, cast: Cast, typed: str) -> list[str]:
        with tenancy.scope(actor(cast.sales)), CaptureQueriesContext(connection) as captured:
            find_customers(typed)
        return [query["sql"] for query in captured.captured_queries if "customers_customer" in query["sql"]]

    @pytest.mark.usefixtures("known")
    def test_is_as_many_queries_for_what_is_known_as_for_what_is_not(self, cast: Cast) -> None:
        assert {len(self.statements(cast, typed)) <= 6 for typed in self.TYPED} == {True}

    @pytest.mark.usefixtures("many")
    def test_is_a_piece_of_an_index_each(self, cast: Cast) -> None:
        for typed in self.TYPED:
            for statement in self.statements(cast, typed):
                with tenancy.scope(actor(cast.sales)), connection.cursor() as cursor:
                    cursor.execute("SET LOCAL enable_seqscan = on; EXPLAIN " + statement)
                    plan = "\n".join(row[0] for row in cursor.fetchall())
                assert "Seq Scan" not in plan, f"{typed}: {statement}\n{plan}"
