"""The list of solutions: its tabs and filters, for page and API alike. The database decides who sees which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.actors import Actor

from ..models import Readiness, Solution, SolutionStatus

NEWEST = ("-id",)
PARAMETERS = ("show", "q")
TONES = {
    SolutionStatus.DRAFT: "neutral", SolutionStatus.PUBLISHED: "info", SolutionStatus.RETIRED: "neutral",
    Readiness.NOT_READY: "neutral", Readiness.ASKED: "warn", Readiness.READY: "good",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Tab:
    name: str
    label: str | Promise
    where: Q
    order: tuple[str, ...] = NEWEST


IN_USE = Tab("open", _("In use"), ~Q(status=SolutionStatus.RETIRED))
ASKED = Tab("asked", _("Asked for"), Q(readiness=Readiness.ASKED), ("id",))
READY = Tab("ready", _("Co-sell ready"), Q(readiness=Readiness.READY))
RETIRED = Tab("retired", _("Retired"), Q(status=SolutionStatus.RETIRED))
ALL = Tab("all", pgettext_lazy("solutions", "All"), Q())


def tabs_for(actor: Actor) -> tuple[Tab, ...]:
    """The vendor's people begin with what waits for them."""
    return (ASKED, READY, RETIRED, ALL) if actor.is_staff else (IN_USE, READY, ASKED, RETIRED, ALL)


def tab_named(name: str, actor: Actor) -> Tab:
    tabs = tabs_for(actor)
    return next((tab for tab in tabs if tab.name == name), tabs[0])


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody filters solutions by; what is empty does not narrow."""

    text: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Wanted:
        return cls(" ".join(str(asked.get("q", "")).replace("\0", "").split())[:200])


EVERYTHING = Wanted()


def narrowed(found: QuerySet[Solution], wanted: Wanted) -> QuerySet[Solution]:
    if wanted.text:
        found = found.filter(Q(name__icontains=wanted.text) | Q(site_name__icontains=wanted.text))
    return found
