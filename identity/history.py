"""The audit trail told to people. Each app brings its own words: titles by event, and sentences of what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from .models import AuditEvent

Titles = Mapping[str, tuple[str | Promise, str, str]]  # by event: title, tone, icon


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline."""

    at: datetime
    title: str | Promise
    text: str
    actor: str
    tone: str
    icon: str


def told_in(
    titles: Titles, sentences: Callable[[dict[str, Any]], Iterator[str]], events: Iterable[AuditEvent]
) -> list[Event]:
    """The events in the reader's language; kinds that `titles` does not know are left out."""
    return [
        Event(event.at, title, " ".join(sentences(event.detail)), event.actor_name, tone, icon)
        for event in events
        if event.event in titles
        for title, tone, icon in (titles[event.event],)
    ]
