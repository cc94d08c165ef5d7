"""What is known of one customer, for its page. The apps above add what they know, in a module that their `ready()`
imports:

    @about.section(place=20)
    def orders(customer: Customer, actor: Actor, now: datetime) -> Section | None:
        return of_report(HISTORY, customer, actor, title=_("Orders"), columns=("number", "ordered"), …)

    @about.hints
    def upsell(customer: Customer, actor: Actor, now: datetime) -> Iterator[Hint]: …

A source asks the database the same number of times whatever there is, and shows what the database lets the actor see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from identity.actors import Actor
from identity.privileges import Refusal
from reports.columns import Column, sources
from reports.declared import DETAIL, Report, Words

from .models import Customer

SHOWN = 8  # rows of a section; the rest is where it leads to


@dataclass(frozen=True, slots=True)
class Section:
    """A few rows of what is known, and where all of it is.

    `lines` are pairs of an address ("" if there is none) and a row by field. `refusal` says why somebody sees none.
    """

    key: str
    title: Words
    columns: tuple[Column, ...] = ()
    lines: Sequence[tuple[str, Mapping[str, Any]]] = ()
    more: str = ""  # the address of all of them
    has_more: bool = False
    empty: Words = ""
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """Something worth talking about with the customer: why, and the way on."""

    title: Words
    reason: str
    href: str
    way: Words  # what `href` is called
    tone: str = "info"
    icon: str = "bulb"


SectionSource = Callable[[Customer, Actor, datetime], Section | None]
HintSource = Callable[[Customer, Actor, datetime], Iterable[Hint]]
_sections: dict[SectionSource, int] = {}
_hints: list[HintSource] = []


def section(place: int) -> Callable[[SectionSource], SectionSource]:
    """Register a section; those of lower places come first."""

    def register(source: SectionSource) -> SectionSource:
        _sections[source] = place
        return source

    return register


def hints(source: HintSource) -> HintSource:
    if source not in _hints:
        _hints.append(source)
    return source


def sections_of(customer: Customer, actor: Actor, now: datetime) -> list[Section]:
    in_order = sorted(_sections, key=_sections.__getitem__)
    return [found for source in in_order if (found := source(customer, actor, now))]


def hints_of(customer: Customer, actor: Actor, now: datetime) -> list[Hint]:
    return [hint for source in _hints for hint in source(customer, actor, now)]


def of_report(
    report: Report,
    customer: Customer,
    actor: Actor,
    *,
    key: str,
    title: Words,
    columns: tuple[str, ...],
    order: str,
    empty: Words = "",
    narrowed: Mapping[str, Any] | None = None,
    query: Mapping[str, str | Sequence[str]] | None = None,
) -> Section | None:
    """The first rows of a report that are about this customer, by one of its orders, and the way to it.

    `narrowed` are conditions besides, `query` the same in the report's address. Without `empty`, there is no section
    where there are no rows.
    """
    if refusal := report.refusal(actor):
        return Section(key, title, refusal=refusal) if empty else None
    level = report.detail
    shown = tuple(column for column in report.columns_for(actor) if column.name in columns)
    by = next(each for each in level.orders if each.name == order)
    found = report.rows_for(actor).filter(customer_id=customer.id, **(narrowed or {})).order_by(*by.by)
    rows = list(found.values(*dict.fromkeys([*sources(shown), *level.link_by]))[: SHOWN + 1])
    if not rows and not empty:
        return None
    asked = {"level": DETAIL, "customer": customer.public_id, "order": order, **(query or {})}
    return Section(
        key,
        title,
        tuple(sorted(shown, key=lambda column: columns.index(column.name))),
        [(level.link(row) if level.link else "", row) for row in rows[:SHOWN]],
        report.listing.address(urlencode(asked, doseq=True)),
        len(rows) > SHOWN,
        empty,
    )
