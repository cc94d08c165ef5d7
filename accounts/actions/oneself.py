"""What people do for themselves: their profile, their sessions, a question to customer care."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from identity.actors import Actor
from identity.audit import record
from identity.models import Session, User
from notifications.actions import post_mail


@transaction.atomic
def update_profile(*, name: str, language: str, time_zone: str, by: Actor, now: datetime) -> None:
    """Change one's own name, language and time zone. What colleagues see at a site is that site's entry."""
    fields = {"name": name, "language": language, "time_zone": time_zone}
    User.objects.filter(id=by.user_id).update(**fields)
    record("profile.changed", by=by, now=now, object_type="user", object_id=by.user_id, label=name)


@transaction.atomic
def end_sessions(*, keep: str | None, only: str | None = None, by: Actor, now: datetime) -> int:
    """Sign oneself out: everywhere but in the session `keep`, or of `only` one. Returns of how many."""
    sessions = Session.objects.filter(user_id=by.user_id)
    if only is not None:
        sessions = sessions.filter(session_key=only)
    if keep is not None:
        sessions = sessions.exclude(session_key=keep)
    ended, _details = sessions.delete()
    record(
        "session.ended", by=by, now=now, object_type="user", object_id=by.user_id, label=by.name, count=ended
    )
    return ended


@transaction.atomic
def ask_care(*, subject: str, message: str, email: str, name: str, by: Actor) -> None:
    """Write to customer care: a mail from the portal, whose answer goes to `email`."""
    post_mail(
        str(settings.CUSTOMER_CARE["email"]),
        subject=subject,
        paragraphs=[message, *_about(name, email, by)],
        action=None,
        language=settings.LANGUAGE_CODE,
        reply_to=email,
    )


def _about(name: str, email: str, by: Actor) -> list[str]:
    """Who writes, for whoever answers; in the vendor's language."""
    lines = [f"{name} <{email}>"]
    if by.site_number:
        lines.append(f"{by.site_name} ({by.site_number})")
    return lines
