"""What was mailed at the door, read from the outbox."""

from __future__ import annotations

from typing import Any

from identity import tenancy
from notifications.letters import Letter
from notifications.models import Mail, Notice


def letters_to(email: str) -> list[Letter]:
    """The mails written to an address, in order."""
    with tenancy.as_system():
        rows = Mail.objects.filter(to=email).order_by("id").values_list("letter", flat=True)
        return [Letter.from_json(row) for row in rows]


def code_for(email: str) -> str:
    code = letters_to(email)[-1].code
    assert code
    return code


def notices(kind: str) -> list[dict[str, Any]]:
    """The notices of a kind in the outbox: audiences, context, href, in order."""
    with tenancy.as_system():
        fields = ("audiences", "context", "href", "dedupe_key", "actor_user_id")
        return list(Notice.objects.filter(kind=kind).order_by("id").values(*fields))
