"""The pages on which the vendor's people look after the portal's settings. Apps register theirs.

    settings_pages.register(SettingsPage(
        label=_("Working calendars"), text=_("Weekends and holidays, by which promises are reckoned."),
        url_name="calendars:list", icon="calendar", privilege=Privilege.SETTING_EDIT))

in a module that the app's `ready()` imports. Their addresses begin with `/settings/`, so that the navigation knows
where the reader is. Everybody at the vendor may look at all of them (`Privilege.SETTING_VIEW`).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import navigation
from .actors import Actor, Kind
from .privileges import Privilege, Refusal, why_not


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """One page of settings: its name, a sentence on what it is for, and the privilege that changing it takes."""

    label: str | Promise
    text: str | Promise
    url_name: str
    icon: str
    privilege: Privilege = Privilege.SETTING_EDIT
    order: int = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A page for one reader; with a refusal when they may look at it, but change nothing."""

    page: SettingsPage
    refusal: Refusal | None


_pages: list[SettingsPage] = []


def register(page: SettingsPage) -> None:
    if page not in _pages:
        _pages.append(page)
        _pages.sort(key=lambda each: (each.order, each.url_name))


def pages_for(actor: Actor) -> list[Shown]:
    return [Shown(page, why_not(actor, page.privilege)) for page in _pages]


navigation.register(
    navigation.Entry(
        label=_("Settings"),
        url_name="identity:settings",
        icon="settings",
        section="vendor",
        order=90,
        kinds=frozenset({Kind.STAFF}),
        privileges=(Privilege.SETTING_VIEW,),
    )
)
