"""The list of solutions: its tabs and filters, for page and API alike. The database decides who sees which."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.actors import Actor
from identity.lists import Tab, named

from ..models import Readiness, Solution, SolutionStatus

NEWEST = ("-id",)
PARAMETERS = ("show", "q")
TONES = {
    SolutionStatus.DRAFT: "neutral", SolutionStatus.PUBLISHED: "info", SolutionStatus.RETIRED: "neutral",
    Readiness.NOT_READY: "neutral", Readiness.ASKED: "warn", Readiness.READY: "good",
}  # fmt: skip


IN_USE = Tab("open", _("In use"), ~Q(status=SolutionStatus.RETIRED))
ASKED = Tab("asked", pgettext_lazy("solutions", "Asked for"), Q(readiness=Readiness.ASKED), ("id",))
READY = Tab("ready", _("Co-sell ready"), Q(readiness=Readiness.READY))
RETIRED = Tab("retired", pgettext_lazy("solutions", "Retired"), Q(status=SolutionStatus.RETIRED))
ALL = Tab("all", pgettext_lazy("solutions", "All"), Q())


def tabs_for(actor: Actor) -> tuple[Tab, ...]:
    """The vendor's people begin with what waits for them."""
    return (ASKED, READY, RETIRED, ALL) if actor.is_staff else (IN_USE, READY, ASKED, RETIRED, ALL)


def tab_named(name: str, actor: Actor) -> Tab:
    return named(tabs_for(actor), name)


def narrowed(found: QuerySet[Solution], text: str) -> QuerySet[Solution]:
    """Those whose name, or whose company's, has this in it; an empty text does not narrow."""
    return found.filter(Q(name__icontains=text) | Q(site_name__icontains=text)) if text else found
