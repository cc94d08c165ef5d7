"""What the portal mails by itself: every word of every mail, its file included, is its reader's."""

from __future__ import annotations

import email
import email.policy

from identity import tenancy
from identity.models import Membership
from notifications.letters import Letter, message
from notifications.models import Mail
from notifications.post import _attachment
from tests.sweep.world import CANARY, FORBIDDEN, OURS, World


def test_holds_nothing_of_others(world: World) -> None:
    readers = {
        (person.user if isinstance(person, Membership) else person).email: name
        for name, person in world.people.items()
    }
    with tenancy.as_system():
        mails = list(Mail.objects.filter(notice__kind="report.sent"))
    leaks, told = [], {}
    for mail in mails:
        name = readers[mail.to]
        told[name] = whole(mail)
        leaks += [(name, word) for word in FORBIDDEN[name] if word in told[name]]
    assert leaks == []
    assert f"Deal {OURS}" in told["sales"]
    assert f"Deal {OURS}" in told["primary"]
    assert f"Deal {CANARY}" in told["rival"]
    assert set(told) == {"sales", "primary", "rival", "rival_colleague", "deal_desk"}


def whole(mail: Mail) -> str:
    """Everything its reader gets."""
    content = message(
        Letter.from_json(mail.letter),
        to=mail.to,
        language=mail.language,
        message_id=mail.message_id,
        attachment=_attachment(mail),
    )
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    parts = [part.get_payload(decode=True) for part in parsed.walk() if not part.is_multipart()]
    return parsed["Subject"] + "".join((part or b"").decode("utf-8-sig", "replace") for part in parts)
