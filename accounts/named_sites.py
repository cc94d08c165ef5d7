"""How files of other apps name partners' sites: by number, of one kind or of any."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import FeedColumn
from feeds.tables import Check, LookUp, To
from identity.models import Site, SiteKind

UNKNOWN = _("There is no site of this number.")


def site_of_number(alias: str, column: str) -> LookUp:
    """The site that a file's column names."""
    return LookUp(alias, Site, f'{alias}.number = s."{column}"', column, UNKNOWN)


RESELLER = FeedColumn(
    "reseller",
    _("Reseller's site"),
    values.Digits(7),
    required=False,
    aliases=("reseller site", "reseller number", "reseller site number"),
    text=_("The site number of the reseller. Blank: there is none."),
    example="7403807",
)
DISTRIBUTOR = FeedColumn(
    "distributor",
    _("Distributor's site"),
    values.Digits(7),
    required=False,
    aliases=("distributor site", "distributor number", "distributor site number"),
    text=_("The site number of the distributor. Blank: there is none."),
    example="0009100",
)
#: The two sites that stand on a row, for a target whose table has `reseller_id` and `distributor_id`.
PARTNERS = (RESELLER, DISTRIBUTOR)
LOOKUPS = (site_of_number("reseller", "reseller"), site_of_number("distributor", "distributor"))
CHECKS = (
    Check(
        f"reseller.kind <> '{SiteKind.RESELLER}'",
        "reseller",
        _("This site is not a reseller's."),
        "no_reseller",
    ),
    Check(
        f"distributor.kind <> '{SiteKind.DISTRIBUTOR}'",
        "distributor",
        _("This site is not a distributor's."),
        "no_distributor",
    ),
)
_NUMBER = "(SELECT number FROM identity_site WHERE id = {})"
TO = (
    To("reseller_id", "reseller", sql="reseller.id", otherwise="null", shown=_NUMBER),
    To("distributor_id", "distributor", sql="distributor.id", otherwise="null", shown=_NUMBER),
)
