"""What needs somebody today: apps register a function, the home page asks them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from .actors import Actor


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do, in a sentence, with where to do it and by when (None: no date)."""

    title: str
    detail: str
    href: str
    icon: str
    due_at: datetime | None = None
    tone: str = "info"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that says how things stand, leading to the page behind it."""

    label: str
    value: int
    href: str
    hint: str = ""
    icon: str = ""
    tone: str = "neutral"


Source = Callable[[Actor, datetime], Iterator[Task]]
FigureSource = Callable[[Actor, datetime], Iterator[Figure]]
_sources: list[Source] = []
_figures: list[FigureSource] = []


def register(source: Source) -> Source:
    if source not in _sources:
        _sources.append(source)
    return source


def tasks_for(actor: Actor, *, now: datetime) -> list[Task]:
    """Everything waiting for this actor, the most urgent first; what has no date comes last."""
    found = [task for source in _sources for task in source(actor, now)]
    return sorted(found, key=lambda task: (task.due_at is None, task.due_at or now))


def register_figures(source: FigureSource) -> FigureSource:
    if source not in _figures:
        _figures.append(source)
    return source


def figures_for(actor: Actor, *, now: datetime) -> list[Figure]:
    """The figures of the home page, in the order the apps registered them."""
    return [figure for source in _figures for figure in source(actor, now)]
