"""Where the vendor's people find how notes fare."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity.privileges import Privilege
from identity.settings_pages import SettingsPage, register

register(
    SettingsPage(
        label=_("Generated notes"),
        text=_(
            "How the notes that partners have drafted for co-sell deals fare, and what they think of them."
        ),
        url_name="notes_settings:fare",
        icon="sparkles",
        privilege=Privilege.SETTING_VIEW,
        order=70,
    )
)
