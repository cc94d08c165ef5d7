"""Who else is at a customer: for the deal desk, which may see both sides. Partners are told by `verdicts.py` alone.

Two deals are about the same sale when their customers may be one company (customers.queries.same_as) and they share
a product line.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.queries import same_as

from .models import Deal, DealProduct
from .rules import Rules
from .states import LIVE, MatchRule, Status

MOST = 100  # candidates shown; whoever has more of them needs no longer list


@dataclass(frozen=True, slots=True)
class Candidate:
    """A deal that another one may conflict with. `lines` are the codes of the product lines both have."""

    deal: Deal  # live, approved, or won lately; with all its columns
    rule: MatchRule  # why the customers may be one
    lines: tuple[str, ...]
    came_first: bool  # before the deal it is a candidate of, by the first complete submission
    is_own: bool  # of the same partner: no conflict, but perhaps the same deal twice
    is_incumbent: bool  # its partner sold one of these lines to this customer lately

    @property
    def is_approved(self) -> bool:
        return self.deal.status == Status.APPROVED

    @property
    def is_rival(self) -> bool:
        """Whether it holds, or may be given, what the other one asks for: of another partner, and not sold yet."""
        return not self.is_own and self.deal.status in LIVE

    @property
    def forbids_approval(self) -> bool:
        """The very same customer and line are approved for another partner: that approval has to be revoked first."""
        return self.is_approved and not self.is_own and self.rule == MatchRule.CUSTOMER

    @property
    def needs_reason(self) -> bool:
        """A likely conflict with another partner's approved deal: whoever approves this one too says why."""
        return self.is_approved and not self.is_own and self.rule != MatchRule.CUSTOMER


@dataclass(frozen=True, slots=True)
class Incumbent:
    """A partner that sold one of a deal's product lines to its customer lately."""

    site_name: str
    site_number: str
    rule: MatchRule
    lines: tuple[str, ...]
    sold_at: datetime  # the latest of them
    is_own: bool  # it is the partner of the deal itself


def candidates_of(deal: Deal, *, rules: Rules, now: datetime, most: int | None = MOST) -> list[Candidate]:
    """The deals that this one may conflict with, the likeliest first, then whoever came first. Two queries.

    Those of any partner that are live, or that were won within `rules.incumbent_months`. A draft has none: what is not
    handed in is not looked at by anybody but its partner.
    """
    if deal.customer_id is None:
        return []
    likeness = {each.customer_id: each.rule for each in same_as(Customer(id=deal.customer_id))}
    lines = _overlaps(deal, list(likeness), since=_months_before(now, rules.incumbent_months))
    others = {product.deal_id: product.deal for product in lines}
    shared: dict[int, set[str]] = {}
    for product in lines:
        shared.setdefault(product.deal_id, set()).add(product.line)
    sold = {other.site_id for other in others.values() if other.status == Status.WON}
    found = [
        Candidate(
            deal=other,
            rule=MatchRule(likeness[other.customer_id or 0]),
            lines=tuple(sorted(shared[other.id])),
            came_first=_came_first(other, deal),
            is_own=other.site_id == deal.site_id,
            is_incumbent=other.site_id in sold,
        )
        for other in others.values()
    ]
    return sorted(found, key=_likeliest_first)[:most]


def incumbents_among(candidates: Iterable[Candidate]) -> list[Incumbent]:
    """The partners that sold one of the lines lately, the latest sale first; the deal's own partner included."""
    sales: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        if candidate.deal.status == Status.WON:
            sales.setdefault(candidate.deal.site_id, []).append(candidate)
    found = [
        Incumbent(
            site_name=each[0].deal.site_name,
            site_number=each[0].deal.site_number,
            rule=each[0].rule,  # candidates come the likeliest first
            lines=tuple(sorted({line for sale in each for line in sale.lines})),
            sold_at=max(sale.deal.closed_at for sale in each if sale.deal.closed_at),
            is_own=each[0].is_own,
        )
        for each in sales.values()
    ]
    return sorted(found, key=lambda incumbent: incumbent.sold_at, reverse=True)


def incumbents_of(deal: Deal, *, rules: Rules, now: datetime) -> list[Incumbent]:
    """The same, of a deal whose candidates nobody has asked for."""
    return incumbents_among(candidates_of(deal, rules=rules, now=now))


def words(candidate: Candidate) -> str:
    """Why a deal cannot be approved beside this approved one of another partner, for whoever decides."""
    known = {
        "partner": candidate.deal.site_name,
        "number": candidate.deal.reference,
        "customer": candidate.deal.customer_name,
        "lines": ", ".join(candidate.lines),
    }
    if candidate.forbids_approval:
        return (
            _(
                "%(partner)s won: its deal %(number)s is approved for the same customer and product line (%(lines)s)."
                " Two partners never hold both. Revoke that approval first, or reject this deal."
            )
            % known
        )
    return (
        _(
            "%(partner)s has an approved deal, %(number)s with %(customer)s, for the same product line (%(lines)s), and"
            " the customer may be the same. To approve this deal all the same, say why."
        )
        % known
    )


# The trigger `deal_overlap` holds the same locks, for its one customer (migrations/0006).
HOLD = (
    "SELECT pg_advisory_xact_lock(hashtextextended('deals customer ' || id, 0)) FROM unnest(%s::bigint[]) id"
)


def hold_customers(deals: Iterable[Deal]) -> None:
    """Let nobody else decide about these deals' customers, or any that may be the same, until the transaction ends.

    Of two people approving conflicting deals at once, the second waits here, and then sees what the first did. Who
    approves several deals in one transaction holds them all at once first: in one order, nobody waits in a circle.
    """
    ids = {
        each.customer_id
        for deal in deals
        if deal.customer_id
        for each in same_as(Customer(id=deal.customer_id))
    }
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [sorted(ids)])


def _overlaps(deal: Deal, customers: list[int], *, since: datetime) -> list[DealProduct]:
    """The products of other deals at these customers that are of one of this deal's lines, with their deals."""
    lines = DealProduct.objects.filter(deal=deal).values("line")
    counts = Q(deal__status__in=LIVE) | Q(deal__status=Status.WON, deal__closed_at__gte=since)
    return list(
        DealProduct.objects.filter(counts, deal__customer_id__in=customers, line__in=lines)
        .exclude(deal=deal)
        .select_related("deal")
    )


def _came_first(one: Deal, other: Deal) -> bool:
    """By the place in the queue, which a late return loses; then by the order of their rows."""
    return (one.listed_at, one.id) < (other.listed_at, other.id)


def _likeliest_first(candidate: Candidate) -> tuple[int, datetime, int]:
    return list(MatchRule).index(candidate.rule), candidate.deal.listed_at, candidate.deal.id


def _months_before(moment: datetime, months: int) -> datetime:
    """The same day so many months earlier, or the last of a shorter month."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
