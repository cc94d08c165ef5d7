"""Which sets of files a book needs: one for today and one for each day on which its prices change.

They are planned whenever an edition is published or withdrawn, so that nothing has to be built at midnight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from identity.models import Membership, MembershipStatus, Site, Tool

from ..models import FileSet, PriceBook, PriceEdition
from ..models.entitlement import price_list_of
from .offered import in_force

BEGINNING = date(2000, 1, 1)  # of a set in which nothing is in effect yet: its day has always come

Variant = tuple[str, bool]  # a price list, and whether with partner cost


@dataclass(frozen=True, slots=True)
class Plan:
    """A set as it ought to be."""

    valid_on: date
    current: PriceEdition | None
    editions: tuple[int, ...]

    def is_met_by(self, file_set: FileSet) -> bool:
        return (self.valid_on, list(self.editions)) == (file_set.valid_on, file_set.editions)


def plans_for(book: PriceBook, today: date) -> list[Plan]:
    """The sets that a book ought to have, by their days: today's first."""
    now = in_force(book, today)
    plans = []
    if now.editions:
        begins = now.current.effective_on if now.current else BEGINNING
        plans.append(Plan(begins, now.current, tuple(now.ids)))
    for place, edition in enumerate(now.future):
        plans.append(Plan(edition.effective_on, edition, tuple(each.id for each in now.future[place:])))
    return plans


def plan_sets(book: PriceBook, *, now: datetime) -> list[FileSet]:
    """Make the sets that are missing, and retire what is not wanted any more. The book has to be locked.

    A set that is offered stays so until what takes its place is complete.
    """
    plans = plans_for(book, book.today(now))
    live = list(FileSet.objects.filter(book=book, retired_at=None))
    for each in live:
        if not each.offered and not _wanted(each, plans):
            _retire(each, now)
    missing = [plan for plan in plans if not any(plan.is_met_by(each) for each in live)]
    for plan in missing:
        FileSet.objects.create(
            book=book,
            country=book.country,
            valid_on=plan.valid_on,
            current=plan.current,
            editions=list(plan.editions),
            planned_at=now,
        )
    retire_replaced(book, now=now)
    unfinished = FileSet.objects.filter(book=book, retired_at=None, offered=False)
    return list(unfinished.order_by("valid_on"))


def retire_replaced(book: PriceBook, *, now: datetime) -> None:
    """Retire the sets in whose place there is another, complete one; all of them when there is nothing to sell."""
    plans = plans_for(book, book.today(now))
    offered = list(FileSet.objects.filter(book=book, offered=True))
    for each in offered:
        if _wanted(each, plans):
            continue
        heir = _heir(each, plans)
        if heir is None or any(heir.is_met_by(other) for other in offered):
            _retire(each, now)


def retire_sets_with(edition: PriceEdition, *, now: datetime) -> None:
    """Stop offering everything that has the edition's prices, at once."""
    found = FileSet.objects.filter(retired_at=None, editions__contains=[edition.id])
    found.update(offered=False, retired_at=now)


def _wanted(file_set: FileSet, plans: Sequence[Plan]) -> bool:
    return any(plan.is_met_by(file_set) for plan in plans)


def _heir(file_set: FileSet, plans: Sequence[Plan]) -> Plan | None:
    """The plan in force on the set's day; for a day before all of them, the first."""
    begun = [plan for plan in plans if plan.valid_on <= file_set.valid_on]
    return begun[-1] if begun else plans[0] if plans else None


def _retire(file_set: FileSet, now: datetime) -> None:
    file_set.offered, file_set.retired_at = False, now
    file_set.save(update_fields=["offered", "retired_at"])


# ---------------------------------------------------------------------------------------------- for whom


def needed_variants() -> dict[str, set[Variant]]:
    """By country: the price lists that active sites are entitled to; with partner cost where somebody there has it."""
    with_cost = set(
        Membership.objects.filter(
            status=MembershipStatus.ACTIVE, tools__contains=[Tool.PARTNER_COST]
        ).values_list("site_id", flat=True)
    )
    needed: dict[str, set[Variant]] = {}
    fields = ("id", "country", "kind", "programme", "price_level")
    for site in Site.objects.filter(is_active=True).only(*fields):
        of_country = needed.setdefault(site.country, set())
        of_country.add((price_list_of(site), False))
        if site.id in with_cost:
            of_country.add((price_list_of(site), True))
    return needed


def missing_variants(file_set: FileSet, needed: set[Variant]) -> list[Variant]:
    """What a set still lacks."""
    there = set(file_set.files.values_list("price_list", "with_cost").distinct())
    return sorted(needed - there)
