"""The five facts of a deal, from what stands in a form or a call: checked, and put as they leave."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from deals.forms.fields import amount_in
from identity.places import countries, country_name
from pricing.money import CURRENCIES, in_figures

from .generating import Facts

LONGEST_NAME = 200
LONGEST_SOLUTION = 120
MOST_SOLUTIONS = 50


class MissingFacts(Exception):
    """Some of the five are missing or cannot be read; `errors` has a sentence for each, by the field's name."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


def facts_of(
    *, amount: int | None, currency: str, solutions: Sequence[str], customer: str, partner: str, country: str
) -> Facts:
    """The facts in the reader's words. `amount` is in minor units, None where unreadable. Raises MissingFacts."""
    names = tuple(dict.fromkeys(filter(None, map(_one_line, solutions))))
    customer = _one_line(customer)
    errors = dict(_problems(amount, currency, names, customer, country))
    if errors or amount is None:
        raise MissingFacts(errors)
    return Facts(
        value=in_figures(amount, currency),
        solutions=names,
        customer=customer,
        partner=_one_line(partner),
        country=country_name(country),
    )


def _problems(
    amount: int | None, currency: str, solutions: Sequence[str], customer: str, country: str
) -> list[tuple[str, str]]:
    """What is wrong, by field, in the order in which a deal's form has them."""
    long = _("This is too long.")
    checks = [
        ("customer", not customer, _("Name the customer.")),
        ("customer", len(customer) > LONGEST_NAME, long),
        ("country", country not in countries(), _("Choose the customer's country.")),
        ("value", amount is None, _("Write the deal's value in digits, as in 12500.")),
        ("currency", currency not in CURRENCIES, _("Choose the currency.")),
        ("solutions", not solutions, _("Choose at least one solution.")),
        ("solutions", len(solutions) > MOST_SOLUTIONS, _("These are too many solutions.")),
        ("solutions", any(len(name) > LONGEST_SOLUTION for name in solutions), long),
    ]
    return [(field, words) for field, wrong, words in checks if wrong]


def amount_of(text: str, currency: str) -> int | None:
    """What somebody typed, in minor units; None where it is no amount above zero."""
    try:
        return amount_in(text, currency if currency in CURRENCIES else "USD")
    except ValidationError:
        return None


def _one_line(text: str) -> str:
    """A name without line breaks and control characters."""
    return " ".join(
        "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text).split()
    )


def shown(facts: Facts) -> list[tuple[str, str]]:
    """The facts with their names, exactly as they are passed on, for whoever is asked whether they may be."""
    return [
        (_("Deal value"), facts.value),
        (_("Solutions"), " · ".join(facts.solutions)),
        (_("Customer"), facts.customer),
        (_("Your company"), facts.partner),
        (_("Country"), facts.country),
    ]
