"""What a partner is told of other registrations before it hands a deal in: the verdict, the rule, and what would help.

The database answers (migrations/0007), since no partner may read what it compares with; nothing else comes out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.names import domain_key, skeleton, tax_key

from .models import Deal
from .rules import Rules
from .states import MatchRule, Verdict


class Manner(StrEnum):
    LOOK = "look"  # what was answered to this very question within a day; asks nothing
    ASK = "ask"  # and the same answer to the same question within a day
    HAND_IN = "hand_in"  # answered anew: the deal becomes a registration with this


@dataclass(frozen=True, slots=True)
class Answer:
    """What the database said. `verdict` is empty when the site has asked too much; then `again_at` says until when.

    `own_deal` is the public id of a live deal of the site's own about the same, whatever the verdict.
    """

    verdict: str
    rule: str
    own_deal: str
    at: datetime
    again_at: datetime | None
    left: int  # questions of this site, from now on

    @property
    def is_refused(self) -> bool:
        return not self.verdict


ASK = "SELECT * FROM deals_verdict(%s, %s, %s, %s, %s, %s, %s, %s)"


def verdict_on(deal: Deal, manner: Manner, *, rules: Rules, now: datetime) -> Answer | None:
    """The verdict on a draft or a returned deal of the current site, in one statement; None when nothing was asked yet.

    Raises IntegrityError (check violation, "deal_verdict") for any other deal.
    """
    about = (
        tax_key(deal.customer_tax_id, deal.customer_country),
        domain_key(deal.customer_domain),
        skeleton(deal.customer_name),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            ASK, [deal.id, *about, now, rules.verdicts_a_day, rules.keeps_place_days, manner.value]
        )
        row = cursor.fetchone()
    return Answer(*row) if row else None


# ------------------------------------------------------------------------------------------ in words


@dataclass(frozen=True, slots=True)
class Explained:
    """A verdict for people: what it is, why, and what would help."""

    tone: str
    icon: str
    title: str | Promise
    text: str | Promise
    why: str | Promise = ""
    help: tuple[str | Promise, ...] = ()


# By which rule: of a likely conflict, and what would show that it is none.
WHY: dict[str, str | Promise] = {
    MatchRule.CUSTOMER: _("It is the same customer in the directory."),
    MatchRule.TAX_ID: _("The tax id is the same."),
    MatchRule.DOMAIN: _("The web domain is the same."),
    MatchRule.NAME: _("The legal name and the country are the same."),
    MatchRule.SIMILAR: _("The name is very similar, and the country is the same."),
}
_ENTITY = _("If it is another company, add the tax id of the legal entity that buys.")
_TAX_ID = _("Check the tax id. If it is right, it is the same company.")
_DOMAIN = _("If it is another company, add the tax id of the legal entity that buys, and its own web domain.")
_LINE = _("If the sale is about another product line, change the products.")
_BRANCH = _("If it is another sale to the same customer, say in the next steps what tells it apart.")
_DESK = _(
    "Or register the deal as it is: the deal desk looks at both and decides. Being first is not all it weighs."
)
HELP: dict[str, tuple[str | Promise, ...]] = {
    MatchRule.CUSTOMER: (_LINE, _BRANCH, _DESK),
    MatchRule.TAX_ID: (_TAX_ID, _LINE, _BRANCH, _DESK),
    MatchRule.DOMAIN: (_DOMAIN, _LINE, _BRANCH, _DESK),
    MatchRule.NAME: (_ENTITY, _LINE, _BRANCH, _DESK),
    MatchRule.SIMILAR: (_ENTITY, _LINE, _BRANCH, _DESK),
}
CLEAR = Explained(
    "good",
    "circle-check",
    _("No conflict"),
    _("No registration of this customer and product line stands in the way of yours now."),
)
OWN = Explained(
    "info",
    "copy",
    _("Your own site has a deal like this"),
    _("Your site has registered a deal with this customer and product line already, and it is still open."),
    help=(
        _("If it is the same sale, go on with that deal instead."),
        _("If it is another sale, register it and say in the next steps what tells it apart."),
    ),
)
LIKELY_TEXT = _(
    "A registration of the same customer and product line may stand in the way of yours. "
    "You may register the deal all the same."
)


def explained(verdict: str, rule: str) -> Explained | None:
    """The words for a verdict and its rule; None when there is no verdict."""
    match verdict:
        case Verdict.CLEAR:
            return CLEAR
        case Verdict.OWN:
            return Explained(OWN.tone, OWN.icon, OWN.title, OWN.text, WHY.get(rule, ""), OWN.help)
        case Verdict.LIKELY:
            return Explained(
                "warn",
                "alert-triangle",
                _("A conflict is likely"),
                LIKELY_TEXT,
                WHY.get(rule, ""),
                HELP.get(rule, ()),
            )
        case _:
            return None
