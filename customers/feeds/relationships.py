# ruff: noqa: S608 - the statements are made of our own names, never of what stands in a file
"""Which site sells to which customer, and for how long, as the vendor's order system sends it.

README.md tells the rules. Periods are compared as they would be once the file is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.named_sites import site_of_number
from feeds import values
from feeds.declared import Feed, FeedColumn, Flaw, Staged, register
from feeds.tables import FLAWS, PUBLIC_ID, Check, Removal, TableTarget, To
from identity.privileges import Privilege

from ..models import Relationship, RelationshipRole
from .parties import CUSTOMER_LOOKUP

OVERLAPS_ROWS = _("This period overlaps with that of other rows for the same site and customer: %(rows)s.")
OVERLAPS_ENTRY = _(
    "This period overlaps with one that the site and customer have already: from %(start)s until %(end)s."
    " End that one first, in a row of its own."
)
OVERLAPS_ENDLESS = _(
    "This period overlaps with one that the site and customer have already: from %(start)s until further notice."
    " End that one first, in a row of its own."
)
# Two half-open periods of which neither is empty. No end is later than every day.
MEET = """
a.valid_from < coalesce(b.valid_to, 'infinity') AND b.valid_from < coalesce(a.valid_to, 'infinity')
AND a.valid_from < coalesce(a.valid_to, 'infinity') AND b.valid_from < coalesce(b.valid_to, 'infinity')
"""
NOT_OVER = "(t.valid_to IS NULL OR t.valid_to > greatest(t.valid_from, current_date))"
ENDED = "greatest(t.valid_from, current_date)"


class Periods(TableTarget):
    """Relationships, whose periods do not overlap."""

    __slots__ = ()

    def check(self, staged: Staged) -> Iterator[Flaw]:
        yield from TableTarget.check(self, staged)
        yield from self._overlapping_rows(staged)
        yield from self._overlapping_entries(staged)

    def _overlapping_rows(self, staged: Staged) -> Iterator[Flaw]:
        """Rows of the file, both of which are told."""
        query = f"""
            WITH said AS ({self._said(staged)})
            SELECT a.row, a.valid_from, array_agg(b.row ORDER BY b.row)
            FROM said a JOIN said b ON b.site_id = a.site_id AND b.customer_id = a.customer_id AND b.row <> a.row
            WHERE {MEET} GROUP BY a.row, a.valid_from ORDER BY a.row LIMIT {FLAWS}
        """
        with connection.cursor() as cursor:
            cursor.execute(query)
            for row, start, others in cursor.fetchall():
                rows = ", ".join(map(str, others[:5]))
                yield Flaw(row, "valid_from", str(start), OVERLAPS_ROWS, "overlaps", {"rows": rows})

    def _overlapping_entries(self, staged: Staged) -> Iterator[Flaw]:
        """Rows of the file with relationships that are there and of which it says nothing.

        A complete file ends those; they are compared as they would be then.
        """
        end = f"CASE WHEN {NOT_OVER} THEN {ENDED} ELSE t.valid_to END" if staged.complete else "t.valid_to"
        query = f"""
            WITH said AS ({self._said(staged)}), there AS (
                SELECT t.id, t.site_id, t.customer_id, t.valid_from, {end} AS valid_to FROM {self.table} t
                WHERE NOT EXISTS (SELECT FROM said WHERE said.id = t.id)
            )
            SELECT DISTINCT ON (a.row) a.row, a.valid_from, b.valid_from, b.valid_to
            FROM said a JOIN there b ON b.site_id = a.site_id AND b.customer_id = a.customer_id
            WHERE {MEET} ORDER BY a.row, b.valid_from LIMIT {FLAWS}
        """
        with connection.cursor() as cursor:
            cursor.execute(query)
            for row, start, other_start, other_end in cursor.fetchall():
                rule = OVERLAPS_ENTRY if other_end else OVERLAPS_ENDLESS
                params = {"start": str(other_start), "end": str(other_end or "")}
                yield Flaw(row, "valid_from", str(start), rule, "overlaps", params)

    def _said(self, staged: Staged) -> str:
        """SQL: the rows of the file as they would be stored, with the ids they mean."""
        valid_to = "s.valid_to" if "valid_to" in staged.columns else "t.valid_to"
        return f"""
            SELECT s.row, t.id, site.id AS site_id, customer.id AS customer_id, s.valid_from, {valid_to} AS valid_to
            FROM {self.joined(staged)}
        """


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
                text=_("Of a site that is there already."),
                example="7403807",
            ),
            FeedColumn(
                "customer_number",
                _("Customer number"),
                values.Digits(7),
                aliases=("customer", "customer no", "customer id"),
                text=_("Of a customer that is there already."),
                example="1200417",
            ),
            FeedColumn(
                "role",
                _("Role"),
                values.Choice(dict(RelationshipRole.choices)),
                required=False,
                aliases=("relationship", "as"),
                text=_("What the site is; blank says the same."),
                example="reseller",
            ),
            FeedColumn(
                "valid_from",
                _("Valid from"),
                values.Day(),
                aliases=("from", "start", "begins"),
                text=_("The first day on which it holds."),
                example="2026-01-01",
            ),
            FeedColumn(
                "valid_to",
                _("Valid until"),
                values.Day(),
                required=False,
                aliases=("valid to", "to", "until", "end", "ends"),
                text=_("The first day on which it no longer holds. Blank: until further notice."),
                example="2027-01-01",
            ),
        ),
        identity=("site_number", "customer_number", "valid_from"),
        notes=(
            _("A site has one relationship with a customer at a time: periods do not overlap."),
            _("One that ends on the day it begins was called off, and holds on no day."),
            _(
                "A relationship that a complete file lacks ends today, by UTC; one that had not begun is called off."
            ),
        ),
        target=Periods(
            model=Relationship,
            match="t.site_id = site.id AND t.customer_id = customer.id AND t.role = site.kind"
            " AND t.valid_from = s.valid_from",
            columns=(To("valid_to", "valid_to", otherwise="null"),),
            only_new={
                "public_id": PUBLIC_ID,
                "site_id": "site.id",
                "customer_id": "customer.id",
                "role": "site.kind",
                "valid_from": "s.valid_from",
                "version": "1",
            },
            called="s.site_number || ' · ' || s.customer_number",
            label="""(SELECT x.number || ' · ' || coalesce(c.number, c.name)
                FROM identity_site x, customers_customer c WHERE x.id = t.site_id AND c.id = t.customer_id)""",
            object_type="relationship",
            object_id="t.public_id",
            site_id="t.site_id",
            added="relationship.added",
            changed="'relationship.changed'",
            lookups=(site_of_number("site", "site_number"), CUSTOMER_LOOKUP),
            checks=(
                Check(
                    "s.role <> site.kind",
                    "role",
                    _("The site is something else. Leave the role blank, or correct the site's number."),
                    "role_of_site",
                ),
                Check(
                    "s.valid_to < s.valid_from",
                    "valid_to",
                    _("It cannot end before it begins."),
                    "ends_before_it_begins",
                ),
            ),
            removal=Removal(NOT_OVER, {"valid_to": ENDED}, "relationship.ended"),
        ),
    )
)
