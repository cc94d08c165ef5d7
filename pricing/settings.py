"""Where the vendor's people find the products."""

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
