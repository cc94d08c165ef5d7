"""What was mailed and told, for tests of the wizard."""

from __future__ import annotations

import re
from typing import Any

from identity import tenancy
from identity.models import AuditEvent
from notifications.models import Mail, Notice


def mails_to(address: str) -> list[Mail]:
    with tenancy.as_system():
        return list(Mail.objects.filter(to=address).order_by("id"))


def secret_in(mail: Mail) -> str:
    """The secret of the link that a mail leads to."""
    found = re.search(r"/setup/([^/\"]+)/", str(mail.letter))
    assert found
    return found[1]


def notices(kind: str) -> list[dict[str, Any]]:
    with tenancy.as_system():
        return list(Notice.objects.filter(kind=kind).values("audiences", "context", "href"))


def audited(event: str) -> list[AuditEvent]:
    with tenancy.as_system():
        return list(AuditEvent.objects.filter(event=event).order_by("id"))
