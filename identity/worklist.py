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


Source = Callable[[Actor, datetime], Iterator[Task]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    if source not in _sources:
        _sources.append(source)
    return source


def tasks_for(actor: Actor, *, now: datetime) -> list[Task]:
    """Everything waiting for this actor, the most urgent first; what has no date comes last."""
    found = [task for source in _sources for task in source(actor, now)]
    return sorted(found, key=lambda task: (task.due_at is None, task.due_at or now))
