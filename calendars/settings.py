"""Where the vendor's people find the calendars."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity.settings_pages import SettingsPage, register

register(
    SettingsPage(
        label=_("Working calendars"),
        text=_("Weekends, holidays and opening hours by country: what promised times are reckoned by."),
        url_name="calendars:list",
        icon="calendar",
        order=50,
    )
)
