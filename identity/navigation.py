"""The portal's navigation. Apps register their entries; the shell shows a person those that are for them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from .actors import Actor, Kind
from .privileges import Privilege, Refusal, why_not


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation.

    `kinds` says whose portal it belongs to at all. Whoever belongs there but lacks every one of `privileges`
    sees it disabled, with the reason.
    """

    label: str | Promise
    url_name: str
    icon: str
    section: str  # "work", "site", "vendor"
    order: int
    kinds: frozenset[Kind]
    privileges: tuple[Privilege, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    entry: Entry
    refusal: Refusal | None


_entries: list[Entry] = []


def register(entry: Entry) -> None:
    if entry not in _entries:
        _entries.append(entry)
        _entries.sort(key=lambda e: (["work", "site", "vendor"].index(e.section), e.order))


def entries_for(actor: Actor) -> list[Shown]:
    return [
        Shown(entry, None if _allowed(actor, entry) else why_not(actor, entry.privileges[0]))
        for entry in _entries
        if actor.kind in entry.kinds
    ]


def _allowed(actor: Actor, entry: Entry) -> bool:
    return not entry.privileges or any(actor.may(privilege) for privilege in entry.privileges)
