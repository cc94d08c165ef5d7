"""What a deal needs before it can be submitted: the rules of the form, in one place for pages and API
alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.names import search_name

from .models import Deal, DealProduct


@dataclass(frozen=True, slots=True)
class Missing:
    """Something a deal still needs: in which step of the form, which field, and a sentence for the partner."""

    step: str
    field: str
    message: str | Promise


def what_is_missing(deal: Deal, products: Sequence[DealProduct], *, today: date) -> list[Missing]:
    """Everything that keeps a deal from being submitted, in the order of the form. `today` is the
    partner's.
    """
    rules = [
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
        ("details", "close_on", deal.close_on is not None, _("Say when you expect to close.")),
        (
            "details",
            "close_on",
            deal.close_on is None or deal.close_on >= today,
            _("The expected close date is in the past."),
        ),
        ("details", "next_steps", bool(deal.next_steps), _("Say what the next steps with the customer are.")),
    ]
    missing = [Missing(step, field, message) for step, field, kept, message in rules if not kept]
    typed = [
        Missing(step, field, _("What was entered here cannot be used yet."))
        for step, fields in deal.typed.items()
        for field in fields
        if not any(item.field == field for item in missing)
    ]
    return missing + typed
