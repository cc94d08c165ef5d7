"""Where guided selling is in the navigation, and where the vendor's people write what is asked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity import navigation
from identity.actors import Kind
from identity.privileges import Privilege
from identity.settings_pages import SettingsPage, register

navigation.register(
    navigation.Entry(
        label=_("Guided selling"),
        url_name="guide:ask",
        icon="compass",
        section="work",
        order=45,
        kinds=frozenset({Kind.RESELLER}),
        privileges=(Privilege.GUIDED_SELLING_USE,),
    )
)
register(
    SettingsPage(
        label=_("Guided selling"),
        text=_(
            "What is asked about a customer's need, and which parts are proposed for the answers, with reasons."
        ),
        url_name="guide_settings:list",
        icon="compass",
        order=60,
    )
)
