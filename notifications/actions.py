"""Telling people: every call only writes a row in the running transaction; a job does the rest."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils import timezone

from identity.actors import Actor
from identity.privileges import Privilege, StaffRole

from .kinds import NoticeKind
from .letters import Attachment, Letter, one_line
from .models import InboxItem, Mail, Notice, Priority
from .values import pack, unpack


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom to tell. Worked out on delivery, so that nobody is told who has left meanwhile."""

    data: dict[str, Any]

    @classmethod
    def user(cls, user_id: int, site_id: int | None = None) -> Audience:
        """One person; with `site_id`, only while they belong to that site, and in its inbox."""
        return cls({"to": "user", "user_id": user_id, "site_id": site_id})

    @classmethod
    def site(cls, site_id: int, privilege: Privilege | None = None) -> Audience:
        """Everybody at a site, or those of them who have a privilege."""
        return cls({"to": "site", "site_id": site_id, "privilege": privilege and privilege.value})

    @classmethod
    def managers(cls, site_id: int) -> Audience:
        """The primary and the secondary contacts of a site."""
        return cls({"to": "managers", "site_id": site_id})

    @classmethod
    def primary(cls, site_id: int) -> Audience:
        """The primary contact of a site."""
        return cls({"to": "primary", "site_id": site_id})

    @classmethod
    def staff(cls, role: StaffRole) -> Audience:
        """The vendor's people with a role."""
        return cls({"to": "staff", "role": StaffRole(role).value})

    @classmethod
    def address(cls, email: str, language: str) -> Audience:
        """An address that may be nobody's account; by mail only."""
        validate_email(email)
        return cls({"to": "address", "email": email, "language": language})

    @classmethod
    def chosen(cls, chooser: str, **facts: Any) -> Audience:
        """Whomever an app's own rule chooses on delivery, by these facts (see choosers.py)."""
        return cls({"to": "chosen", "by": chooser, **facts})


def tell(
    kind: NoticeKind,
    *,
    to: Sequence[Audience],
    by: Actor,
    now: datetime,
    dedupe_key: str,
    href: str = "",
    context: dict[str, Any] | None = None,
    attachment: Attachment | None = None,
) -> None:
    """Tell people of something that happened, once per `dedupe_key`; but nobody of their own deed.

    `href` is the path of the page it is about. `context` fills the kind's words; it may hold text, numbers,
    dates, moments, `Amount`s and lazy translations, which each reader gets in their own language. `attachment`, for
    jobs that tell one person, goes along with the mail.
    Raises KeyError when the kind's words need something that the context lacks, TypeError for a value that
    cannot be kept.
    """
    packed = pack(context or {})
    words = unpack(packed)
    for text in (kind.subject, kind.body):
        text % words
    Notice.objects.bulk_create(
        [
            Notice(
                kind=kind.name,
                audiences=[audience.data for audience in to],
                context=packed,
                href=href,
                dedupe_key=dedupe_key,
                actor_user_id=by.user_id,
                attachment=attachment and attachment.to_json(),
                created_at=now,
                due_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    wake_on_commit()


# As `tell` writes them; whoever is told much at once hears of everything else first.
TELL_MANY = """
INSERT INTO notifications_notice
    (kind, audiences, context, href, dedupe_key, site_id, actor_user_id, created_at, due_at, priority, status,
     attempts, error)
SELECT %(kind)s, audiences, context, href, dedupe_key, NULL, %(actor)s, %(now)s, %(now)s, %(priority)s, 'waiting',
    0, ''
FROM ({rows}) AS told
ON CONFLICT DO NOTHING
"""


def tell_many(kind: NoticeKind, rows: str, params: Mapping[str, Any], *, by: Actor, now: datetime) -> int:
    """Tell of very many things at once, in one statement; returns how many had not been told before.

    `rows` is a query with a row for each notice: `audiences` and `context` (jsonb, as `Audience.data` and
    `values.pack` make them), `href`, `dedupe_key`. Its parameters are `params`. For jobs: these notices wait for
    all others.
    """
    told = {"kind": kind.name, "actor": by.user_id, "now": now, "priority": Priority.BULK}
    with connection.cursor() as cursor:
        cursor.execute(TELL_MANY.format(rows=rows), {**params, **told})
        written = int(cursor.rowcount)
    wake_on_commit()
    return written


def post_mail(
    to: str,
    *,
    subject: str,
    paragraphs: list[str],
    action: tuple[str, str] | None,
    language: str,
    dedupe_key: str | None = None,
    sensitive: bool = False,
    code: str | None = None,
    reply_to: str = "",
    priority: Priority = Priority.AWAITED,
) -> None:
    """Mail an address, whether or not it belongs to an account; the texts come in the reader's language.

    `action` is what the button says and the full address it leads to. `sensitive` mails (codes, reset links)
    are forgotten once sent. An answer goes to `reply_to`. Raises ValidationError for what is no address.
    """
    letter = Letter(one_line(subject), [str(p) for p in paragraphs], action, code, reply_to=reply_to)
    post_letters(
        [Posted(to, letter, language, dedupe_key or str(uuid.uuid4()))],
        sensitive=sensitive,
        priority=priority,
    )


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter that is mailed to an address, once per `dedupe_key`."""

    to: str
    letter: Letter
    language: str
    dedupe_key: str


def post_letters(posted: Sequence[Posted], *, sensitive: bool, priority: Priority) -> None:
    """Mail many addresses in one statement. Raises ValidationError for what is no address."""
    for each in posted:
        for address in filter(None, (each.to, each.letter.reply_to)):
            validate_email(address)
    now = timezone.now()
    Mail.objects.bulk_create(
        [
            Mail(
                dedupe_key=each.dedupe_key,
                to=each.to,
                language=each.language,
                letter=each.letter.to_json(),
                sensitive=sensitive,
                priority=priority,
                created_at=now,
                due_at=now,
            )
            for each in posted
        ],
        ignore_conflicts=True,
    )
    wake_on_commit()


def wake_on_commit() -> None:
    """Have the outbox looked at as soon as the transaction is through; once is enough for many rows."""
    from .tasks import wake

    if not any(function is wake for _sids, function, _robust in connection.run_on_commit):
        transaction.on_commit(wake, robust=True)


def mark_read(public_id: str, *, by: Actor, now: datetime) -> InboxItem | None:
    """Mark one of the actor's notices as read and return it; None when there is none such at this site."""
    item = InboxItem.objects.filter(public_id=public_id, user_id=by.user_id).first()
    if item is not None and item.read_at is None:
        InboxItem.objects.filter(id=item.id, read_at=None).update(read_at=now)
    return item


def mark_all_read(*, by: Actor, now: datetime) -> int:
    """Mark everything in the actor's inbox as read; returns how much there was."""
    return InboxItem.objects.filter(user_id=by.user_id, read_at=None).update(read_at=now)
