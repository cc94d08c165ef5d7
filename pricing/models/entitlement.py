"""Who is entitled to which prices, as conditions that the database evaluates once a query, and never once a row."""

from __future__ import annotations

from identity.models import PriceLevel as Level
from identity.models import Programme, Site, SiteKind
from identity.privileges import Privilege
from identity.tenancy import SITE, holds

MAY_SEE_FILES = holds(Privilege.PRICE_FILE_VIEW)
# Whoever may quote or order has to know prices, though they see no price files.
MAY_SEE_PRICES = holds(
    Privilege.PRICE_FILE_VIEW, Privilege.QUOTE_MANAGE, Privilege.ORDER_PLACE, Privilege.GUIDED_SELLING_USE
)
MAY_SEE_COST = holds(Privilege.PARTNER_COST_VIEW)
# The country of the reader's own site; null for whoever has none, so that nothing equals it.
COUNTRY = f"(select s.country from identity_site s where s.id = {SITE} and s.is_active)"  # noqa: S608
PRICE_LIST = f"""(select case
    when s.kind = 'distributor' then 'volume'
    when s.programme = 'express' then 'list'
    when s.price_level = 'ED' then 'academic'
    when s.price_level = 'GV' then 'government'
    else 'volume' end from identity_site s where s.id = {SITE} and s.is_active)"""  # noqa: S608 - made of our own constants


def price_list_of(site: Site) -> str:
    """The price list that a site is entitled to (a PriceList); the same as PRICE_LIST says."""
    if site.kind == SiteKind.DISTRIBUTOR:
        return "volume"
    if site.programme == Programme.EXPRESS:
        return "list"
    return {Level.ED.value: "academic", Level.GV.value: "government"}.get(site.price_level, "volume")
