"""The list of registrations: its tabs and filters, for page and API alike. The database decides who sees which."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.actors import Actor
from identity.lists import Tab, named

from ..models import RegistrationStatus, WonRegistration

S = RegistrationStatus
NEWEST = ("-id",)
PARAMETERS = ("show", "q")
TONES: dict[str, str] = {
    S.REVIEW_PENDING: "info", S.ACTION_REQUIRED: "warn", S.APPROVED: "good", S.FAILED: "bad", S.CLOSED: "neutral",
}  # fmt: skip


WAITING = Tab("waiting", _("Review pending"), Q(status=S.REVIEW_PENDING), ("answer_by", "id"))
ACTION = Tab("action", _("Action required"), Q(status=S.ACTION_REQUIRED))
DECIDED = Tab(
    "decided", pgettext_lazy("registrations", "Decided"), Q(status__in=[S.APPROVED, S.FAILED, S.CLOSED])
)
ALL = Tab("all", pgettext_lazy("registrations", "All"), Q())


def tabs_for(actor: Actor) -> tuple[Tab, ...]:
    return (WAITING, ACTION, DECIDED, ALL) if actor.is_staff else (ALL, ACTION, WAITING, DECIDED)


def tab_named(name: str, actor: Actor) -> Tab:
    return named(tabs_for(actor), name)


def narrowed(found: QuerySet[WonRegistration], text: str) -> QuerySet[WonRegistration]:
    """Those whose deal, customer or company has this in its name; an empty text does not narrow."""
    if not text:
        return found
    return found.filter(
        Q(referral_name__icontains=text) | Q(customer_name__icontains=text) | Q(site_name__icontains=text)
    )
