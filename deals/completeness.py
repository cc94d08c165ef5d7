"""What a deal needs before it can be submitted: the rules of the form, in one place for pages and API
alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.names import search_name
from pricing.money import in_figures

from .models import Deal, DealProduct
from .rules import Rules


@dataclass(frozen=True, slots=True)
class Missing:
    """Something a deal still needs: in which step of the form, which field, and a sentence for the partner."""

    step: str
    field: str
    message: str | Promise


def what_is_missing(
    deal: Deal, products: Sequence[DealProduct], *, rules: Rules, today: date
) -> list[Missing]:
    """Everything that keeps a deal from being submitted, in the order of the form. `today` is the
    partner's, `rules` those in force.
    """
    least = rules.minimum_value(deal.currency)
    small = 0 < (deal.value or 0) < least
    needed: list[tuple[str, str, bool, str | Promise]] = [
        ("customer", "customer_name", bool(search_name(deal.customer_name)), _("Say who the customer is.")),
        (
            "customer",
            "customer_country",
            bool(deal.customer_country),
            _("Say in which country the customer is."),
        ),
        ("contact", "contact_name", bool(deal.contact_name), _("Name somebody at the customer.")),
        (
            "contact",
            "contact_email",
            bool(deal.contact_email or deal.contact_phone),
            _("Give an e-mail address or a phone number of the contact."),
        ),
        ("products", "products", bool(products), _("Choose at least one product.")),
        ("details", "name", bool(deal.name), _("Give the deal a name.")),
        ("details", "value", bool(deal.value), _("Say what the deal is worth.")),
        ("details", "value", not small, too_small(least, deal.currency) if small else ""),
        ("details", "close_on", deal.close_on is not None, _("Say when you expect to close.")),
        (
            "details",
            "close_on",
            deal.close_on is None or deal.close_on >= today,
            _("The expected close date is in the past."),
        ),
        ("details", "next_steps", bool(deal.next_steps), _("Say what the next steps with the customer are.")),
    ]
    missing = [Missing(step, field, message) for step, field, kept, message in needed if not kept]
    typed = [
        Missing(step, field, _("What was entered here cannot be used yet."))
        for step, fields in deal.typed.items()
        for field in fields
        if not any(item.field == field for item in missing)
    ]
    return missing + typed


def too_small(least: int, currency: str) -> str:
    """That a value is below the least one of its currency (minor units)."""
    return gettext("A registration in %(currency)s is worth at least %(amount)s.") % {
        "currency": currency,
        "amount": in_figures(least, currency),
    }
