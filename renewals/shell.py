"""Where renewals are in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity import navigation
from identity.actors import Kind
from identity.privileges import Privilege

navigation.register(
    navigation.Entry(
        label=_("Renewals"),
        url_name="renewals:list",
        icon="calendar-event",
        section="work",
        order=15,
        kinds=frozenset({Kind.RESELLER, Kind.DISTRIBUTOR, Kind.STAFF}),
        privileges=(Privilege.RENEWAL_VIEW,),
    )
)
