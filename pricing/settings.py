"""Where the vendor's people find products and prices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity.privileges import Privilege
from identity.settings_pages import SettingsPage, register

register(
    SettingsPage(
        label=_("Products"),
        text=_("Product lines and parts: what partners register deals for."),
        url_name="products:parts",
        icon="package",
        privilege=Privilege.PRODUCT_EDIT,
        order=40,
    )
)
register(
    SettingsPage(
        label=_("Price books"),
        text=_("Prices by country and currency: editions, announced ahead, and their price files."),
        url_name="prices:books",
        icon="receipt",
        privilege=Privilege.PRICE_EDIT,
        order=41,
    )
)
register(
    SettingsPage(
        label=_("Exchange rates"),
        text=_("What one US dollar is in other currencies, day by day."),
        url_name="rates:list",
        icon="arrows-exchange",
        privilege=Privilege.PRICE_EDIT,
        order=42,
    )
)
