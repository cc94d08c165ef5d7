"""Who would be mailed of an event of a deal, and why each of the others would not: for its page and for the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..models import Referral
from ..states import Status
from . import notices, words
from .facts import facts_of, own_colleagues
from .recipients import Dropped, Verdict, Wants, decide

#: The events of a deal that its partner's people are told of, as they are to be chosen from.
EVENTS = tuple(name for name, kind in notices.KINDS.items() if kind.kinds & notices.PARTNERS)

MAILED_DAILY = _("Mailed once a day")
MAILED = pgettext_lazy("notice", "Mailed")
NOT_MAILED = _("Not mailed")
#: Where nobody chose it: such news are in the inbox on the portal alone.
BY_DEFAULT = _("Such news are not mailed unless somebody chooses so among their notifications.")


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the page. `by`: the rule by which somebody comes into question; `why`: what becomes of them."""

    name: str
    email: str
    mailed: bool
    outcome: str | Promise
    by: str | Promise
    why: str | Promise
    language: str
    rule: str  # for programs: a recipients.Group
    dropped: str  # and a recipients.Dropped, or ""


def default_event(referral: Referral) -> str:
    """What is likely to be told next."""
    return "referral.answer_due" if referral.status == Status.NEW else "vendor.accepted"


def who_is_mailed(referral: Referral, event: str) -> list[Told]:
    """Everybody who comes into question, those who are mailed first. Asked as one of the partner's people.

    `event` is one of EVENTS.
    """
    kind = notices.KINDS[event]
    verdicts = decide(facts_of(referral, kind, own_colleagues(kind)))
    return [_told(each, kind.default) for each in sorted(verdicts, key=lambda each: not each.mailed)]


def _told(verdict: Verdict, default: str) -> Told:
    candidate = verdict.candidate
    return Told(
        candidate.name, candidate.address, verdict.mailed, _outcome(verdict), words.GROUPS[verdict.group],
        _why(verdict, default), str(dict(settings.LANGUAGES).get(candidate.language, candidate.language)),
        verdict.group.value, verdict.dropped.value if verdict.dropped else "",
    )  # fmt: skip


def _outcome(verdict: Verdict) -> Any:
    if not verdict.mailed:
        return NOT_MAILED
    return MAILED_DAILY if verdict.candidate.wants is Wants.DAILY else MAILED


def _why(verdict: Verdict, default: str) -> Any:
    if verdict.dropped is None:
        return words.MAILED[verdict.group]
    if verdict.dropped is Dropped.PREFERS_NOT and default == Wants.NONE:
        return BY_DEFAULT
    return words.DROPPED[verdict.dropped]
