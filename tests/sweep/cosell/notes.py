"""Automatic notes, and questions with answers: what both sides have, and what is tried."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from cosell.models import NotesDraft
from identity import tenancy
from tests.sweep.addresses import Case
from tests.sweep.shapes import ALL, STAFF, form, listing, of
from tests.sweep.world import World

FIVE = {
    "value": "1200", "currency": "USD", "solutions": ["Delta Care"], "customer": "Nile Cotton Mills", "country": "EG",
}  # fmt: skip


def rows(world: World, marks: tuple[str, str]) -> None:
    """Rows of every table of this room, ours and theirs, each bearing its side's mark."""
    now = timezone.now()
    for side, mark, name in zip((world.ours, world.theirs), marks, ("primary", "rival"), strict=True):
        with tenancy.as_system():
            side["notes_draft"] = NotesDraft.objects.create(
                site=world.people[name].site, generator=f"writer {mark}", language="en",  # type: ignore[union-attr]
                made_at=now - timedelta(days=1), outcome="made", milliseconds=900, feeling="good",
                comment=f"Of use, says {mark}", felt_at=now - timedelta(hours=20),
            )  # fmt: skip


CASES: dict[str, Case] = {
    "faq:list": listing(ALL, "q=seller", "q=nowhere"),  # it searches in texts of the portal alone
    "cosell_notes:look": Case(posts=(form(**FIVE), form())),
    "cosell_notes:draft": Case(posts=(form(**FIVE), form())),
    "cosell_notes:feedback": of("notes_draft", frozenset(), form(feeling="bad", comment="Hm"), form()),
    "notes_settings:fare": listing(STAFF),
    "api-notes-list": Case(api=True, posts=(form(**FIVE), form())),
    "api-notes-faring": listing(STAFF, api=True),
    "api-notes-feedback": of("notes_draft", frozenset(), form(feeling="bad"), form(), api=True),
}
