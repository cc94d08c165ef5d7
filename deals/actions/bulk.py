"""Several deals at once, each through the same action as one by itself.

Each deal stands alone: what cannot be done with one leaves the others be. More than a click is never decided at once:
what needs to be read, weighed or explained is left to its own page, and the answer says why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor

from ..conflicts import candidates_of, hold_customers
from ..models import Deal
from ..queries import rules_in_force
from ..rules import Rules
from ..states import WAITING, Status, Verdict
from .deciding import approve_deal, take_under_review
from .ground import DealChanged, DealConflict, DealNotOpen

MOST = 50

# Why a deal was left as it is, by the code that the API gives.
LEFT: dict[str, str | Promise] = {
    "not_found": _("There is no such deal."),
    "not_open": _("It does not wait for this any more."),
    "changed": _("It was changed since you saw it. Open it and look again."),
    "verdict": _("The verdict at its submission was not “clear”. Compare it with its candidates."),
    "appeal": _("It is an appeal: read it, and decide it by itself."),
    "question": _("A question to the partner is open."),
    "candidate": _("A deal it may conflict with is approved for another partner."),
    "minimum": _("Its value is below the least that the rules ask for."),
    "changed_after_approval": _("It was changed after its approval: look at what changed."),
}


class TooManyDeals(Exception):
    """At most MOST deals are decided at once."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A deal by its public id, and the version in which it was seen; None: whichever it has."""

    public_id: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of them. `left` is a code of LEFT; empty when it was done."""

    public_id: str
    left: str = ""

    @property
    def done(self) -> bool:
        return not self.left


class Left(Exception):
    """This deal is not for deciding together with others."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def take_together(chosen: Sequence[Chosen], *, by: Actor, now: datetime) -> list[Outcome]:
    """Begin to review several submitted deals. Raises TooManyDeals."""

    def take(deal: Deal, version: int) -> None:
        take_under_review(deal, by=by, now=now, version=version)

    return _each(chosen, _found(chosen), take)


def approve_together(chosen: Sequence[Chosen], *, by: Actor, now: datetime) -> list[Outcome]:
    """Approve those of several deals that are plainly safe to approve. Raises TooManyDeals.

    Safe is a deal whose verdict was clear, that no approved deal of another partner may conflict with, that reaches the
    least value, and that nobody has a question about; never an appeal, nor one that was changed after its approval.
    """
    rules = rules_in_force()
    found = _found(chosen)
    hold_customers(found.values())

    def approve(deal: Deal, version: int) -> None:
        if deal.status not in WAITING:
            raise DealNotOpen(deal.status)
        if left := why_not_together(deal, rules=rules, now=now):
            raise Left(left)
        approve_deal(deal, by=by, now=now, version=version)

    return _each(chosen, found, approve)


def why_not_together(deal: Deal, *, rules: Rules, now: datetime) -> str:
    """The code of LEFT that keeps a waiting deal from being approved together with others; empty when none does."""
    if deal.appeal_text:
        return "appeal"
    if deal.number:
        return "changed_after_approval"
    if deal.question_at is not None:
        return "question"
    if deal.verdict != Verdict.CLEAR:
        return "verdict"
    if (deal.value or 0) < rules.minimum_value(deal.currency):
        return "minimum"
    candidates = candidates_of(deal, rules=rules, now=now)
    return "candidate" if any(each.is_approved and not each.is_own for each in candidates) else ""


def _found(chosen: Sequence[Chosen]) -> dict[str, Deal]:
    """The chosen deals that the actor sees, held in one order, so that no two people wait for each other.

    First the deals and then their customers, as whoever approves a single one does.
    """
    if len(chosen) > MOST:
        raise TooManyDeals
    wanted = Deal.objects.filter(public_id__in=[each.public_id for each in chosen])
    held = wanted.exclude(status=Status.DRAFT).order_by("id").select_for_update()
    return {deal.public_id: deal for deal in held}


def _each(
    chosen: Sequence[Chosen], found: dict[str, Deal], act: Callable[[Deal, int], None]
) -> list[Outcome]:
    """Act on each deal once, each in a savepoint of its own. What comes of them is in the order they were given in."""
    versions = {each.public_id: each.version for each in chosen}
    left = {
        public_id: _left(deal, versions[public_id] or deal.version, act) for public_id, deal in found.items()
    }
    return [Outcome(public_id, left.get(public_id, "not_found")) for public_id in versions]


def _left(deal: Deal, version: int, act: Callable[[Deal, int], None]) -> str:
    try:
        with transaction.atomic():
            act(deal, version)
    except DealNotOpen:
        return "not_open"
    except DealChanged:
        return "changed"
    except DealConflict:
        return "candidate"
    except Left as left:
        return left.code
    return ""
