"""What the apps above know of a site, for the pages about it. Apps register their source:

    @site_facts.register
    def tier(site: Site, actor: Actor) -> Iterator[Fact]: …

in a module that the app's `ready()` imports. A source decides itself who may know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from .actors import Actor
from .models import Site


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known of a site; `href` leads to more."""

    label: str | Promise
    value: str | Promise
    href: str = ""


Source = Callable[[Site, Actor], Iterable[Fact]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    if source not in _sources:
        _sources.append(source)
    return source


def facts_of(site: Site, actor: Actor) -> list[Fact]:
    return [fact for source in _sources for fact in source(site, actor)]
