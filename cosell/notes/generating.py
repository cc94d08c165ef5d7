"""Notes of a deal, drafted by a machine (C12): from five facts, by one of several writers behind one interface."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from cosell.models import NotesFailure, Referral

#: How many characters the notes of a deal may have, and so a draft of them.
LONGEST = int(Referral._meta.get_field("notes").max_length or 0)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a writer is told of a deal, as text in the reader's words. Nothing else of it is ever passed on."""

    value: str  # the deal's, with its currency: "USD 120,000.00"
    solutions: tuple[str, ...]  # their names
    customer: str  # the company's name
    partner: str  # likewise
    country: str  # its name


class Generator(Protocol):
    """What drafts notes. `name` is what staff see of it (80 characters); `host` is "" where nothing leaves."""

    name: str
    host: str

    def write(self, facts: Facts, language: str) -> Iterator[str]:
        """The draft, piece by piece, in a language of settings.LANGUAGES. Raises NotWritten at any time.

        A generator: whoever takes no more of it closes it, and nothing is fetched any longer.
        """
        ...


class NotWritten(Exception):
    """There is no draft, or only the beginning of one; `failure` is the kind of trouble."""

    def __init__(self, failure: NotesFailure, detail: str = "") -> None:
        super().__init__(f"{failure}: {detail}" if detail else str(failure))
        self.failure = failure


def generator(variant: int = 0) -> Generator:
    """The writer that the settings name: an endpoint, else the one that is built in.

    `variant` is how often its reader has asked for other words about the same facts.
    """
    from .builtin import BuiltInWriter
    from .endpoint import EndpointWriter

    if not settings.COSELL_NOTES_URL:
        return BuiltInWriter(variant)
    return EndpointWriter(
        settings.COSELL_NOTES_URL,
        key=settings.COSELL_NOTES_KEY,
        model=settings.COSELL_NOTES_MODEL,
        seconds=settings.COSELL_NOTES_TIMEOUT_SECONDS,
    )


def leaves_for() -> str:
    """The host that the five facts are sent to, for whoever is asked whether they may be; "" for none."""
    return generator().host
