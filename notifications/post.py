"""Sending mails: each in one worker's hands at a time, and never again once a server may have it.

The life of a mail, and what a crash at each step means, is told in README.md.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from identity import tenancy
from identity.models import Membership, MembershipStatus, User

from .clock import zone
from .expansion import address_of, language_of
from .kinds import known
from .letters import Attachment, Entry, Letter, Section, full_address, message, words_of
from .models import InboxItem, Mail, MailStatus
from .smtp import InDoubt, Line, NotHandedOver, Refused, Unreachable

log = logging.getLogger(__name__)

MINUTE = timedelta(minutes=1)
# After each refusal "for now": how long to wait. Together three days, as mail servers do among themselves.
BACKOFF = [1 * MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, *[6 * 60 * MINUTE] * 12]
# Files that were made longer ago are no longer sent along; the mail's link leads to them, and asks who is there.
FRESH = timedelta(hours=1)
IN_HANDS = (MailStatus.WAITING, MailStatus.SENDING)


class LeaseLost(Exception):
    """Another worker has taken the mail over."""


def send_due(line: Line, limit: int) -> int:
    """Send up to `limit` mails that are due, the awaited ones first; returns how many were taken in hand.

    Safe to run by several at once. Raises Unreachable when the mail server does not answer: mails then stay
    as they are, and no attempt is counted.
    """
    for taken in range(limit):
        if not _send_next(line):
            return taken
    return limit


def _send_next(line: Line) -> bool:
    with tenancy.as_system():
        mail = _claim(timezone.now())
        letter = _letter_or_settle(mail) if mail else None
    if mail is None:
        return False
    if letter is not None:
        _send(mail, letter, line)
    return True


def _claim(now: datetime) -> Mail | None:
    due = Mail.objects.filter(status=MailStatus.WAITING, due_at__lte=now).filter(
        Q(lease_until=None) | Q(lease_until__lt=now)
    )
    mail = due.select_for_update(skip_locked=True).order_by("priority", "due_at", "id").first()
    if mail is None:
        return None
    mail.attempt_id = uuid.uuid4()
    mail.attempts += 1
    mail.lease_until = _lease(now)
    mail.save(update_fields=["attempt_id", "attempts", "lease_until"])
    return mail


def _lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)


def _letter_or_settle(mail: Mail) -> Letter | None:
    """What the mail says now; None when it is not to go out (any more), which is then noted."""
    if mail.attempts > len(BACKOFF):
        _settle(mail, MailStatus.FAILED, mail.error or "given up")
    elif not _reader_is_there(mail):
        _settle(mail, MailStatus.DROPPED, "its reader has left")
    else:
        letter = digest_letter(mail) if mail.is_digest else Letter.from_json(mail.letter)
        if letter is not None:
            return letter
        _settle(mail, MailStatus.DROPPED, "everything in it has been read already")
    return None


def _reader_is_there(mail: Mail) -> bool:
    """Whoever left a site, or the portal, since the mail was written does not get it."""
    if mail.user is None:
        return True
    if not mail.user.is_active or _was_for_staff(mail):
        return False
    return mail.site_id is None or _belongs_to(mail.user_id, mail.site_id)


def _was_for_staff(mail: Mail) -> bool:
    """Whether it tells somebody what the vendor's people were told, who is none of them any more."""
    if mail.notice_id is None or mail.site_id is not None or cast(User, mail.user).staff_roles:
        return False
    told = InboxItem.objects.filter(notice_id=mail.notice_id, user_id=mail.user_id, site_id=None)
    return told.filter(for_staff=True).exists()


def _belongs_to(user_id: int | None, site_id: int) -> bool:
    return Membership.objects.filter(
        user_id=user_id, site_id=site_id, status=MembershipStatus.ACTIVE, site__is_active=True
    ).exists()


# ------------------------------------------------------------------------------------------------ sending


def _send(mail: Mail, letter: Letter, line: Line) -> None:
    try:
        content = message(
            letter,
            to=mail.to,
            language=mail.language,
            message_id=mail.message_id,
            attachment=_attachment(mail),
        )
        dedupes = line.receiver_dedupes
        line.hand_over(mail.to, content, before_the_end=lambda: _mark_sending(mail, dedupes))
    except Unreachable as error:
        _settle(mail, MailStatus.WAITING, error.reason, attempts=F("attempts") - 1)
        raise
    except Refused as error:
        log.warning("Mail %s was refused: %s", mail.id, error.reason)
        _settle(mail, MailStatus.FAILED, error.reason)
    except NotHandedOver as error:
        _settle(mail, MailStatus.WAITING, error.reason, due_at=_next_try(mail))
    except InDoubt as error:
        _resolve(mail, f"in doubt: {error}")
    except LeaseLost:
        log.warning("Mail %s was taken over by another worker.", mail.id)
    except (OperationalError, InterfaceError) as error:  # could not be noted down, so its end was not sent
        _settle(mail, MailStatus.WAITING, repr(error)[:500])
        raise
    except Exception as error:
        log.exception("Mail %s could not be made.", mail.id)
        _settle(mail, MailStatus.WAITING, repr(error)[:500], due_at=_next_try(mail))
    else:
        _settle(mail, MailStatus.SENT, "", sent_at=timezone.now())


def _attachment(mail: Mail) -> Attachment | None:
    """The file to go along, unless its reader's rights may have changed since it was made."""
    if mail.attachment is None or timezone.now() - mail.created_at > FRESH:
        return None
    return Attachment(**mail.attachment)


def _next_try(mail: Mail) -> datetime:
    return timezone.now() + BACKOFF[min(mail.attempts, len(BACKOFF)) - 1]


def _mark_sending(mail: Mail, receiver_dedupes: bool) -> None:
    """Committed before the mail's end goes out. Raises LeaseLost."""
    now = timezone.now()
    with tenancy.as_system():
        mine = Mail.objects.filter(
            id=mail.id, attempt_id=mail.attempt_id, status=MailStatus.WAITING, lease_until__gt=now
        )
        if not mine.update(
            status=MailStatus.SENDING, receiver_dedupes=receiver_dedupes, lease_until=_lease(now)
        ):
            raise LeaseLost
    mail.receiver_dedupes = receiver_dedupes


def _settle(mail: Mail, status: MailStatus, error: str, **changes: object) -> None:
    """Note what became of the mail, unless it is in other hands by now."""
    if mail.sensitive and status != MailStatus.WAITING:
        changes["letter"] = {}
    # What we know was sent was sent, even if somebody gave us up meanwhile.
    open_states = [*IN_HANDS, MailStatus.UNCERTAIN] if status == MailStatus.SENT else IN_HANDS

    def write() -> None:
        with tenancy.as_system():
            Mail.objects.filter(id=mail.id, attempt_id=mail.attempt_id, status__in=open_states).update(
                status=status, error=error, lease_until=None, **changes
            )

    _stubbornly(write)


def _stubbornly(write: Callable[[], None]) -> None:
    """Try for some seconds: what is not noted down now is in doubt later."""
    for pause in (0.2, 1, 3):
        try:
            return write()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(pause)
    return write()


# ------------------------------------------------------------------------------------------------ doubts


def reconcile() -> int:
    """Look at mails whose worker vanished while the server had them in hand; returns how many."""
    with tenancy.as_system():
        stale = Mail.objects.filter(status=MailStatus.SENDING, lease_until__lt=timezone.now())
        mails = list(stale.select_for_update(skip_locked=True)[:100])
        for mail in mails:
            _resolve(mail, "in doubt: the worker vanished")
    return len(mails)


def _resolve(mail: Mail, reason: str) -> None:
    """A mail whose end was sent, with no answer. Only a server that drops doubles is given it again."""
    if mail.receiver_dedupes:
        _settle(mail, MailStatus.WAITING, reason)
    else:
        log.error("Mail %s may or may not have arrived; see `manage.py uncertain_mails`.", mail.id)
        _settle(mail, MailStatus.UNCERTAIN, reason)


# ------------------------------------------------------------------------------------------------ daily mails


def digest_letter(mail: Mail) -> Letter | None:
    """What the daily mail says now: what its reader has not read yet, at the sites they still belong to."""
    user = cast(User, mail.user)
    mail.to, mail.language = address_of(user), language_of(user)
    mail.save(update_fields=["to", "language"])
    with translation.override(mail.language), timezone.override(zone(user.time_zone)):
        sections = _sections(mail)
        count = sum(len(section.entries) for section in sections)
        if not count:
            return None
        subject = ngettext(
            "Your day on %(portal)s: %(num)s notice", "Your day on %(portal)s: %(num)s notices", count
        )
        return Letter(
            subject % {"portal": settings.PORTAL_NAME, "num": count},
            [_("This happened since your last daily mail. What you have read on the portal is left out.")],
            sections=sections,
            why=_("You get this mail because you chose to get these notices once a day."),
            can_refuse=True,
        )


def _sections(mail: Mail) -> list[Section]:
    items = InboxItem.objects.filter(digest=mail, read_at=None).select_related("site")
    if not cast(User, mail.user).staff_roles:
        items = items.exclude(for_staff=True)  # told to the vendor's people, whom its reader has left
    by_site: dict[str, list[Entry]] = {}
    for item in items.order_by("site__name", "id"):
        kind = known(item.kind)
        if kind is None or (item.site_id and not _belongs_to(mail.user_id, item.site_id)):
            continue
        words = words_of(kind, item.context)
        entry = Entry(words.subject, words.paragraphs[0] if words.paragraphs else "", full_address(item.path))
        by_site.setdefault(str(item.site or ""), []).append(entry)
    return [Section(site, entries) for site, entries in by_site.items()]
