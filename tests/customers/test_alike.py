"""Which customers of the directory may be the same company, and why."""

from __future__ import annotations

import pytest

from customers.models import Customer
from customers.queries import same_as
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
