"""Automatic notes, and questions with answers: how its pages are looked at, and of which pictures are made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from cosell.models import NotesDraft
from identity import tenancy
from tests.browser.shots import Shot
from tests.browser.states import State, seen_by

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition

PRESSED = "it is pressed in a deal's form, and looked at there (tests/browser/test_generating_notes.py)"


def show(shown: Exhibition) -> None:
    """Make what the pages are looked at with."""
    now, site = timezone.now(), shown.cast.site
    drafts = (
        ("built-in", "ar", "made", "", 40, "good", "وفّرت عليّ ساعة كاملة."),
        ("built-in", "en", "made", "", 35, "bad", "It says nothing that I did not know."),
        ("built-in", "pl", "made", "", 38, "", ""),
        ("small-writer", "en", "failed", "slow", 20_000, "bad", "I gave up waiting."),
        ("small-writer", "it", "failed", "busy", 300, "", ""),
        ("small-writer", "pt-br", "left", "", 4_000, "", ""),
        ("small-writer", "en", "made", "", 6_300, "good", ""),
    )
    with tenancy.as_system():
        for number, (writer, language, outcome, failure, took, feeling, comment) in enumerate(drafts):
            at = now - timedelta(days=9 * number)
            NotesDraft.objects.create(
                site=site, generator=writer, language=language, outcome=outcome, failure=failure, made_at=at,
                milliseconds=took, feeling=feeling, comment=comment, felt_at=at if feeling else None,
            )  # fmt: skip


PAGES: dict[str, tuple[State, ...]] = {
    "faq:list": (
        *seen_by("anonymous", "sales", "deal_desk"),
        State("sales", "found", query="?q=vendor"),
        State("anonymous", "nothing found", query="?q=xyzzyplugh"),
    ),
    "notes_settings:fare": seen_by("operations", "care"),
}
NO_PAGES: dict[str, str] = {
    "cosell_notes:look": PRESSED,
    "cosell_notes:draft": PRESSED,
    "cosell_notes:feedback": PRESSED,
}
#: Pictures by the demo account that they are of: reseller_primary, staff_deal_desk, …
SHOTS: dict[str, tuple[Shot, ...]] = {
    "anonymous": (Shot("faq:list", "questions-anonymous", "/help/questions/"),),
    "reseller_primary": (
        Shot("faq:list", "questions", "/help/questions/"),
        Shot("faq:list", "questions-found", "/help/questions/?q=vendor"),
        Shot("faq:list", "questions-not-found", "/help/questions/?q=xyzzyplugh"),
    ),
    "staff_channel_operations": (Shot("notes_settings:fare", "generated-notes", "/settings/notes/"),),
}
