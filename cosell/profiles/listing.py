"""Which profiles the vendor's people look at: those that wait first, and others by tab."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..models import Profile, ProfileState

S = ProfileState


@dataclass(frozen=True, slots=True, eq=False)
class Tab:
    name: str
    label: str | Promise
    states: tuple[str, ...]
    order: tuple[str, ...]


TABS = (
    Tab("waiting", _("Waiting to go live"), (S.WAITING,), ("live_at", "id")),
    Tab("live", pgettext_lazy("profiles", "Live"), (S.LIVE, S.CHANGED), ("-changed_at", "-id")),
    Tab("stopped", pgettext_lazy("profiles", "Stopped"), (S.STOPPED,), ("-changed_at", "-id")),
    Tab("withdrawn", pgettext_lazy("profiles", "Withdrawn"), (S.WITHDRAWN,), ("-changed_at", "-id")),
)


def tab_named(name: str) -> Tab:
    return next((tab for tab in TABS if tab.name == name), TABS[0])


def profiles_in(tab: Tab) -> QuerySet[Profile]:
    return Profile.objects.filter(state__in=tab.states)
