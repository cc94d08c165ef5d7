"""The list of registrations: its tabs and filters, for page and API alike. The database decides who sees which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.actors import Actor

from ..models import RegistrationStatus, WonRegistration

S = RegistrationStatus
NEWEST = ("-id",)
PARAMETERS = ("show", "q")
TONES: dict[str, str] = {
    S.REVIEW_PENDING: "info", S.ACTION_REQUIRED: "warn", S.APPROVED: "good", S.FAILED: "bad", S.CLOSED: "neutral",
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Tab:
    name: str
    label: str | Promise
    where: Q
    order: tuple[str, ...] = NEWEST


WAITING = Tab("waiting", _("Review pending"), Q(status=S.REVIEW_PENDING), ("answer_by", "id"))
ACTION = Tab("action", _("Action required"), Q(status=S.ACTION_REQUIRED))
DECIDED = Tab(
    "decided", pgettext_lazy("registrations", "Decided"), Q(status__in=[S.APPROVED, S.FAILED, S.CLOSED])
)
ALL = Tab("all", pgettext_lazy("registrations", "All"), Q())


def tabs_for(actor: Actor) -> tuple[Tab, ...]:
    return (WAITING, ACTION, DECIDED, ALL) if actor.is_staff else (ALL, ACTION, WAITING, DECIDED)


def tab_named(name: str, actor: Actor) -> Tab:
    tabs = tabs_for(actor)
    return next((tab for tab in tabs if tab.name == name), tabs[0])


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody filters registrations by; what is empty does not narrow."""

    text: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Wanted:
        return cls(" ".join(str(asked.get("q", "")).replace("\0", "").split())[:200])


EVERYTHING = Wanted()


def narrowed(found: QuerySet[WonRegistration], wanted: Wanted) -> QuerySet[WonRegistration]:
    if wanted.text:
        text = wanted.text
        found = found.filter(
            Q(referral_name__icontains=text) | Q(customer_name__icontains=text) | Q(site_name__icontains=text)
        )
    return found
