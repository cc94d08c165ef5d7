# ruff: noqa: S608 - the statements are made of our own names, never of what stands in a file
"""Partners' sites, as the vendor's partner system sends them. README.md tells the rules."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import Feed, FeedColumn, register
from feeds.reading.styles import PLAIN, Style
from feeds.tables import PUBLIC_ID, Check, Removal, TableTarget, To
from identity.models import AgreementRole, PriceLevel, Programme, Site, SiteKind
from identity.places import time_zones
from identity.privileges import Privilege


class TimeZone(values.Kind):
    """The name of a time zone, in any case → str, spelt as it is known."""

    def parse(self, text: str, style: Style = PLAIN, beside: Any = None) -> str:
        try:
            return _zones()[text.strip().casefold().replace(" ", "_")]
        except KeyError:
            raise values.Invalid(_("Give the name of a time zone, such as Europe/Warsaw."), "zone") from None


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {zone.casefold(): zone for zone in time_zones()}


# Of the sites that are there, those count that the file says nothing of; but not the closed ones.
LEFT_ALONE = """
    FROM identity_site o WHERE o.agreement_role = 'originating' AND o.is_active
    AND o.number NOT IN (SELECT number FROM <staged>)
"""
ANOTHER_ORIGINATES = f"""
s.agreement_role = 'originating' AND (
    s.agreement_number IN (SELECT o.agreement_number FROM <staged> o WHERE o.agreement_role = 'originating'
        GROUP BY o.agreement_number HAVING count(*) > 1)
    OR s.agreement_number IN (SELECT o.agreement_number {LEFT_ALONE}))
"""
THE_OTHER = f"""
(SELECT min(number) FROM (
    SELECT o.number FROM <staged> o WHERE o.agreement_number = s.agreement_number
        AND o.agreement_role = 'originating' AND o.number <> s.number
    UNION ALL SELECT o.number {LEFT_ALONE} AND o.agreement_number = s.agreement_number) others)
"""

SITES = register(
    Feed(
        key="sites",
        label=_("Sites"),
        text=_(
            "The partners' sites: who they are, and the programme, price level and agreement they work under."
        ),
        privilege=Privilege.SITE_EDIT,
        icon="building",
        order=20,
        columns=(
            FeedColumn(
                "number",
                _("Site number"),
                values.Digits(7),
                aliases=("site", "site no", "site id"),
                text=_("7 digits; leading zeros that a spreadsheet lost come back."),
                example="7403807",
            ),
            FeedColumn(
                "name", _("Name"), values.Text(200), aliases=("site name", "company"), example="Nile Systems"
            ),
            FeedColumn(
                "kind",
                _("Kind"),
                values.Choice(dict(SiteKind.choices)),
                aliases=("site kind", "type"),
                text=_("Never changed: what a site may see hangs on it."),
                example="reseller",
            ),
            FeedColumn("country", _("Country"), values.Country(), aliases=("country code",), example="EG"),
            FeedColumn(
                "programme",
                _("Programme"),
                values.Choice(dict(Programme.choices)),
                aliases=("program", "partner programme"),
                example="relationship",
            ),
            FeedColumn(
                "price_level",
                _("Price level"),
                values.Choice(dict(PriceLevel.choices)),
                aliases=("level", "svp"),
                text=_("BL for sites of the Express programme."),
                example="D",
            ),
            FeedColumn(
                "agreement_number",
                _("Agreement number"),
                values.Text(12, upper=True),
                required=False,
                aliases=("agreement", "contract"),
                example="120045",
            ),
            FeedColumn(
                "agreement_role",
                _("Originating or additional"),
                values.Choice(dict(AgreementRole.choices)),
                required=False,
                aliases=("site role", "originating"),
                text=_("Each agreement has one originating site."),
                example="originating",
            ),
            FeedColumn(
                "time_zone",
                _("Time zone"),
                TimeZone(),
                required=False,
                aliases=("timezone", "tz"),
                text=_("As in the time zone database. Blank: UTC."),
                example="Africa/Cairo",
            ),
            FeedColumn(
                "web_domain",
                _("Web domain"),
                values.Pattern(
                    regex=r"[^\s/@:.]+(\.[^\s/@:.]+)+",
                    rule=_("Give a domain such as example.com, without http://."),
                    upper=False,
                ),
                required=False,
                aliases=("domain", "website", "web"),
                example="nile.example",
            ),
            FeedColumn(
                "active",
                _("Active"),
                values.YesNo(),
                required=False,
                aliases=("is active", "open"),
                text=_("No: the site is closed, and its people have no access. Blank: it is active."),
                example="yes",
            ),
        ),
        identity=("number",),
        notes=(
            _("A site that a complete file lacks is closed: its people lose their access until it is back."),
            _("A reseller never becomes a distributor, nor the other way round: that is another site."),
            _("An agreement has one originating site."),
        ),
        target=TableTarget(
            model=Site,
            match="t.number = s.number",
            columns=(
                To("name", "name"),
                To("country", "country"),
                To("programme", "programme"),
                To("price_level", "price_level"),
                To("agreement_number", "agreement_number"),
                To("agreement_role", "agreement_role"),
                To("time_zone", "time_zone", otherwise="'UTC'"),
                To("web_domain", "web_domain", sql="lower(s.web_domain)"),
                To("is_active", "active", otherwise="true"),
            ),
            only_new={
                "number": "s.number",
                "kind": "s.kind",
                "public_id": PUBLIC_ID,
                "created_at": "now()",
            },
            called="s.name || ' (' || s.number || ')'",
            label="t.name || ' (' || t.number || ')'",
            object_type="site",
            site_id="t.id",
            added="site.opened",
            changed="""
                CASE WHEN d.o_is_active AND NOT d.n_is_active THEN 'site.closed'
                WHEN d.n_is_active AND NOT d.o_is_active THEN 'site.opened_again' ELSE 'site.changed' END
            """,
            checks=(
                Check(
                    "t.kind <> s.kind",
                    "kind",
                    _("The kind of a site never changes. Open a site with another number instead."),
                    "kind_changed",
                ),
                Check(
                    "s.programme = 'express' AND s.price_level <> 'BL'",
                    "price_level",
                    _("Sites of the Express programme have the price level BL."),
                    "express_level",
                ),
                Check(
                    "s.agreement_role IS NOT NULL AND s.agreement_number IS NULL",
                    "agreement_role",
                    _("Give the number of the agreement as well."),
                    "no_agreement",
                ),
                Check(
                    ANOTHER_ORIGINATES,
                    "agreement_role",
                    _("This agreement has another originating site: %(number)s."),
                    "another_originates",
                    {"number": THE_OTHER},
                ),
            ),
            removal=Removal("t.is_active", {"is_active": "false"}, "site.closed"),
            versioned=False,
        ),
    )
)
