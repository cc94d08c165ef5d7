"""How often somebody may have notes drafted."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from identity.limits import within


def may_draft(user_id: int | None, now: datetime) -> bool:
    """Whether this person may ask for one more draft in this minute; over pages and API together."""
    return within("notes", user_id, per_minute=settings.COSELL_NOTES_PER_MINUTE, now=now)
