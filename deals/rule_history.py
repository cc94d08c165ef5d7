"""What changed from one version of the rules to the next, in words for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pricing.money import in_figures

from .models import RulesNote, RulesVersion
from .rule_numbers import NUMBERS, REMINDERS
from .rules import BUILT_IN, FIELDS, LOST, REJECT, TIER, Named, Rules
from .states import DealType

NONE = "–"
SORTS: dict[str, str | Promise] = {
    REJECT: gettext_lazy("Reason for a rejection"),
    LOST: gettext_lazy("Reason for a loss"),
    TIER: gettext_lazy("Tier"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changed. `before` and `after` are words, but for discounts: those are per cent."""

    label: str
    before: str | Decimal
    after: str | Decimal


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the rules, and how it came about. Without `by`: what the product started with."""

    number: int
    rules: Rules
    made_at: datetime | None
    by: str
    note: str


def versions(newest_first: Iterable[RulesVersion]) -> list[Version]:
    """The rows with who made them and why; two queries altogether."""
    rows = list(newest_first)
    notes = RulesNote.objects.in_bulk([row.number for row in rows])
    return [_version(row, notes.get(row.number)) for row in rows]


def _version(row: RulesVersion, made: RulesNote | None) -> Version:
    return Version(
        row.number,
        Rules.of(row.number, row.content),
        row.made_at if made else None,
        made.by_name if made else "",
        made.text if made else "",
    )


def version_numbered(number: int) -> Version | None:
    """One version; the first is known even while nobody has changed anything."""
    row = RulesVersion.objects.filter(number=number).first()
    if row is not None:
        return versions([row])[0]
    return Version(1, Rules(), None, "", "") if number == 1 else None


def differences(before: Rules, after: Rules) -> list[Difference]:
    """What changed, in the order of the settings' pages, in the reader's language."""
    return [
        *_numbers(before, after),
        *_amounts(before, after),
        *_discounts(before, after),
        *_names(before, after),
    ]


def _numbers(before: Rules, after: Rules) -> Iterator[Difference]:
    for name, number in NUMBERS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Difference(str(number.label), number.shown(old), number.shown(new))
    if before.reminder_days != after.reminder_days:
        yield Difference(str(REMINDERS), reminders(before), reminders(after))


def reminders(rules: Rules) -> str:
    """Days before the expiry: "30, 14 and 1 days before"; a dash for none."""
    *first, last = rules.reminder_days or (0,)
    if not last:
        return NONE
    if not first:
        return ngettext("%(num)s day before", "%(num)s days before", last) % {"num": last}
    days = ngettext("%(first)s and %(num)s day before", "%(first)s and %(num)s days before", last)
    return days % {"first": ", ".join(map(str, first)), "num": last}


def _amounts(before: Rules, after: Rules) -> Iterator[Difference]:
    for currency in sorted({*before.minimum_values, *after.minimum_values}):
        old, new = before.minimum_value(currency), after.minimum_value(currency)
        if old != new:
            label = _("Minimum value in %(currency)s") % {"currency": currency}
            yield Difference(label, _amount(old, currency), _amount(new, currency))


def _amount(least: int, currency: str) -> str:
    return in_figures(least, currency) if least else NONE


def _discounts(before: Rules, after: Rules) -> Iterator[Difference]:
    for tier in after.tiers:
        for deal_type in DealType:
            old, new = (rules.discount_bp(tier.code, deal_type.value) for rules in (before, after))
            if old != new:
                label = _("Discount: %(tier)s, %(deal_type)s") % {
                    "tier": after.tier_label(tier.code),
                    "deal_type": deal_type.label,
                }
                yield Difference(label, Decimal(old) / 100, Decimal(new) / 100)


def _names(before: Rules, after: Rules) -> Iterator[Difference]:
    for which in FIELDS:
        for entry in after.entries(which):
            old = before.entry(which, entry.code)
            if old != entry:
                label = f"{SORTS[which]}: {entry.code}"
                yield Difference(label, _entry(which, old) if old else NONE, _entry(which, entry))
        if _order(before, which) != [code for code in _order(after, which) if before.entry(which, code)]:
            yield Difference(_("Order"), ", ".join(_order(before, which)), ", ".join(_order(after, which)))


def _order(rules: Rules, which: str) -> list[str]:
    return [entry.code for entry in rules.entries(which)]


def _entry(which: str, entry: Named) -> str:
    languages: Mapping[str, Any] = dict(settings.LANGUAGES)
    words = [f"{languages.get(code, code)}: {label}" for code, label in entry.labels.items()]
    words = words or [str(BUILT_IN[which].get(entry.code, entry.code))]
    return " · ".join([*words, *([] if entry.active else [_("Retired")])])
