# ruff: noqa: S608 - the statements are made of our own names, never of what stands in a file
"""The vendor's customers, with the numbers the vendor gives them. README.md tells the rules.

A customer of the file is found by its number; else by tax id and country; else by name and country, as whoever enters
one finds it (actions.find_or_add_customer). Two entries are never made one: what could mean several is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.db import connection
from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import Derived, Feed, FeedColumn, Flaw, Staged, register
from feeds.tables import PUBLIC_ID, Check, TableTarget, To
from identity.privileges import Privilege

from ..models import Customer
from ..names import domain_key, search_code, search_domain, search_name, skeleton, tax_key

Column = Sequence[str | None]


def _each(make: Callable[[str], str]) -> Callable[[Column], list[str | None]]:
    """Of a blank, nothing is made."""
    return lambda column: [None if value is None else make(value) for value in column]


def _tax_keys(tax_ids: Column, countries: Column) -> list[str | None]:
    return [
        None if tax is None else tax_key(tax, country or "")
        for tax, country in zip(tax_ids, countries, strict=True)
    ]


def _tidy(name: str) -> str:
    return " ".join(name.split())


def _own_domain(web_domain: str) -> str:
    return domain_key(search_domain(web_domain))


# For every row, the entries that have something of it: rank 1 the number, 2 the tax id, 3 the name. Joined by
# equality alone, so that a million rows are compared with a million entries at once.
FOUND = """
CREATE TEMPORARY TABLE {0}_found ON COMMIT DROP AS
SELECT s.row, c.id, 1 AS rank, c.number IS NULL AS free, true AS fits, c.search_tax_id AS tax
FROM {0} s JOIN customers_customer c ON c.number = s.number
UNION
SELECT s.row, c.id, 2, c.number IS NULL, true, c.search_tax_id
FROM {0} s JOIN customers_customer c ON c.country = s.country AND c.search_tax_id = s.search_tax
WHERE c.search_tax_id <> ''
UNION
SELECT s.row, c.id, 2, c.number IS NULL, true, c.search_tax_id
FROM {0} s JOIN customers_customer c ON c.country = s.country AND c.tax_key = s.tax_key
WHERE c.tax_key <> ''
UNION
SELECT s.row, c.id, 3, c.number IS NULL, c.search_tax_id = '' OR coalesce(s.search_tax, '') = '', c.search_tax_id
FROM {0} s JOIN customers_customer c ON c.country = s.country AND c.search_name = s.search_name
"""
# The entry that a row is about. Without its number, only one that has no number yet can be meant.
MEANT = """
CREATE TEMPORARY TABLE {0}_meant ON COMMIT DROP AS
SELECT row, coalesce(
    min(id) FILTER (WHERE rank = 1),
    CASE WHEN count(*) FILTER (WHERE rank = 2 AND free) = 1 THEN min(id) FILTER (WHERE rank = 2 AND free) END,
    CASE WHEN count(*) FILTER (WHERE rank = 3 AND free AND fits) = 1
        THEN min(id) FILTER (WHERE rank = 3 AND free AND fits) END
) AS id FROM {0}_found GROUP BY row
"""


class Directory(TableTarget):
    """Customers. What each row is about is found once, before anything is compared."""

    __slots__ = ()

    def check(self, staged: Staged) -> Iterator[Flaw]:
        with connection.cursor() as cursor:
            cursor.execute(FOUND.format(staged.table))
            cursor.execute(f"CREATE INDEX ON {staged.table}_found (row); ANALYZE {staged.table}_found")
            cursor.execute(MEANT.format(staged.table))
            cursor.execute(f"CREATE INDEX ON {staged.table}_meant (row); ANALYZE {staged.table}_meant")
        yield from TableTarget.check(self, staged)

    def joined(self, staged: Staged) -> str:
        meant = f"{staged.table} s LEFT JOIN {staged.table}_meant m ON m.row = s.row"
        return f"{meant} LEFT JOIN {self.table} t ON t.id = m.id"


def _known(column: str, source: str) -> str:
    """SQL: what a column is where nothing is made for it. A blank in the file leaves what is known."""
    return f"CASE WHEN s.{source} IS NULL THEN coalesce(t.{column}, '') ELSE '' END"


TAX_ID = f"coalesce(s.search_tax, {_known('search_tax_id', 'tax_id')})"
NAMED = """
string_agg(concat_ws(' ', coalesce(c.number, c.name), CASE WHEN c.number IS NULL THEN nullif(c.tax_id, '') END), ', '
    ORDER BY c.number, c.id)
"""


def _others(which: str) -> str:
    """SQL: a piece of a query for entries found for a row that are not the one it is about."""
    return f"""FROM <staged>_found f JOIN customers_customer c ON c.id = f.id
        WHERE f.row = s.row AND {which} AND f.id IS DISTINCT FROM t.id"""


OTHERS_OF_TAX_ID = _others("f.rank = 2")
# Without a tax id on either side, one name in a country is one customer.
OTHERS_OF_NAME = _others(f"f.rank = 3 AND f.tax = '' AND {TAX_ID} = ''")
CANDIDATES = _others("f.rank = 3 AND f.free AND f.fits")
TWICE_BY_TAX_ID = """
(s.country, s.search_tax) IN (SELECT o.country, o.search_tax FROM <staged> o WHERE o.search_tax <> ''
    GROUP BY o.country, o.search_tax HAVING count(*) > 1)
"""
TWICE_BY_NAME = """
coalesce(s.search_tax, '') = '' AND (s.country, s.search_name) IN (
    SELECT o.country, o.search_name FROM <staged> o WHERE coalesce(o.search_tax, '') = ''
    GROUP BY o.country, o.search_name HAVING count(*) > 1)
"""


def _rows_of(same: str) -> str:
    """SQL: the other rows of the file that are as `same` says; five at most."""
    return f"""(SELECT string_agg(found.row::text, ', ') FROM (SELECT o.row FROM <staged> o
        WHERE o.country = s.country AND o.row <> s.row AND {same} ORDER BY o.row LIMIT 5) found)"""


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
            Derived("whole_name", ("name",), _each(_tidy)),
            Derived("search_name", ("name",), _each(search_name)),
            Derived("skeleton", ("name",), _each(skeleton)),
            Derived("search_tax", ("tax_id",), _each(search_code)),
            Derived("tax_key", ("tax_id", "country"), _tax_keys),
            Derived("domain", ("web_domain",), _each(search_domain)),
            Derived("domain_key", ("web_domain",), _each(_own_domain)),
        ),
        notes=(
            _("A customer is found by its number; else by tax id and country; else by name and country."),
            _("A customer that partners entered gets its number this way. Two entries are never made one."),
            _("A blank tax id or web domain leaves what is known as it is."),
            _("No customer is ever removed."),
        ),
        target=Directory(
            model=Customer,
            match="",  # see Directory
            columns=(
                To("number", "number", otherwise="null"),
                To("name", "whole_name", name="name"),
                To("country", "country"),
                To("tax_id", "tax_id", otherwise=_known("tax_id", "tax_id")),
                To("web_domain", "domain", name="web_domain", otherwise=_known("web_domain", "web_domain")),
                To("search_name", "search_name"),
                To("skeleton", "skeleton"),
                To("search_tax_id", "search_tax", otherwise=_known("search_tax_id", "tax_id")),
                To("tax_key", "tax_key", otherwise=_known("tax_key", "tax_id")),
                To("domain_key", "domain_key", otherwise=_known("domain_key", "web_domain")),
            ),
            unsaid=frozenset({"search_name", "skeleton", "search_tax", "tax_key", "domain_key"}),
            only_new={"public_id": PUBLIC_ID},
            called="s.whole_name",
            label="t.name",
            object_type="customer",
            added="customer.added",
            changed="CASE WHEN d.o_number IS NULL THEN 'customer.numbered' ELSE 'customer.changed' END",
            checks=(
                Check(
                    "s.search_name IS NULL",
                    "name",
                    _("Give a name with at least one letter or digit."),
                    "no_name",
                ),
                Check(
                    TWICE_BY_TAX_ID,
                    "tax_id",
                    _("This tax id stands in other rows as well: %(rows)s. One company has one number."),
                    "same_company",
                    {"rows": _rows_of("o.search_tax = s.search_tax")},
                ),
                Check(
                    TWICE_BY_NAME,
                    "name",
                    _(
                        "This name stands in other rows as well, in the same country: %(rows)s."
                        " Give the tax ids by which they differ."
                    ),
                    "same_company",
                    {"rows": _rows_of("o.search_name = s.search_name AND coalesce(o.search_tax, '') = ''")},
                ),
                Check(
                    f"EXISTS (SELECT {OTHERS_OF_TAX_ID})",
                    "tax_id",
                    _("This tax id belongs to another customer: %(customers)s."),
                    "tax_id_taken",
                    {"customers": f"(SELECT {NAMED} {OTHERS_OF_TAX_ID})"},
                ),
                Check(
                    f"EXISTS (SELECT {OTHERS_OF_NAME})",
                    "name",
                    _(
                        "Another customer has this name in this country: %(customers)s."
                        " Give the tax id by which they differ."
                    ),
                    "name_taken",
                    {"customers": f"(SELECT {NAMED} {OTHERS_OF_NAME})"},
                ),
                Check(
                    f"t.id IS NULL AND (SELECT count(*) {CANDIDATES}) > 1",
                    "name",
                    _(
                        "Several customers without a number have this name in this country: %(customers)s."
                        " Give the tax id of the one that is meant."
                    ),
                    "several_of_name",
                    {"customers": f"(SELECT {NAMED} {CANDIDATES})"},
                ),
                Check(
                    "t.country <> s.country AND t.tax_id <> '' AND s.tax_id IS NULL",
                    "tax_id",
                    _("The country changes, and a tax id belongs to its country. Give the new one."),
                    "tax_id_of_country",
                ),
            ),
            versioned=False,
        ),
    )
)
