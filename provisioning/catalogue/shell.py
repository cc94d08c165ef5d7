"""Where the vendor's people find what they keep for provisioning."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity.settings_pages import SettingsPage, register

register(
    SettingsPage(
        label=_("Provisioning"),
        text=_(
            "Which parts are set up when they are ordered, what has to be known for each, the days that count, and"
            " the names that nobody gets."
        ),
        url_name="setup_settings:parts",
        icon="cloud-check",
        order=65,
    )
)
