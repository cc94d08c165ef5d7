"""Drafting notes: begun, written, and what people thought of it. Kept is only how it went."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator as Pieces
from dataclasses import dataclass
from datetime import datetime, timedelta

from cosell.models import Feeling, NotesDraft, NotesFailure, NotesOutcome
from identity import tenancy
from identity.actors import Actor

from .cleaning import clean_pieces, cleaned
from .generating import Facts, Generator, NotWritten

log = logging.getLogger(__name__)

FELT_WITHIN = timedelta(days=7)  # opinions on a draft are taken for so long
LONGEST_COMMENT = 500


class TooLate(Exception):
    """The draft is too old for an opinion of it to be of use."""


@dataclass(frozen=True, slots=True)
class Piece:
    text: str


@dataclass(frozen=True, slots=True)
class End:
    """How it went; `failure` is "" unless it failed."""

    outcome: NotesOutcome
    failure: str = ""


def begin_draft(writer: Generator, language: str, *, by: Actor, now: datetime) -> NotesDraft:
    """Note that a draft is being made, for the actor's site. Neither facts nor people are noted."""
    assert by.site_id is not None, "notes are drafted for a partner's deal"
    return NotesDraft.objects.create(
        site_id=by.site_id, generator=writer.name, language=language, made_at=now
    )


def write_draft(draft: NotesDraft, writer: Generator, facts: Facts, *, by: Actor) -> Pieces[Piece | End]:
    """The draft's text in clean pieces, then its end; how it went is noted in a transaction of its own.

    Whoever closes this before its end has cancelled it, and is noted so.
    """
    begun, end = time.monotonic(), End(NotesOutcome.LEFT)
    try:
        for text in clean_pieces(writer.write(facts, draft.language), facts):
            yield Piece(text)
        end = End(NotesOutcome.MADE)
    except NotWritten as trouble:
        log.info("No notes were drafted: %s", trouble)
        end = End(NotesOutcome.FAILED, trouble.failure)
    except GeneratorExit:
        raise
    except Exception:
        log.exception("Drafting notes failed.")
        end = End(NotesOutcome.FAILED, NotesFailure.PORTAL)
    finally:
        _note_end(draft, end, round((time.monotonic() - begun) * 1000), by=by)
    yield end


def _note_end(draft: NotesDraft, end: End, milliseconds: int, *, by: Actor) -> None:
    draft.outcome, draft.failure, draft.milliseconds = end.outcome, end.failure, milliseconds
    with tenancy.scope(by):  # the request's transaction may be over: text is sent after it
        NotesDraft.objects.filter(id=draft.id).update(
            outcome=end.outcome, failure=end.failure, milliseconds=milliseconds
        )


def rate_draft(draft: NotesDraft, feeling: Feeling, comment: str = "", *, by: Actor, now: datetime) -> None:
    """Note what somebody thought of a draft; a second opinion takes the place of the first. Raises TooLate.

    Addresses and numbers are taken out of the comment: it is not for naming people.
    """
    if draft.made_at < now - FELT_WITHIN:
        raise TooLate
    NotesDraft.objects.filter(id=draft.id).update(
        feeling=feeling, comment=" ".join(cleaned(comment).split())[:LONGEST_COMMENT], felt_at=now
    )
