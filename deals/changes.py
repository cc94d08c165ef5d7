"""What changed in a deal once it was approved: found, kept as data in the timeline, and put into the reader's words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.values import Amount, pack, unpack

from .models import Deal, DealProduct
from .states import DealType, Stage

# What an approval is about: when one of these changes, the deal is approved again.
KEY_FIELDS: dict[str, str | Promise] = {
    "products": _("Products"),
    "value": _("Value"),  # with its currency
    "deal_type": _("Deal type"),
    "distributor": _("Distributor"),
}
# What is brought up to date without asking anybody.
FREE_FIELDS: dict[str, str | Promise] = {
    "name": _("Deal name"),
    "stage": _("Stage"),
    "close_on": _("Expected close date"),
    "next_steps": _("Next steps"),
    "competitors": _("Competitors"),
    "owner": _("Sales contact"),
    "engineer_name": _("Engineer"),
    "engineer_email": _("Engineer's e-mail"),
    "contact_name": _("Contact"),
    "contact_job_title": _("Job title"),
    "contact_email": _("E-mail"),
    "contact_phone": _("Phone"),
}
LABELS = KEY_FIELDS | FREE_FIELDS
# The distributor reads the timeline and is not shown these (columns.py): that they changed is all it says.
UNTOLD = frozenset({"next_steps", "competitors", "engineer_name", "engineer_email"})
LONGEST = 120  # characters of a text that the timeline shows; it holds 4,000 in all
SHORTER = 30


class Change(NamedTuple):
    """One field, before and after, as JSON has it."""

    field: str
    old: Any
    new: Any

    @property
    def is_key(self) -> bool:
        return self.field in KEY_FIELDS


Facts = dict[str, Any]


def facts_of(deal: Deal, products: Iterable[DealProduct | tuple[Any, int]]) -> Facts:
    """What may change in a deal, as JSON has it. `products` are rows, or parts with quantities."""
    facts: Facts = {name: getattr(deal, name) for name in FREE_FIELDS if name != "owner"}
    facts["owner"] = [deal.owner_id, deal.owner_name]
    facts["close_on"] = deal.close_on.isoformat() if deal.close_on else ""
    facts["deal_type"] = deal.deal_type
    facts["value"] = [deal.value, deal.currency]
    facts["distributor"] = [deal.distributor_id, deal.distributor_name]
    facts["products"] = [
        [each.part_number, each.quantity] if isinstance(each, DealProduct) else [each[0].number, each[1]]
        for each in products
    ]
    return facts


def changes_between(before: Facts, after: Facts) -> list[Change]:
    """What differs, key fields first."""
    return [Change(name, before[name], after[name]) for name in LABELS if before[name] != after[name]]


# ------------------------------------------------------------------------------------------------ kept


def to_text(changes: Sequence[Change]) -> str:
    """The changes as a timeline keeps them."""
    for longest in (LONGEST, SHORTER):
        rows = [[change.field, *_kept(change, longest)] for change in changes]
        text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
        if len(text) <= 4000:
            break
    return text


def _kept(change: Change, longest: int) -> tuple[Any, Any]:
    if change.field in UNTOLD:
        return None, None
    if change.field == "owner":
        return change.old[1], change.new[1]
    if change.field == "distributor":
        # Whoever is named now reads the timeline, and is not told of whom they take the place.
        return None, change.new[1]
    return _short(change.old, longest), _short(change.new, longest)


def _short(value: Any, longest: int) -> Any:
    return Truncator(" ".join(value.split())).chars(longest) if isinstance(value, str) else value


# ------------------------------------------------------------------------------------------------ in words


def in_words(text: str) -> str:
    """What `to_text` kept, a line for each field, in the reader's language; any other text as it is."""
    try:
        rows = [Change(*row) for row in json.loads(text)]
    except (ValueError, TypeError):
        return text
    return "\n".join(_line(row) for row in rows)


def _line(change: Change) -> str:
    label = str(LABELS.get(change.field, change.field))
    if change.field in UNTOLD:
        return gettext("%(field)s: changed") % {"field": label}
    if change.field == "distributor":
        return gettext("%(field)s: now %(new)s") % {
            "field": label,
            "new": _written("owner", change.new) if change.new else gettext("None named"),
        }
    return gettext("%(field)s: %(old)s → %(new)s") % {
        "field": label,
        "old": _written(change.field, change.old),
        "new": _written(change.field, change.new),
    }


def _written(field: str, value: Any) -> str:
    """A value as the reader's language writes it."""
    if not value:
        return "–"
    match field:
        case "value":
            found: Any = Amount(*value) if value[0] is not None else "–"
        case "close_on":
            found = date.fromisoformat(value)
        case "stage":
            found = dict(Stage.choices).get(value, value)
        case "deal_type":
            found = dict(DealType.choices).get(value, value)
        case "products":
            found = ", ".join(f"{number} × {quantity}" for number, quantity in value)
        case _:
            found = value
    return str(unpack(pack({"it": found}))["it"])
