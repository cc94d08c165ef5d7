"""What is registered of a won deal, and what has to be right about it: for form, API and action alike (C9).

Record: the contract (value, currency, start, end or without end, signed), and its solutions (value, where deployed,
pricing model, marketplace transaction), as the reference of co-sell referrals has them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from pricing.money import CURRENCIES

from ..models import LARGEST_VALUE, Deployment, Incentive, PricingModel, Referral, Solution


@dataclass(frozen=True, slots=True)
class Item:
    """A solution of the contract. `value` is in the minor units of the contract's currency."""

    solution: Solution
    value: int
    deployed: str
    pricing: str
    marketplace_id: str = ""


@dataclass(frozen=True, slots=True)
class RegistrationContent:
    """`contract_value` in minor units; `ends_on` None: the contract has no end."""

    incentive: str
    contract_value: int
    currency: str
    starts_on: date
    ends_on: date | None
    signed_on: date
    items: tuple[Item, ...]


def eligible_solutions(referral: Referral) -> list[Solution]:
    """The solutions of a deal that the vendor made eligible for an incentive, by name."""
    named = referral.solutions.values_list("solution_id", flat=True)
    return list(Solution.objects.filter(id__in=list(named)).exclude(incentive="").order_by("name", "id"))


def problems_of(
    content: RegistrationContent, eligible: Iterable[Solution], *, today: date
) -> dict[str, list[str]]:
    """What is wrong, by field: empty when it can be registered. `today` is the reader's day."""
    found: dict[str, list[str]] = defaultdict(list)
    if content.incentive not in Incentive.values:
        found["incentive"].append(_("Choose an incentive."))
    if content.currency not in CURRENCIES:
        found["currency"].append(_("Choose a currency."))
    if not 0 < content.contract_value <= LARGEST_VALUE:
        found["contract_value"].append(
            _("A contract is worth more than nothing, and no more than can be registered.")
        )
    if content.ends_on is not None and content.ends_on <= content.starts_on:
        found["ends_on"].append(_("The contract ends after it has started."))
    if content.signed_on > today:
        found["signed_on"].append(_("Only contracts that are signed are registered."))
    _check_items(content, {solution.id: solution for solution in eligible}, found)
    return dict(found)


def _check_items(
    content: RegistrationContent, eligible: dict[int, Solution], found: dict[str, list[str]]
) -> None:
    if not content.items:
        found["solutions"].append(_("Name at least one solution that the contract is about."))
    ids = [item.solution.id for item in content.items]
    if len(set(ids)) < len(ids):
        found["solutions"].append(_("A solution is named twice."))
    for item in content.items:
        name = f"\u2068{item.solution.name}\u2069"
        known = eligible.get(item.solution.id)
        if known is None or known.incentive != content.incentive:
            text = _("%(name)s is not a solution of this deal that is eligible for this incentive.")
            found["solutions"].append(text % {"name": name})
        if not 0 < item.value <= LARGEST_VALUE:
            found["solutions"].append(_("%(name)s: its value is more than nothing.") % {"name": name})
        if item.deployed not in Deployment.values or item.pricing not in PricingModel.values:
            found["solutions"].append(
                _("%(name)s: say where it is deployed, and how it is priced.") % {"name": name}
            )
    if sum(item.value for item in content.items) > content.contract_value:
        found["solutions"].append(_("The solutions are worth more than the contract."))
