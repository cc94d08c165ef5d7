"""Where reports are in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from identity.actors import Kind
from identity.navigation import Entry, register
from identity.privileges import Privilege

register(
    Entry(
        label=_("Reports"),
        url_name="report:list",
        icon="report-analytics",
        section="work",
        order=60,
        kinds=frozenset({Kind.RESELLER, Kind.DISTRIBUTOR, Kind.STAFF}),
        privileges=(Privilege.REPORT_VIEW,),
    )
)
