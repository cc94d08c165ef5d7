"""What every file of rows of a customer's site says: the site, and who stands on it as reseller and distributor."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import named_sites
from feeds import values
from feeds.declared import FeedColumn
from feeds.tables import LookUp, To

from ..models import Customer, CustomerSite

CUSTOMER_SITE = FeedColumn(
    "customer_site",
    _("Customer's site"),
    values.Digits(7),
    aliases=("site", "site number", "customer site number", "ship to"),
    text=_("The number of a customer's site that is there already."),
    example="3100417",
)
PARTIES = (CUSTOMER_SITE, *named_sites.PARTNERS)
CUSTOMER_LOOKUP = LookUp(
    "customer",
    Customer,
    "customer.number = s.customer_number",
    "customer_number",
    _("There is no customer of this number."),
)
LOOKUPS = (
    LookUp(
        "customer_site",
        CustomerSite,
        "customer_site.site_number = s.customer_site",
        "customer_site",
        _("There is no customer's site of this number."),
    ),
    *named_sites.LOOKUPS,
)
CHECKS = named_sites.CHECKS
TO = (
    To(
        "customer_site_id",
        "customer_site",
        sql="customer_site.id",
        otherwise="null",
        shown="(SELECT site_number FROM customers_customersite WHERE id = {})",
    ),
    *named_sites.TO,
)
