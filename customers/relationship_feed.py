"""Which site sells to which customer, and for how long, as the vendor's order system sends it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import Derived, Feed, FeedColumn, register
from feeds.tables import PUBLIC_ID, Check, LookUp, Removal, TableTarget, To
from identity.models import Site
from identity.privileges import Privilege

from .models import Customer, Relationship, RelationshipRole
from .names import search_name


def _search_names(names: Sequence[str | None]) -> list[str]:
    return [search_name(name or "") for name in names]


CUSTOMER = """
customer.id = CASE
    WHEN s.customer_number IS NOT NULL
        THEN (SELECT c.id FROM customers_customer c WHERE c.number = s.customer_number)
    ELSE (SELECT min(c.id) FROM customers_customer c
        WHERE c.country = s.country AND c.search_name = s.search_name HAVING count(*) = 1)
END
"""
LONG = "coalesce({}.valid_to, 'infinity'::date)"
MEETS = f"{{0}}.valid_from < {LONG.format('s')} AND s.valid_from < {LONG.format('{0}')}"
# Of one site, customer and role: another row of the file, or one that is there and that the file does not end.
OVERLAPS = f"""
EXISTS (SELECT FROM <staged> o WHERE o.row <> s.row AND o.site_number = s.site_number AND o.role = s.role
    AND o.customer_number IS NOT DISTINCT FROM s.customer_number
    AND o.country IS NOT DISTINCT FROM s.country AND o.search_name IS NOT DISTINCT FROM s.search_name
    AND {MEETS.format("o")})
OR EXISTS (SELECT FROM customers_relationship o WHERE o.site_id = site.id AND o.customer_id = customer.id
    AND o.role = s.role AND o.valid_from <> s.valid_from AND {MEETS.format("o")}
    AND o.valid_from < {LONG.format("o")}
    AND NOT EXISTS (SELECT FROM <staged> f WHERE f.site_number = s.site_number AND f.role = s.role
        AND f.customer_number IS NOT DISTINCT FROM s.customer_number
        AND f.search_name IS NOT DISTINCT FROM s.search_name AND f.valid_from = o.valid_from))
"""  # noqa: S608 - made of constants

RELATIONSHIPS = register(
    Feed(
        key="relationships",
        label=_("Relationships"),
        text=_("Which site is the reseller or distributor of which customer, and for how long."),
        privilege=Privilege.SITE_EDIT,
        icon="link",
        order=40,
        columns=(
            FeedColumn(
                "site_number",
                _("Site number"),
                values.Digits(7),
                aliases=("site", "site no", "site id"),
                example="7403807",
            ),
            FeedColumn(
                "customer_number",
                _("Customer number"),
                values.Digits(7),
                required=False,
                aliases=("customer", "customer no", "customer id"),
                text=_("Or the customer's name and country."),
                example="1200417",
            ),
            FeedColumn(
                "customer_name",
                _("Customer name"),
                values.Text(200),
                required=False,
                aliases=("legal name", "company"),
                text=_("Only where there is no customer number."),
            ),
            FeedColumn(
                "country",
                _("Country"),
                values.Country(),
                required=False,
                aliases=("country code", "customer country"),
                text=_("The customer's, beside its name."),
            ),
            FeedColumn(
                "role",
                _("Role"),
                values.Choice(dict(RelationshipRole.choices)),
                aliases=("relationship", "as"),
                example="reseller",
            ),
            FeedColumn(
                "valid_from",
                _("Valid from"),
                values.Day(),
                aliases=("from", "start", "begins"),
                example="2026-01-01",
            ),
            FeedColumn(
                "valid_to",
                _("Valid to"),
                values.Day(),
                required=False,
                aliases=("to", "until", "end", "ends"),
                text=_("The first day on which it is no more. Blank: it has no end."),
                example="2027-01-01",
            ),
        ),
        identity=("site_number", "customer_number", "customer_name", "country", "role", "valid_from"),
        derived=(Derived("search_name", ("customer_name",), _search_names),),
        notes=(
            _("A relationship that a complete file lacks ends today; one that had not begun never does."),
            _("A site has one relationship with a customer in a role at a time."),
        ),
        target=TableTarget(
            model=Relationship,
            match="t.site_id = site.id AND t.customer_id = customer.id AND t.role = s.role"
            " AND t.valid_from = s.valid_from",
            columns=(To("valid_to", "valid_to", otherwise="null"),),
            only_new={
                "public_id": PUBLIC_ID,
                "site_id": "site.id",
                "customer_id": "customer.id",
                "role": "s.role",
                "valid_from": "s.valid_from",
                "version": "1",
            },
            called="s.site_number || ' · ' || coalesce(s.customer_number, s.customer_name)",
            label="""(SELECT x.number || ' · ' || coalesce(c.number, c.name)
                FROM identity_site x, customers_customer c WHERE x.id = t.site_id AND c.id = t.customer_id)""",
            object_type="relationship",
            object_id="t.public_id",
            site_id="t.site_id",
            added="relationship.added",
            changed="'relationship.changed'",
            lookups=(
                LookUp(
                    "site",
                    Site,
                    "site.number = s.site_number",
                    "site_number",
                    _("There is no site of this number."),
                ),
                LookUp(
                    "customer",
                    Customer,
                    CUSTOMER,
                    "customer_number",
                    _("There is no customer of this number."),
                ),
            ),
            checks=(
                Check(
                    "s.customer_number IS NULL AND (s.customer_name IS NULL OR s.country IS NULL)",
                    "",
                    _("Give the customer's number, or its name and country."),
                    "no_customer",
                ),
                Check(
                    "s.customer_number IS NULL AND s.customer_name IS NOT NULL AND s.country IS NOT NULL"
                    " AND customer.id IS NULL",
                    "customer_name",
                    _(
                        "There is no customer of this name in this country, or more than one. Give the number."
                    ),
                    "unknown",
                ),
                Check(
                    "s.valid_to <= s.valid_from",
                    "valid_to",
                    _("It has to end after it begins."),
                    "ends_before_it_begins",
                ),
                Check(
                    OVERLAPS,
                    "valid_from",
                    _("It overlaps with another relationship of this site with this customer."),
                    "overlaps",
                ),
            ),
            removal=Removal(
                "(t.valid_to IS NULL OR t.valid_to > current_date)",
                {"valid_to": "greatest(t.valid_from, current_date)"},
                "relationship.ended",
            ),
        ),
    )
)
