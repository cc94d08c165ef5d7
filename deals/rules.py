"""The rules of deal registration, as staff set them: plain values without a database.

A version of them is stored as JSON in `RulesVersion` and never changes; `Rules.of` reads it, `to_json` writes it.
Defaults are those the product starts with.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import get_language, pgettext_lazy

from .states import DealType, LostReason, RejectReason

REJECT, LOST, TIER = "reject", "lost", "tier"
CODE = 24  # characters of a code
# What the product brings words for, in every language, by list and code.
BUILT_IN: dict[str, dict[str, str | Promise]] = {
    REJECT: {reason.value: reason.label for reason in RejectReason},
    LOST: {reason.value: reason.label for reason in LostReason},
    TIER: {
        "registered": pgettext_lazy("programme tier", "Registered"),
        "silver": pgettext_lazy("programme tier", "Silver"),
        "gold": pgettext_lazy("programme tier", "Gold"),
    },
}


FIELDS = {REJECT: "reject_reasons", LOST: "lost_reasons", TIER: "tiers"}  # where `Rules` keeps each list


@dataclass(frozen=True, slots=True)
class Named:
    """Something staff gave a name to: a reason or a tier. `labels` by language; empty for what is built in."""

    code: str
    labels: Mapping[str, str] = field(default_factory=dict)
    active: bool = True  # offered for new decisions; old ones keep it

    def label(self, built_in: Mapping[str, str | Promise] | None = None) -> str:
        """The name in the reader's language, else the built-in one, else English, else the code."""
        own = self.labels.get(get_language() or "en")
        words = own or (built_in or {}).get(self.code) or self.labels.get("en") or self.code
        return str(words)


def new_code(label: str, taken: Iterable[str]) -> str:
    """A code for something new, after its English name: short, in small letters, and not taken yet."""
    taken = set(taken)
    stem = slugify(label).replace("-", "_")[:CODE].strip("_") or "own"
    numbered = (f"{stem[: CODE - 1 - len(str(n))]}_{n}" for n in itertools.count(2))
    return next(code for code in itertools.chain([stem], numbered) if code not in taken)


def _built_in(which: str) -> tuple[Named, ...]:
    return tuple(Named(code) for code in BUILT_IN[which])


TIERS = tuple(Named(code) for code in BUILT_IN[TIER])  # the lowest first
# Hundredths of a per cent, by tier and deal type.
DISCOUNTS = {
    "registered": {DealType.NEW_BUSINESS.value: 500, DealType.COMPETITIVE.value: 800, DealType.EXPANSION.value: 300},
    "silver": {DealType.NEW_BUSINESS.value: 800, DealType.COMPETITIVE.value: 1_100, DealType.EXPANSION.value: 500},
    "gold": {DealType.NEW_BUSINESS.value: 1_200, DealType.COMPETITIVE.value: 1_500, DealType.EXPANSION.value: 800},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of the rules. Days are calendar days at the partner's site unless said otherwise."""

    number: int = 1
    valid_days: int = 90  # from approval
    extension_days: int = 60
    extensions: int = 2  # at most so many
    extension_from_days: int = 30  # asked for from so many days before expiry on
    reminder_days: tuple[int, ...] = (30, 14, 7, 1)  # before expiry, falling
    decision_days: int = 2  # promised; business days by the vendor's calendar
    keeps_place_days: int = 10  # a returned deal keeps its place when it comes back so soon
    appeal_days: int = 14  # after a rejection
    proposal_days: int = 14  # a reseller may answer a distributor's proposal
    verdicts_a_day: int = 30  # questions of a site about conflicts
    incumbent_months: int = 36  # who sold the line to the customer so lately is the incumbent
    minimum_values: Mapping[str, int] = field(default_factory=dict)  # minor units by currency; absent: none
    tiers: tuple[Named, ...] = TIERS  # the lowest first
    discounts: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: DISCOUNTS)
    reject_reasons: tuple[Named, ...] = field(default_factory=lambda: _built_in(REJECT))
    lost_reasons: tuple[Named, ...] = field(default_factory=lambda: _built_in(LOST))

    def discount_bp(self, tier: str, deal_type: str) -> int:
        """The registered-deal discount in hundredths of a per cent; 0 where none is set."""
        return self.discounts.get(tier, {}).get(deal_type, 0)

    def minimum_value(self, currency: str) -> int:
        """The least value of a registration in minor units; 0 for none."""
        return self.minimum_values.get(currency, 0)

    def reasons(self, which: str) -> tuple[Named, ...]:
        return self.reject_reasons if which == REJECT else self.lost_reasons

    def entries(self, which: str) -> tuple[Named, ...]:
        """Everything staff gave a name to, of one sort: REJECT, LOST or TIER."""
        return self.tiers if which == TIER else self.reasons(which)

    def entry(self, which: str, code: str) -> Named | None:
        return next((named for named in self.entries(which) if named.code == code), None)

    def with_entry(self, which: str, entry: Named, *, above: str = "") -> dict[str, tuple[Named, ...]]:
        """The change (for `actions.change_rules`) that an entry, new or changed, makes to its list.

        A new one goes behind `above`, else to the end.
        """
        entries = list(self.entries(which))
        codes = [each.code for each in entries]
        if entry.code in codes:
            entries[codes.index(entry.code)] = entry
        else:
            entries.insert(codes.index(above) + 1 if above in codes else len(entries), entry)
        return {FIELDS[which]: tuple(entries)}

    def offered(self, which: str) -> list[tuple[str, str]]:
        """The reasons to choose from: (code, words in the reader's language)."""
        return [
            (reason.code, reason.label(BUILT_IN[which])) for reason in self.reasons(which) if reason.active
        ]

    def reason_label(self, code: str, which: str = "") -> str:
        """The words of a reason, retired ones included; empty for no code. `which`: of which list, if it is known."""
        if not code:
            return ""
        for sort in (which,) if which else (REJECT, LOST):
            reason = self.entry(sort, code)
            if reason is not None or code in BUILT_IN[sort]:
                return (reason or Named(code)).label(BUILT_IN[sort])
        return code

    def tier_label(self, code: str) -> str:
        return (self.entry(TIER, code) or Named(code)).label(BUILT_IN[TIER])

    def changed(self, changes: Mapping[str, Any]) -> Rules:
        """The next version: these rules with other values. Nothing is checked here (see rule_checks.py)."""
        return replace(self, **dict(changes) | {"number": self.number + 1})

    @classmethod
    def of(cls, number: int, content: Mapping[str, Any]) -> Rules:
        """The rules of a stored version; what a version from earlier days does not say is as by default."""
        known = {name: content[name] for name in cls.__slots__ if name in content}
        for name in ("tiers", "reject_reasons", "lost_reasons"):
            if name in known:
                known[name] = tuple(Named(**entry) for entry in known[name])
        if "reminder_days" in known:
            known["reminder_days"] = tuple(known["reminder_days"])
        return cls(**known | {"number": number})

    def to_json(self) -> dict[str, Any]:
        """What is stored of this version (its number is the row's)."""
        content: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__ if name != "number"}
        for name in ("tiers", "reject_reasons", "lost_reasons"):
            content[name] = [
                {"code": each.code, "labels": dict(each.labels), "active": each.active}
                for each in content[name]
            ]
        return content | {
            "reminder_days": sorted(set(self.reminder_days), reverse=True),
            "minimum_values": {currency: least for currency, least in self.minimum_values.items() if least},
            "discounts": {tier: dict(types) for tier, types in self.discounts.items()},
        }
