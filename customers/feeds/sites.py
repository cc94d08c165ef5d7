# ruff: noqa: S608 - the statements are made of our own names, never of what stands in a file
"""The sites of customers under their agreements, as the vendor's contract system sends them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import named_sites
from feeds import values
from feeds.declared import Feed, FeedColumn, register
from feeds.tables import PUBLIC_ID, Check, LookUp, TableTarget, To
from identity.models import AgreementRole, PriceLevel, Programme
from identity.privileges import Privilege

from ..models import Agreement, CustomerSite

# Of the sites that are there, those count that the file says nothing of.
LEFT_ALONE = """
    FROM customers_customersite o WHERE o.role = 'originating'
    AND o.site_number NOT IN (SELECT number FROM <staged>)
"""
ANOTHER_ORIGINATES = f"""
s.role = 'originating' AND (
    s.agreement IN (SELECT o.agreement FROM <staged> o WHERE o.role = 'originating'
        GROUP BY o.agreement HAVING count(*) > 1)
    OR s.agreement IN (SELECT o.agreement {LEFT_ALONE}))
"""
THE_OTHER = f"""
(SELECT min(number) FROM (
    SELECT o.number FROM <staged> o WHERE o.agreement = s.agreement AND o.role = 'originating'
        AND o.number <> s.number
    UNION ALL SELECT o.site_number {LEFT_ALONE} AND o.agreement = s.agreement) others)
"""

# Of two sites that are there, one after the other: no moment has two that originate.
CHANGES_PLACES = """
s.role = 'originating' AND t.role = 'additional' AND EXISTS (
    SELECT FROM customers_customersite o JOIN <staged> x ON x.number = o.site_number
    WHERE o.contract_id = contract.id AND o.role = 'originating' AND x.role = 'additional')
"""

CUSTOMER_SITES = register(
    Feed(
        key="customer-sites",
        label=_("Customers' sites"),
        text=_("The sites of customers under their agreements, and the partners that look after them."),
        privilege=Privilege.CUSTOMER_EDIT,
        icon="map-pin",
        order=60,
        columns=(
            FeedColumn(
                "number",
                _("Number of the site"),
                values.Digits(7),
                aliases=("site", "site number", "customer site", "customer site number"),
                text=_("7 digits; leading zeros that a spreadsheet lost come back."),
                example="3100417",
            ),
            FeedColumn(
                "agreement",
                _("Agreement number"),
                values.Text(12, upper=True),
                aliases=("agreement number", "contract"),
                text=_("Of an agreement that is there already."),
                example="AG410045",
            ),
            FeedColumn(
                "role",
                _("Originating or additional"),
                values.Choice(dict(AgreementRole.choices)),
                aliases=("agreement role", "site role", "originating"),
                text=_("Each agreement has one originating site."),
                example="originating",
            ),
            FeedColumn(
                "name",
                _("Name"),
                values.Text(200),
                aliases=("site name",),
                example="Lagoon Hotels, head office",
            ),
            FeedColumn("country", _("Country"), values.Country(), aliases=("country code",), example="IT"),
            FeedColumn(
                "price_level",
                _("Price level"),
                values.Choice(dict(PriceLevel.choices)),
                aliases=("level", "svp"),
                text=_("BL under Express."),
                example="D",
            ),
            FeedColumn(
                "level_until",
                _("Price level until"),
                values.Day(),
                required=False,
                aliases=("level until", "price level until", "level expires"),
                text=_(
                    "The last day of that level; after it, quotes at it are refused. Blank: no end is known."
                ),
                example="2027-03-31",
            ),
            FeedColumn(
                "points",
                _("Points"),
                values.Decimal(places=2, max="9999999999"),
                required=False,
                text=_("Of the last 12 months. Blank: none."),
                example="640",
            ),
            *named_sites.PARTNERS,
        ),
        identity=("number",),
        notes=(
            _(
                "Partners see a site when they stand on it, for as long as their relationship with its customer holds."
            ),
            _("A site stays with its customer; it can move to another agreement of the same customer."),
            _("No site is ever removed: what was bought stands under it."),
        ),
        target=TableTarget(
            model=CustomerSite,
            match="t.site_number = s.number",
            columns=(
                To(
                    "contract_id",
                    "agreement",
                    sql="contract.id",
                    otherwise="null",
                    shown="(SELECT number FROM customers_agreement WHERE id = {})",
                ),
                To("role", "role"),
                To("site_name", "name"),
                To("country", "country"),
                To("price_level", "price_level"),
                To("level_until", "level_until", otherwise="null"),
                To("points", "points", otherwise="0"),
                *named_sites.TO,
            ),
            only_new={"site_number": "s.number", "public_id": PUBLIC_ID},
            called="s.name || ' (' || s.number || ')'",
            label="t.site_name || ' (' || t.site_number || ')'",
            object_type="customer_site",
            object_id="t.public_id",
            added="customer_site.added",
            changed="'customer_site.changed'",
            lookups=(
                LookUp(
                    "contract",
                    Agreement,
                    "contract.number = s.agreement",
                    "agreement",
                    _("There is no agreement of this number."),
                ),
                *named_sites.LOOKUPS,
            ),
            checks=(
                *named_sites.CHECKS,
                Check(
                    "t.customer_id <> contract.customer_id",
                    "agreement",
                    _("This agreement is another customer's, and a site stays with its customer."),
                    "customer_changed",
                ),
                Check(
                    f"contract.programme = '{Programme.EXPRESS}' AND s.price_level <> '{PriceLevel.BL}'",
                    "price_level",
                    _("Sites of the Express programme have the price level BL."),
                    "express_level",
                ),
                Check(
                    ANOTHER_ORIGINATES,
                    "role",
                    _("This agreement has another originating site: %(number)s."),
                    "another_originates",
                    {"number": THE_OTHER},
                ),
                Check(
                    CHANGES_PLACES,
                    "role",
                    _(
                        "Make the site that originated the agreement so far an additional one in a file before this."
                    ),
                    "changes_places",
                ),
            ),
        ),
    )
)
