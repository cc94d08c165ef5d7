"""In which order partners are proposed to a customer, and why. README.md says it in prose, with an example.

Pure: no database, no clock. Whole numbers throughout: points are counted in thousandths, so nothing is rounded twice,
and the same figures give the same order on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Final, NamedTuple

from ..tags import TagKind, in_order, kind_of

POINT: Final = 1000  # thousandths

#: How many points what is worth; 100 in all.
INDUSTRIES, PRODUCTS, SERVICES = 15, 25, 20
SPEED, SELECTIVITY, OUTCOMES = 15, 10, 15
TAG_POINTS: Final = {TagKind.INDUSTRY: INDUSTRIES, TagKind.PRODUCT: PRODUCTS, TagKind.SERVICE: SERVICES}
ALL_TAGS: Final = INDUSTRIES + PRODUCTS + SERVICES

#: Speed: all points up to here, none from there on, evenly between; in minutes.
QUICK, SLOW = 4 * 60, 72 * 60
#: What everybody is taken to have done besides, so that a newcomer stands in the middle and one case decides little.
PRIOR = 4  # cases
PRIOR_MINUTES = (QUICK + SLOW) // 2


class Figures(NamedTuple):
    """How a partner fared over the last year; a newcomer's are all 0. `answer_minutes` is the median of `answered`."""

    received: int = 0
    accepted: int = 0
    answered: int = 0
    answer_minutes: int = 0
    closed: int = 0
    won: int = 0


NEWCOMER: Final = Figures()


class Points(NamedTuple):
    """What a profile is given, in thousandths of a point; the order is by their sum."""

    industries: int
    products: int
    services: int
    speed: int
    selectivity: int
    outcomes: int

    @property
    def total(self) -> int:
        return sum(self)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A profile at its place. `key` is the profile's public id, which also decides between equals."""

    key: str
    points: Points

    @property
    def total(self) -> int:
        return self.points.total


# ------------------------------------------------------------------------------------------------ tags


def shares_of(wanted: Iterable[str]) -> dict[str, int]:
    """What each tag that is wished for is worth to a profile that has it, in thousandths; 60 points in all.

    The points of a kind of which nothing is wished for go to the others in proportion, and those of a kind are shared
    evenly among what is wished for of it; what does not divide goes to the first, so that all of it is always 60.
    Empty where nothing is wished for.
    """
    tags = in_order(wanted)
    of_kind = {kind: [code for code in tags if kind_of(code) is kind] for kind in TagKind}
    asked = [kind for kind in TagKind if of_kind[kind]]
    shares: dict[str, int] = {}
    for kind, points in zip(
        asked, _shared(ALL_TAGS * POINT, [TAG_POINTS[kind] for kind in asked]), strict=True
    ):
        codes = of_kind[kind]
        shares.update(zip(codes, _shared(points, [1] * len(codes)), strict=True))
    return shares


def _shared(points: int, weights: Sequence[int]) -> list[int]:
    """Points shared out by weight, all of them; what does not divide goes to the first, one by one."""
    if not weights:
        return []
    whole = sum(weights)
    shares = [points * weight // whole for weight in weights]
    for place in range(points - sum(shares)):
        shares[place] += 1
    return shares


# ------------------------------------------------------------------------------------------------ figures


def speed_points(answered: int, answer_minutes: int) -> int:
    """All within QUICK, none from SLOW on. What was answered is weighed with PRIOR cases of middling speed."""
    minutes = (PRIOR * PRIOR_MINUTES + answered * min(answer_minutes, SLOW)) // (PRIOR + answered)
    left = min(max(SLOW - minutes, 0), SLOW - QUICK)
    return SPEED * POINT * left // (SLOW - QUICK)


def selectivity_points(received: int, accepted: int) -> int:
    """The share of what was accepted, weighed with PRIOR cases of which half were."""
    return SELECTIVITY * POINT * (accepted + PRIOR // 2) // (received + PRIOR)


def outcome_points(closed: int, won: int) -> int:
    """The share of what was won of what was closed, weighed with PRIOR cases of which half were."""
    return OUTCOMES * POINT * (won + PRIOR // 2) // (closed + PRIOR)


def figure_points(figures: Figures) -> tuple[int, int, int]:
    """For speed, selectivity and outcomes."""
    return (
        speed_points(figures.answered, figures.answer_minutes),
        selectivity_points(figures.received, figures.accepted),
        outcome_points(figures.closed, figures.won),
    )


# ------------------------------------------------------------------------------------------------ together


def points_of(wanted: Iterable[str], tags: Iterable[str], figures: Figures = NEWCOMER) -> Points:
    """What one profile is given for a wish."""
    shares = shares_of(wanted)
    found = dict.fromkeys(TagKind, 0)
    for code in set(tags).intersection(shares):
        found[kind_of(code)] += shares[code]
    speed, selectivity, outcomes = figure_points(figures)
    return Points(
        found[TagKind.INDUSTRY], found[TagKind.PRODUCT], found[TagKind.SERVICE], speed, selectivity, outcomes
    )


#: A profile as it is read from the database: its key, its tags, and its figures (None: none yet).
Row = tuple[str, Sequence[str], int | None, int | None, int | None, int | None, int | None, int | None]


def ranked(wanted: Iterable[str], rows: Iterable[Row], *, most: int) -> list[Ranked]:
    """The best of them, the best first, at most so many; between equals the key decides, so the order is total.

    It adds up without looking a tag's kind up: with ten thousand rows that is most of the work. What is shown is worked
    out again, by kind.
    """
    asked = tuple(wanted)
    worth = shares_of(asked).get
    newcomer = sum(figure_points(NEWCOMER))
    seen: dict[tuple[int | None, ...], int] = {}  # many have the same figures
    scored = []
    for row in rows:
        total = 0
        for code in row[1]:
            total += worth(code, 0)
        if row[2] is None:
            total += newcomer
        else:
            figures = row[2:]
            if (points := seen.get(figures)) is None:
                points = seen[figures] = sum(figure_points(Figures(*figures)))  # type: ignore[arg-type]
            total += points
        scored.append((-total, row[0], row))
    best = nsmallest(most, scored)
    return [
        Ranked(key, points_of(asked, row[1], NEWCOMER if row[2] is None else Figures(*row[2:])))  # type: ignore[arg-type]
        for _total, key, row in best
    ]
