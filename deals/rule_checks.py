"""What a version of the rules must be like. Plain values, no database; the settings' pages and the API ask the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from pricing.money import CURRENCIES

from .rule_numbers import EARLIEST_REMINDER, MOST_REMINDERS, NUMBERS
from .rules import BUILT_IN, CODE, FIELDS, LOST, REJECT, Named, Rules
from .states import DealType

LABEL = 60  # characters of a name
MOST_ENTRIES = 60  # reasons or tiers
MOST_DISCOUNT = 10_000  # hundredths of a per cent
LARGEST_MINIMUM = 10**12  # minor units
Fault = tuple[str, str | Promise]  # which field, and what is wrong


def faults(before: Rules, after: Rules) -> dict[str, str | Promise]:
    """What is wrong with `after`, as the version that follows `before`: a sentence by field; empty when nothing is."""
    found: dict[str, str | Promise] = {}
    for field, message in (
        *_numbers(after),
        *_reminders(after),
        *_minimum_values(after),
        *_discounts(after),
        *_tiers(after),
        *(fault for which in FIELDS for fault in _entries(which, before, after)),
    ):
        found.setdefault(field, message)
    return found


def _numbers(rules: Rules) -> Iterator[Fault]:
    for number in NUMBERS.values():
        if not number.least <= getattr(rules, number.name) <= number.most:
            yield (
                number.name,
                _("Give a number from %(least)s to %(most)s.") % {"least": number.least, "most": number.most},
            )
    if rules.extension_from_days > rules.valid_days:
        yield "extension_from_days", _("This is longer than a registration is valid.")


def _reminders(rules: Rules) -> Iterator[Fault]:
    days = rules.reminder_days
    if len(days) > MOST_REMINDERS:
        yield "reminder_days", _("These are more reminders than anybody reads. Give ten at most.")
    if any(not 1 <= day <= min(EARLIEST_REMINDER, rules.valid_days - 1) for day in days):
        yield (
            "reminder_days",
            _("Each reminder comes at least one day before the expiry, and after the approval."),
        )
    if len(set(days)) < len(days):
        yield "reminder_days", _("A day is named twice.")


def _minimum_values(rules: Rules) -> Iterator[Fault]:
    for currency, least in rules.minimum_values.items():
        if currency not in CURRENCIES:
            yield "minimum_values", _("There is no currency %(code)s.") % {"code": currency}
        elif not 0 <= least <= LARGEST_MINIMUM:
            yield f"minimum_values.{currency}", _("This is more than a minimum can be. Check the amount.")


def _discounts(rules: Rules) -> Iterator[Fault]:
    codes = {tier.code for tier in rules.tiers}
    for tier, by_type in rules.discounts.items():
        if tier not in codes:
            yield "discounts", _("There is no tier %(code)s.") % {"code": tier}
        for deal_type, discount in by_type.items():
            if deal_type not in DealType.values:
                yield "discounts", _("There is no deal type %(code)s.") % {"code": deal_type}
            elif not 0 <= discount <= MOST_DISCOUNT:
                yield f"discounts.{tier}.{deal_type}", _("A discount is from 0 to 100 per cent.")


def _tiers(rules: Rules) -> Iterator[Fault]:
    if rules.tiers and not rules.tiers[0].active:
        yield "tiers", _("The lowest tier cannot be retired: it is for whoever was given none.")


def _entries(which: str, before: Rules, after: Rules) -> Iterator[Fault]:
    field, entries = FIELDS[which], after.entries(which)
    kept = {entry.code for entry in before.entries(which)}
    if gone := kept - {entry.code for entry in entries}:
        yield (
            field,
            _("%(code)s cannot vanish: decisions refer to it. Retire it instead.")
            % {"code": sorted(gone)[0]},
        )
    if not any(entry.active for entry in entries):
        yield field, _("At least one has to stay in use.")
    if len(entries) > MOST_ENTRIES:
        yield field, _("These are too many. Retired ones can be renamed and used again.")
    if twice := [code for code, count in Counter(entry.code for entry in entries).items() if count > 1]:
        yield field, _("The code %(code)s is taken already.") % {"code": twice[0]}
    for entry in entries:
        if entry.code not in kept:
            yield from _new(which, entry, after)
        yield from _labels(field, which, entry)


def _new(which: str, entry: Named, rules: Rules) -> Iterator[Fault]:
    field = f"{FIELDS[which]}.{entry.code}.code"
    if not re.fullmatch(rf"[a-z][a-z0-9_]{{0,{CODE - 1}}}", entry.code):
        yield (
            field,
            _("A code has at most %(num)s small letters, digits and underscores, and begins with a letter.")
            % {"num": CODE},
        )
    elsewhere = {REJECT: LOST, LOST: REJECT}.get(which)
    if elsewhere and (rules.entry(elsewhere, entry.code) or entry.code in BUILT_IN[elsewhere]):
        yield field, _("The code %(code)s is taken already.") % {"code": entry.code}


def _labels(field: str, which: str, entry: Named) -> Iterator[Fault]:
    languages = dict(settings.LANGUAGES)
    if not entry.labels.get("en") and entry.code not in BUILT_IN[which]:
        yield (
            f"{field}.{entry.code}.en",
            _("Give it a name in English: it is shown where another is missing."),
        )
    for language, label in entry.labels.items():
        if language not in languages:
            yield field, _("There is no language %(code)s.") % {"code": language}
        elif len(label) > LABEL or not _one_line(label):
            yield (
                f"{field}.{entry.code}.{language}",
                _("A name is one line of at most %(num)s characters.") % {"num": LABEL},
            )


def _one_line(label: str) -> bool:
    """Nothing but what can be printed, and the marks that Arabic and Persian writing needs."""
    return label == label.strip() and all(
        sign.isprintable() or sign in "\u200c\u200d\u200e\u200f" for sign in label
    )
