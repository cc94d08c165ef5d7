"""Partners' sites, as the vendor's partner system sends them."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import Feed, FeedColumn, register
from feeds.tables import PUBLIC_ID, Check, Removal, TableTarget, To
from identity.models import AgreementRole, PriceLevel, Programme, Site, SiteKind
from identity.privileges import Privilege

ANOTHER_ORIGINATES = """
s.agreement_role = 'originating' AND s.agreement_number IS NOT NULL AND (
    EXISTS (SELECT FROM <staged> o WHERE o.agreement_number = s.agreement_number
        AND o.agreement_role = 'originating' AND o.number <> s.number)
    OR EXISTS (SELECT FROM identity_site o WHERE o.agreement_number = s.agreement_number
        AND o.agreement_role = 'originating' AND o.number <> s.number
        AND NOT EXISTS (SELECT FROM <staged> f WHERE f.number = o.number)))
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
                required=False,
                aliases=("program",),
                text=_("Blank: Relationship."),
                example="relationship",
            ),
            FeedColumn(
                "price_level",
                _("Price level"),
                values.Choice({level.value: level.value for level in PriceLevel}),
                required=False,
                aliases=("level", "svp"),
                text=_("Blank: BL."),
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
                values.Choice({name: name for name in sorted(available_timezones())}),
                required=False,
                aliases=("timezone", "tz"),
                text=_("As in the time zone database. Blank: UTC."),
                example="Africa/Cairo",
            ),
            FeedColumn(
                "web_domain",
                _("Web domain"),
                values.Pattern(
                    regex=r"[a-z0-9-]+(\.[a-z0-9-]+)+",
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
        ),
        target=TableTarget(
            model=Site,
            match="t.number = s.number",
            columns=(
                To("name", "name"),
                To("country", "country"),
                To("programme", "programme", otherwise="'relationship'"),
                To("price_level", "price_level", otherwise="'BL'"),
                To("agreement_number", "agreement_number"),
                To("agreement_role", "agreement_role"),
                To("time_zone", "time_zone", otherwise="'UTC'"),
                To("web_domain", "web_domain"),
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
            added="site.added",
            changed="""
                CASE WHEN d.o_is_active AND NOT d.n_is_active THEN 'site.closed'
                WHEN d.n_is_active AND NOT d.o_is_active THEN 'site.opened_again' ELSE 'site.changed' END
            """,
            checks=(
                Check(
                    "t.kind <> s.kind",
                    "kind",
                    _("The kind of a site is never changed; this one is a %(kind)s."),
                    "kind_changed",
                    {"kind": "t.kind"},
                ),
                Check(
                    ANOTHER_ORIGINATES,
                    "agreement_role",
                    _("Another site is the originating site of this agreement."),
                    "another_originates",
                ),
            ),
            removal=Removal("t.is_active", {"is_active": "false"}, "site.closed"),
            versioned=False,
        ),
    )
)
