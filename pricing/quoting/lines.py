"""What lines cost, and all of them together. Every step is kept, so that whatever shows a quote shows the same.

What a line costs is worked out exactly and rounded once, half up to the currency's minor unit:

    unit price at the level × quantity × months ÷ months of the term × (10,000 − discount) ÷ 10,000

A total is the sum of rounded lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .flaws import Flaw, QuoteFlawed
from .levels import LIST, downwards, level_of_order
from .months import last_day, months_covered, next_start

MAX_QUANTITY = 100_000
MAX_MONTHS = 120
LATEST = date(2200, 1, 1)  # on which coverage may start: further ahead somebody mistyped
WHOLE = 10_000  # basis points
# What is priced by the month. Everything else is sold for its whole term, or once for good.
PRORATED = frozenset({"renewal", "committed_subsequent", "subscription", "saas", "monthly"})
AFTER_A_GAP = frozenset({"reinstatement", "committed_initial"})  # what coverage that has lapsed comes back as


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount that a line may have. Of several only the highest counts: they are never added up."""

    basis_points: int  # hundredths of a per cent of the price at the level
    source: str = ""  # whose it is: a deal's registration number

    def __post_init__(self) -> None:
        if not 0 <= self.basis_points <= WHOLE:
            raise ValueError(f"A discount is from 0 to {WHOLE} basis points, not {self.basis_points}.")


@dataclass(frozen=True, slots=True)
class Found:
    """A part's prices on a day, in minor units by level (`LIST` for the list price); None where there is none."""

    by_level: Mapping[str, int | None]
    currency: str
    effective_on: date  # of the edition they are from
    edition_id: int = 0


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no price of a part: none on that day, or none in the country and currency at all."""

    on: date
    sold_here: bool
    from_on: date | None = None  # the next day from which on there is one, if that is announced


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAsked:
    """A line as it was asked for, with what was found out about its part."""

    key: Hashable
    part: str  # its number
    type: str  # a PartType
    quantity: int
    price: Found | Missing  # on the day on which coverage starts
    points: Decimal = Decimal(0)  # of one, for the whole term
    term_months: int | None = None  # what the unit price is for; None: no term
    starts_on: date | None = None  # None: with the order, for a whole term
    ends_on: date | None = None  # the last day; None: a whole term
    covered_until: date | None = None  # the last day of the coverage that this one follows
    covers: Hashable | None = None  # what is covered, so that lines of the same thing can be compared
    discounts: tuple[Discount, ...] = ()


@dataclass(frozen=True, slots=True)
class Buyer:
    """At which prices the customer buys."""

    programme: str = "relationship"  # an identity.models.Programme
    level: str = "BL"
    level_until: date | None = None  # its last day

    @property
    def given_level(self) -> str:
        """Express buys at list prices, whatever it orders."""
        return LIST if self.programme == "express" else self.level or "BL"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePriced:
    """A line with every step of its price; amounts in minor units."""

    key: Hashable
    part: str
    quantity: int
    starts_on: date | None
    ends_on: date | None
    months: int | None  # charged; None where there is no term
    term_months: int | None
    unit_points: Decimal
    points: Decimal
    level: str  # at which it is priced: a worse one than the quote's where there is no price at that
    price_of: date  # since when the prices are in effect
    edition_id: int
    list_price: int | None  # of one, for the term
    list_extended: int | None  # what it would cost at list prices
    unit_price: int  # of one at the level, for the term
    net_price: int  # of one for its months, after the discount: to be read, never multiplied
    extended: int  # before the discount
    discount: Discount | None
    discount_amount: int
    amount: int  # what it costs


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotePriced:
    """Lines that have a price, and what is wrong with the others. Totals are of the former."""

    currency: str
    level_given: str
    level: str  # the one given, or a better one that this order earns
    points: Decimal
    lines: tuple[LinePriced, ...]
    flaws: tuple[Flaw, ...]

    @property
    def is_whole(self) -> bool:
        return not self.flaws

    @property
    def level_earned(self) -> bool:
        return self.level != self.level_given

    @property
    def list_total(self) -> int:
        """At list prices; a line that has none counts as what it costs before its discount."""
        return sum(line.extended if line.list_extended is None else line.list_extended for line in self.lines)

    @property
    def extended(self) -> int:
        return sum(line.extended for line in self.lines)

    @property
    def discount_amount(self) -> int:
        return sum(line.discount_amount for line in self.lines)

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    def demand(self) -> QuotePriced:
        """The quote, if nothing is wrong with it. Raises QuoteFlawed."""
        if self.flaws:
            raise QuoteFlawed(self.flaws)
        return self


def can_be_prorated(type: str) -> bool:
    """Whether parts of this type can be had for other months than their term, to co-term them."""
    return type in PRORATED


def price_quote(lines: Sequence[LineAsked], *, buyer: Buyer, currency: str, on: date) -> QuotePriced:
    """What the lines cost on a day, at the customer's level or at the better one that they earn together."""
    flaws: list[Flaw] = [] if lines else [Flaw(None, "lines", "no_lines")]
    if buyer.level_until is not None and buyer.given_level != LIST and on > buyer.level_until:
        facts = {"level": buyer.level, "day": buyer.level_until}
        flaws.append(Flaw(None, "level", "level_expired", facts))
    found = {line.key: list(_flaws_of(line, currency)) for line in lines}
    for flaw in _between(line for line in lines if not found[line.key]):
        found[flaw.line].append(flaw)
    good = [line for line in lines if not found[line.key]]
    points = sum((_points(line) for line in good), Decimal("0.00"))
    level = level_of_order(buyer.given_level, points)
    priced = [line for line in (_priced(line, level, found) for line in good) if line is not None]
    flaws += [flaw for line in lines for flaw in found[line.key]]
    return QuotePriced(
        currency=currency,
        level_given=buyer.given_level,
        level=level,
        points=points,
        lines=tuple(priced),
        flaws=tuple(flaws),
    )


# ---------------------------------------------------------------------------------------------- a line


def _priced(line: LineAsked, level: str, flaws: Mapping[Hashable, list[Flaw]]) -> LinePriced | None:
    assert isinstance(line.price, Found)
    prices = line.price.by_level
    at = next((each for each in downwards(level) if prices.get(each) is not None), None)
    unit_price = None if at is None else prices[at]
    if at is None or unit_price is None:
        facts = {"part": line.part, "level": level or "srp"}
        flaws[line.key].append(Flaw(line.key, "part", "no_price_at_level", facts))
        return None
    months, term = _months(line), line.term_months
    discount = max(line.discounts, key=lambda each: each.basis_points, default=None)
    off = discount.basis_points if discount else 0
    list_price = prices.get(LIST)

    def cost(price: int, quantity: int, off: int) -> int:
        """Worked out exactly, rounded once."""
        return half_up(price * quantity * (months or 1) * (WHOLE - off), (term or 1) * WHOLE)

    extended, amount = cost(unit_price, line.quantity, 0), cost(unit_price, line.quantity, off)
    return LinePriced(
        key=line.key,
        part=line.part,
        quantity=line.quantity,
        starts_on=line.starts_on,
        ends_on=_ends_on(line),
        months=months,
        term_months=term,
        unit_points=line.points,
        points=_points(line),
        level=at,
        price_of=line.price.effective_on,
        edition_id=line.price.edition_id,
        list_price=list_price,
        list_extended=None if list_price is None else cost(list_price, line.quantity, 0),
        unit_price=unit_price,
        net_price=cost(unit_price, 1, off),
        extended=extended,
        discount=discount if off else None,
        discount_amount=extended - amount,
        amount=amount,
    )


def _ends_on(line: LineAsked) -> date | None:
    if line.ends_on is None and line.starts_on is not None and line.term_months is not None:
        return last_day(line.starts_on, line.term_months)
    return line.ends_on


def _months(line: LineAsked) -> int | None:
    """The months charged: as covered, or those of the term; None without a term."""
    if line.term_months is None or line.starts_on is None or line.ends_on is None:
        return line.term_months
    return months_covered(line.starts_on, line.ends_on)


def _points(line: LineAsked) -> Decimal:
    """The line's points, by its months like its price; half up to the hundredth."""
    hundredths = int(line.points * 100) * line.quantity * (_months(line) or 1)
    return Decimal(half_up(hundredths, line.term_months or 1)).scaleb(-2)


def half_up(dividend: int, divisor: int) -> int:
    """A quotient of numbers that are not negative as a whole number; a half counts as one."""
    return (2 * dividend + divisor) // (2 * divisor)


# ---------------------------------------------------------------------------------------------- flaws


def _flaws_of(line: LineAsked, currency: str) -> Iterator[Flaw]:
    """What is wrong with a line by itself."""
    if line.quantity < 1:
        yield Flaw(line.key, "quantity", "too_few")
    elif line.quantity > MAX_QUANTITY:
        yield Flaw(line.key, "quantity", "too_many", {"limit": MAX_QUANTITY})
    yield from _flaws_of_days(line)
    yield from _flaws_of_price(line, currency)


def _flaws_of_days(line: LineAsked) -> Iterator[Flaw]:
    starts, ends = line.starts_on, line.ends_on
    if starts is None:
        if ends is not None:
            yield Flaw(line.key, "starts_on", "start_missing")
        return
    if starts > LATEST:
        yield Flaw(line.key, "starts_on", "too_far_ahead", {"day": LATEST})
        return
    if ends is not None and ends < starts:
        yield Flaw(line.key, "ends_on", "ends_before_start", {"starts_on": starts, "ends_on": ends})
        return
    months, term = _months(line), line.term_months
    if months is not None and months > MAX_MONTHS:
        yield Flaw(line.key, "ends_on", "too_long", {"months": months, "limit": MAX_MONTHS})
    elif term is not None and months != term and not can_be_prorated(line.type):
        facts = {"term": term, "ends_on": last_day(starts, term)}
        yield Flaw(line.key, "ends_on", "term_is_whole", facts)
    if line.covered_until is not None:
        facts = {
            "starts_on": starts,
            "covered_until": line.covered_until,
            "wanted": next_start(line.covered_until),
        }
        if starts <= line.covered_until:
            yield Flaw(line.key, "starts_on", "overlap", facts)
        elif starts > next_start(line.covered_until) and line.type not in AFTER_A_GAP:
            yield Flaw(line.key, "starts_on", "gap", facts)


def _flaws_of_price(line: LineAsked, currency: str) -> Iterator[Flaw]:
    price = line.price
    if isinstance(price, Found):
        if price.currency != currency:
            facts = {"found": price.currency, "currency": currency}
            yield Flaw(line.key, "currency", "other_currency", facts)
    elif not price.sold_here:
        yield Flaw(line.key, "part", "not_sold_here", {"part": line.part})
    elif price.from_on is None:
        yield Flaw(line.key, "starts_on", "no_price_on_day", {"part": line.part, "day": price.on})
    else:
        yield Flaw(
            line.key,
            "starts_on",
            "priced_from",
            {"part": line.part, "day": price.on, "from": price.from_on},
        )


def _between(lines: Iterator[LineAsked]) -> Iterator[Flaw]:
    """What is wrong between lines that cover the same thing: days that two have, or that none has."""
    same = defaultdict(list)
    for line in lines:
        ends = _ends_on(line)
        if line.covers is not None and line.starts_on is not None and ends is not None:
            same[line.covers].append((line.starts_on, ends, line))
    for found in same.values():
        found.sort(key=lambda each: each[:2])
        until = found[0][1]
        for starts, ends, line in found[1:]:
            if starts <= until:
                yield Flaw(line.key, "starts_on", "overlapping_lines")
            elif starts > next_start(until):
                facts = {"covered_until": until, "wanted": next_start(until)}
                yield Flaw(line.key, "starts_on", "gap_between_lines", facts)
            until = max(until, ends)
