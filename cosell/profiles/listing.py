"""Which profiles the vendor's people look at: those that wait first, and others by tab."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.lists import Tab

from ..models import ProfileState

S = ProfileState
LATEST = ("-changed_at", "-id")

TABS = (
    Tab("waiting", _("Waiting to go live"), Q(state=S.WAITING), ("live_at", "id")),
    Tab("live", pgettext_lazy("profiles", "Live"), Q(state__in=[S.LIVE, S.CHANGED]), LATEST),
    Tab("stopped", pgettext_lazy("profiles", "Stopped"), Q(state=S.STOPPED), LATEST),
    Tab("withdrawn", pgettext_lazy("profiles", "Withdrawn"), Q(state=S.WITHDRAWN), LATEST),
)
