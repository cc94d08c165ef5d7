"""What a line waits for, done when its time has come: the mail, the call, closing.

What is done and what the line waits for next change in one transaction: run twice, twice at once, late or killed in the
midst, every line is mailed, told of and closed once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q

from deals.tasks import each_due
from identity import tenancy
from identity.actors import Actor
from identity.audit import record, record_many
from notifications.actions import post_letters
from notifications.models import Priority
from orders.models import OrderStatus

from ..links import letter_for, link_for, new_secret
from ..models import LineStatus, SetupLine, SetupLink, SetupRules, Waiting
from . import notices
from .taking_up import AUDITED
from .times import days_later, days_until_close, rules_in_force

log = logging.getLogger(__name__)
BATCH = 500
BUDGET = 50  # seconds; the next run goes on
#: Nothing is set up of an order that the vendor has not taken.
GOES_AHEAD = (OrderStatus.ACCEPTED, OrderStatus.FULFILLED)
NOT_BEGUN = Q(begun_at__isnull=True) | Q(begun_at__lt=F("mailed_at"))


def due(waits_for: str, now: datetime) -> Any:
    return SetupLine.objects.filter(waits_for=waits_for, due_at__lte=now).order_by("due_at", "id")


# ------------------------------------------------------------------------------------------------ the mail


def mail_due(*, now: datetime, batch: int = BATCH, budget: float = BUDGET) -> int:
    """Mail the links whose day has come; returns how many. A batch is one transaction, and a few statements.

    Where a batch fails, its lines are mailed one by one: what is wrong with one of them holds up no other.
    """
    ready = due(Waiting.MAIL, now).filter(order_line__order__status__in=GOES_AHEAD, contact_email__gt="")
    until = time.monotonic() + budget
    mailed = 0
    while time.monotonic() < until:
        try:
            with tenancy.as_system():
                rows = ready.select_for_update(skip_locked=True, of=("self",), no_key=True)
                found = list(rows[:batch])
                mail_lines(found, now=now)
        except Exception:
            log.exception("A batch of mails could not be written; its lines are mailed one by one.")
            return mailed + each_due(ready, lambda line: mail_lines([line], now=now))
        mailed += len(found)
        if len(found) < batch:
            break
    return mailed


NEXT = """
UPDATE provisioning_setupline l SET
    status = 'awaiting_details', status_note = '', waits_for = 'call', due_at = n.call_at, mailed_at = %(now)s,
    closes_at = n.closes_at, version = l.version + 1
FROM unnest(%(ids)s::bigint[], %(calls)s::timestamptz[], %(closes)s::timestamptz[]) AS n (id, call_at, closes_at)
WHERE l.id = n.id
"""


def mail_lines(lines: Sequence[SetupLine], *, now: datetime) -> None:
    """Mail a link to each line's contact; these mails wait for all others. The lines are held, the system works."""
    if not lines:
        return
    rules = rules_in_force()
    ids = [line.id for line in lines]
    SetupLink.objects.filter(line__in=ids, revoked_at__isnull=True).update(revoked_at=now)
    links, letters = [], []
    for line in lines:
        go_on(line, rules, now)
        secret = new_secret()
        links.append(link_for(line, secret, to=line.contact_email, now=now))
        letters.append(
            letter_for(line, secret, to=line.contact_email, handed_to="", language=line.contact_language)
        )
    SetupLink.objects.bulk_create(links)
    post_letters(letters, sensitive=True, priority=Priority.BULK)
    calls, closes = [line.due_at for line in lines], [line.closes_at for line in lines]
    with connection.cursor() as cursor:
        cursor.execute(NEXT, {"ids": ids, "calls": calls, "closes": closes, "now": now})
    by = Actor.system()
    record_many("setup_line.mailed", AUDITED, {"ids": ids}, object_type="setup_line", by=by, now=now)


def go_on(line: SetupLine, rules: SetupRules, now: datetime) -> None:
    """What a line waits for once it is mailed, not saved yet."""
    line.closes_at = None
    go_on_again(line, rules, now)


def go_on_again(line: SetupLine, rules: SetupRules, now: datetime) -> None:
    """What a line waits for once a link of it is mailed to somebody else, or once more; not saved yet.

    Whoever has it has as long to begin as after the first mail. The day on which the line closes stays.
    """
    line.status, line.status_note, line.mailed_at, line.called_at = (
        LineStatus.AWAITING_DETAILS,
        "",
        now,
        None,
    )
    line.closes_at = line.closes_at or days_later(now, days_until_close(line.family, rules), line.time_zone)
    call_at = days_later(now, rules.call_after_days, line.time_zone)
    if line.onboarded_at is None and call_at < line.closes_at:
        line.waits_for, line.due_at = Waiting.CALL, call_at
    else:
        line.waits_for, line.due_at = Waiting.CLOSE, line.closes_at


# ------------------------------------------------------------------------------------------------ the call


def call_due(*, now: datetime) -> int:
    """Ask the account representative to call where nobody has begun; returns how many lines were looked at.

    Also about lines whose day has come while nobody is named who could be mailed.
    """
    unnamed = due(Waiting.MAIL, now).filter(contact_email="")
    unnamed = unnamed.filter(order_line__order__status__in=GOES_AHEAD)
    return each_due(due(Waiting.CALL, now), lambda line: _call(line, now)) + each_due(
        unnamed, lambda line: _ask_for_contact(line, now)
    )


def _ask_for_contact(line: SetupLine, now: datetime) -> None:
    """Once a day, until somebody names one."""
    line.called_at, line.due_at = now, days_later(now, 1, line.time_zone)
    line.version += 1
    line.save(update_fields=["called_at", "due_at", "version"])
    notices.tell_no_contact(line, now=now)
    _audit("setup_line.to_call", line, now)


def _call(line: SetupLine, now: datetime) -> None:
    if line.begun_at is None or (line.mailed_at is not None and line.begun_at < line.mailed_at):
        line.called_at = now
        notices.tell_to_call(line, now=now)
        _audit("setup_line.to_call", line, now)
    line.waits_for, line.due_at = Waiting.CLOSE, line.closes_at
    line.version += 1
    line.save(update_fields=["called_at", "waits_for", "due_at", "version"])


# ------------------------------------------------------------------------------------------------ closing


def close_due(*, now: datetime) -> int:
    """Close what nobody set up in time; returns how many lines."""
    return each_due(due(Waiting.CLOSE, now), lambda line: _close(line, now))


def _close(line: SetupLine, now: datetime) -> None:
    line.status, line.closed_at = LineStatus.CLOSED, now
    line.waits_for, line.due_at = Waiting.NOTHING, None
    line.version += 1
    line.save(update_fields=["status", "closed_at", "waits_for", "due_at", "version"])
    SetupLink.objects.filter(line=line, revoked_at__isnull=True).update(revoked_at=now)
    notices.tell_closed(line, now=now)
    _audit("setup_line.closed", line, now)


def run_due(*, now: datetime) -> None:
    """All of it, as it follows upon each other."""
    mail_due(now=now)
    call_due(now=now)
    close_due(now=now)


def _audit(event: str, line: SetupLine, now: datetime) -> None:
    record(
        event, by=Actor.system(), now=now, object_type="setup_line", object_id=line.public_id, label=str(line),
        site_id=line.reseller_id,
    )  # fmt: skip
