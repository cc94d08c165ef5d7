"""The vendor's customers, with the numbers the vendor gives them.

A customer of the file is found by its number; else by tax id and country; else by name and country. What is found by
more than the number is said in the summary, and two entries are never made one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import Derived, Feed, FeedColumn, register
from feeds.tables import PUBLIC_ID, Check, TableTarget, To
from identity.privileges import Privilege

from .models import Customer
from .names import domain_key, search_code, search_domain, search_name, skeleton, tax_key

Column = Sequence[str | None]


def _each(make: Callable[[str], str]) -> Callable[[Column], list[str]]:
    return lambda column: [make(value or "") for value in column]


def _tax_keys(tax_ids: Column, countries: Column) -> list[str]:
    return [tax_key(tax or "", country or "") for tax, country in zip(tax_ids, countries, strict=True)]


# The entry that a row is about. Without its number, only one that has no number yet can be meant.
MATCH = """
t.id = coalesce(
    (SELECT c.id FROM customers_customer c WHERE c.number = s.number),
    (SELECT c.id FROM customers_customer c WHERE c.number IS NULL AND c.country = s.country
        AND s.search_tax <> '' AND c.search_tax_id = s.search_tax),
    (SELECT min(c.id) FROM customers_customer c WHERE c.number IS NULL AND c.country = s.country
        AND s.tax_key <> '' AND c.tax_key = s.tax_key HAVING count(*) = 1),
    (SELECT min(c.id) FROM customers_customer c WHERE c.number IS NULL AND c.country = s.country
        AND c.search_name = s.search_name AND (c.search_tax_id = '' OR s.search_tax = '') HAVING count(*) = 1)
)
"""
OTHER_OF_TAX_ID = """
SELECT c.{} FROM customers_customer c WHERE c.country = s.country AND s.search_tax <> ''
    AND c.search_tax_id = s.search_tax AND c.id IS DISTINCT FROM t.id LIMIT 1
"""
OTHER_OF_NAME = """
SELECT c.{} FROM customers_customer c WHERE c.country = s.country AND s.search_tax = '' AND c.search_tax_id = ''
    AND c.search_name = s.search_name AND c.id IS DISTINCT FROM t.id LIMIT 1
"""
SEVERAL_OF_NAME = """
t.id IS NULL AND s.search_tax = '' AND (
    SELECT count(*) FROM customers_customer c WHERE c.number IS NULL AND c.country = s.country
        AND c.search_name = s.search_name) > 1
"""
TWICE = """
EXISTS (SELECT FROM <staged> o WHERE o.row <> s.row AND o.country = s.country AND (
    (s.search_tax <> '' AND o.search_tax = s.search_tax)
    OR (s.search_tax = '' AND o.search_tax = '' AND o.search_name = s.search_name)))
"""

CUSTOMERS = register(
    Feed(
        key="customers",
        label=_("Customers"),
        text=_("End customers and their customer numbers, for the directory that all partners share."),
        privilege=Privilege.CUSTOMER_EDIT,
        icon="building-community",
        order=30,
        columns=(
            FeedColumn(
                "number",
                _("Customer number"),
                values.Digits(7),
                aliases=("customer", "customer no", "customer id"),
                text=_("7 digits; leading zeros that a spreadsheet lost come back."),
                example="1200417",
            ),
            FeedColumn(
                "name",
                _("Name"),
                values.Text(200),
                aliases=("legal name", "customer name", "company"),
                text=_("The legal name, with at least one letter or digit."),
                example="Lagoon Hotels S.p.A.",
            ),
            FeedColumn("country", _("Country"), values.Country(), aliases=("country code",), example="IT"),
            FeedColumn(
                "tax_id",
                _("Tax id"),
                values.Text(30),
                required=False,
                aliases=("vat", "vat id", "tax number"),
                example="IT01234567890",
            ),
            FeedColumn(
                "web_domain",
                _("Web domain"),
                values.Text(200),
                required=False,
                aliases=("domain", "website", "web"),
                example="lagoon.example",
            ),
        ),
        identity=("number",),
        derived=(
            Derived("search_name", ("name",), _each(search_name)),
            Derived("skeleton", ("name",), _each(skeleton)),
            Derived("search_tax", ("tax_id",), _each(search_code)),
            Derived("tax_key", ("tax_id", "country"), _tax_keys),
            Derived("domain", ("web_domain",), _each(search_domain)),
            Derived("domain_key", ("web_domain",), _each(domain_key)),
        ),
        notes=(
            _("A customer is found by its number; else by tax id and country; else by name and country."),
            _("A customer that partners entered gets its number this way. Two entries are never made one."),
            _("No customer is ever removed."),
        ),
        target=TableTarget(
            model=Customer,
            match=MATCH,
            columns=(
                To("number", "number", otherwise="null"),
                To("name", "name"),
                To("country", "country"),
                To("tax_id", "tax_id"),
                To("web_domain", "domain", name="web_domain"),
                To("search_name", "search_name"),
                To("skeleton", "skeleton"),
                To("search_tax_id", "search_tax"),
                To("tax_key", "tax_key"),
                To("domain_key", "domain_key"),
            ),
            unsaid=frozenset({"search_name", "skeleton", "search_tax", "tax_key", "domain_key"}),
            only_new={"public_id": PUBLIC_ID},
            called="s.name",
            label="t.name",
            object_type="customer",
            added="customer.added",
            changed="CASE WHEN d.o_number IS NULL THEN 'customer.numbered' ELSE 'customer.changed' END",
            checks=(
                Check(
                    "s.search_name = ''",
                    "name",
                    _("Give a name with at least one letter or digit."),
                    "no_name",
                ),
                Check(TWICE, "", _("Another row of the file is about the same company."), "same_company"),
                Check(
                    f"EXISTS ({OTHER_OF_TAX_ID.format('id')})",
                    "tax_id",
                    _("The tax id belongs to another customer: %(name)s."),
                    "tax_id_taken",
                    {"name": OTHER_OF_TAX_ID.format("name")},
                ),
                Check(
                    f"EXISTS ({OTHER_OF_NAME.format('id')})",
                    "name",
                    _(
                        "Another customer has this name in this country. Give the tax id by which they differ."
                    ),
                    "name_taken",
                ),
                Check(
                    SEVERAL_OF_NAME,
                    "name",
                    _(
                        "Several customers have this name in this country. Give the tax id by which they differ."
                    ),
                    "several_of_name",
                ),
            ),
            versioned=False,
        ),
    )
)
