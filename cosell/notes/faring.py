"""How notes fare, in figures: the vendor's people see counts and comments, and no deal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet
from django.db.models.functions import TruncMonth

from cosell.models import Feeling, NotesDraft, NotesFailure, NotesOutcome

MONTHS = timedelta(days=366)
COMMENTS = 50

_COUNTS = {
    "asked": Count("id"),
    "made": Count("id", filter=Q(outcome=NotesOutcome.MADE)),
    "failed": Count("id", filter=Q(outcome=NotesOutcome.FAILED)),
    "left": Count("id", filter=Q(outcome__in=[NotesOutcome.LEFT, NotesOutcome.BEGUN])),
    "good": Count("id", filter=Q(feeling=Feeling.GOOD)),
    "bad": Count("id", filter=Q(feeling=Feeling.BAD)),
    "milliseconds": Avg("milliseconds", filter=Q(outcome=NotesOutcome.MADE)),
}


@dataclass(frozen=True, slots=True)
class Line:
    """How many drafts of one kind were asked for, made, failed, left; of use and not. Seconds are of those made.

    `of`: a month's first day, a writer's name, or a language's code.
    """

    of: Any
    asked: int
    made: int
    failed: int
    left: int
    good: int
    bad: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Faring:
    """A year's drafts in all, and by what they can be told apart; each failure with how often."""

    whole: Line
    months: list[Line]
    generators: list[Line]
    languages: list[Line]
    failures: list[tuple[NotesFailure, int]]


def faring(now: datetime) -> Faring:
    """The figures of the last twelve months."""
    drafts = NotesDraft.objects.filter(made_at__gte=now - MONTHS)
    month = drafts.annotate(month=TruncMonth("made_at"))
    failures = drafts.filter(outcome=NotesOutcome.FAILED).values("failure").annotate(number=Count("id"))
    return Faring(
        whole=_line("", drafts.aggregate(**_COUNTS)),
        months=[
            _line(_day(row["month"]), dict(row))
            for row in month.values("month").annotate(**_COUNTS).order_by("-month")
        ],
        generators=[_line(row["generator"], row) for row in _by(drafts, "generator")],
        languages=[_line(row["language"], row) for row in _by(drafts, "language")],
        failures=[
            (NotesFailure(row["failure"]), row["number"]) for row in failures.order_by("-number", "failure")
        ],
    )


def _by(drafts: QuerySet[NotesDraft], name: str) -> QuerySet[NotesDraft, dict[str, Any]]:
    return drafts.values(name).annotate(**_COUNTS).order_by("-asked", name)


def _line(of: Any, row: Mapping[str, Any]) -> Line:
    took = row["milliseconds"]
    counts = {name: row[name] for name in ("asked", "made", "failed", "left", "good", "bad")}
    return Line(of, **counts, seconds=None if took is None else round(float(took) / 1000, 1))


def _day(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def comments() -> list[NotesDraft]:
    """The newest opinions that say something, with the site that they come from."""
    return list(
        NotesDraft.objects.exclude(feeling="")
        .exclude(comment="")
        .select_related("site")
        .order_by("-felt_at")[:COMMENTS]
    )
