"""From the outbox to people: who is told of a notice, where and how."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from identity import tenancy
from identity.models import Membership, MembershipStatus, Standing, User
from identity.privileges import StaffRole, partner_privileges

from .choosers import Addressee, Chosen, Recipient, chosen
from .clock import next_morning, zone
from .kinds import NoticeKind, known
from .letters import Letter, full_address, words_of
from .models import (
    Choice,
    InboxItem,
    Mail,
    MailStatus,
    Notice,
    NoticeStatus,
    Preference,
    Priority,
)

log = logging.getLogger(__name__)

BATCH = 20
MAX_ATTEMPTS = 8
BACKOFF = timedelta(seconds=30)  # doubles with each attempt


# ------------------------------------------------------------------------------------------------ claiming


def expand_due() -> int:
    """Expand a batch of notices that are due; returns how many there were. Safe to run by several at once."""
    claimed = _claim(timezone.now())
    for notice_id in claimed:
        try:
            expand(notice_id)
        except (OperationalError, InterfaceError):
            raise  # the database is away or busy, which is not the notice's fault: its lease will run out
        except Exception as error:
            log.exception("Notice %s could not be expanded.", notice_id)
            _put_back(notice_id, error, timezone.now())
    return len(claimed)


def _claim(now: datetime) -> list[int]:
    with tenancy.as_system():
        due = Notice.objects.filter(status=NoticeStatus.WAITING, due_at__lte=now).filter(
            Q(lease_until=None) | Q(lease_until__lt=now)
        )
        # The few that are next, so that it takes no longer when a million wait.
        in_order = due.select_for_update(skip_locked=True).order_by("priority", "due_at", "id")
        attempts = dict(in_order.values_list("id", "attempts")[:BATCH])
        # A notice that takes its worker down each time comes back only so often.
        given_up = [id_ for id_, number in attempts.items() if number >= MAX_ATTEMPTS]
        if given_up:
            Notice.objects.filter(id__in=given_up).update(status=NoticeStatus.FAILED, error="given up")
        lease = now + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
        ids = [id_ for id_ in attempts if id_ not in given_up]
        Notice.objects.filter(id__in=ids).update(lease_until=lease, attempts=F("attempts") + 1)
    return ids


def _put_back(notice_id: int, error: Exception, now: datetime) -> None:
    with tenancy.as_system():
        notice = Notice.objects.select_for_update().get(id=notice_id)
        notice.error = repr(error)[:500]
        notice.due_at = now + BACKOFF * 2**notice.attempts
        notice.lease_until = None
        if notice.attempts >= MAX_ATTEMPTS:
            notice.status = NoticeStatus.FAILED
        notice.save()


# ------------------------------------------------------------------------------------------------ expanding


def expand(notice_id: int) -> None:
    """Give everybody concerned their inbox row and mail row, all or none. Done before: nothing happens."""
    with tenancy.as_system():
        notice = Notice.objects.select_for_update().filter(id=notice_id, status=NoticeStatus.WAITING).first()
        if notice is None:
            return
        kind = known(notice.kind)
        if kind is None:
            raise LookupError(f"No app registers the notice kind {notice.kind}.")
        _deliver(notice, kind)
        notice.status, notice.lease_until, notice.error = NoticeStatus.DONE, None, ""
        notice.save()


def _deliver(notice: Notice, kind: NoticeKind) -> None:
    rules = [chosen(each, kind, notice.actor_user_id) for each in notice.audiences if each["to"] == "chosen"]
    recipients = _recipients(notice, rules)
    choices = _choices(kind, {recipient.user.id for recipient in recipients})
    items, mails, told, reached = [], [], set(), set()
    for recipient in recipients:
        item = _inbox_item(notice, recipient)
        items.append(item)
        user = recipient.user
        if user.id in told or not recipient.mailed:
            continue  # at several sites: an inbox row at each, one mail
        told.add(user.id)
        choice = choices.get(user.id, kind.default)
        if choice == Choice.DAILY:
            item.digest = _open_digest(user, timezone.now())
        elif choice == Choice.AT_ONCE and (address := address_of(user).lower()) not in reached:
            reached.add(address)
            mails.append(_mail(notice, kind, recipient, item))
    for addressee in _addressees(notice, rules):
        if addressee.email.lower() not in reached:
            reached.add(addressee.email.lower())
            mails.append(_mail_to_address(notice, kind, addressee))
    InboxItem.objects.bulk_create(items, ignore_conflicts=True)
    Mail.objects.bulk_create(mails, ignore_conflicts=True)


def _addressees(notice: Notice, rules: list[Chosen]) -> Iterator[Addressee]:
    for each in notice.audiences:
        if each["to"] == "address":
            yield Addressee(each["email"], each["language"])
    for rule in rules:
        yield from rule.addresses


def _recipients(notice: Notice, rules: list[Chosen]) -> list[Recipient]:
    """Everybody concerned, once for each of their sites; whoever did the deed is left out."""
    found: dict[tuple[int, int | None], Recipient] = {}
    for audience in notice.audiences:
        for recipient in _members_of(audience):
            if recipient.user.id != notice.actor_user_id:
                found.setdefault((recipient.user.id, recipient.site_id), recipient)
    for recipient in (each for rule in rules for each in rule.people):
        found.setdefault((recipient.user.id, recipient.site_id), recipient)
    # By person, so that two workers take the locks of daily mails in the same order.
    return sorted(found.values(), key=lambda recipient: recipient.user.id)


def _members_of(audience: dict[str, Any]) -> Iterator[Recipient]:
    match audience["to"]:
        case "user":
            yield from _person(audience["user_id"], audience["site_id"])
        case "site":
            for member in _active(audience["site_id"]):
                granted = partner_privileges(member.standing, member.tools, member.roles)
                if audience["privilege"] is None or audience["privilege"] in granted:
                    yield Recipient(member.user, member.site, "site")
        case "managers":
            managers = _active(audience["site_id"]).exclude(standing=Standing.MEMBER)
            yield from (Recipient(member.user, member.site, "managers") for member in managers)
        case "primary":
            primaries = _active(audience["site_id"]).filter(standing=Standing.PRIMARY)
            yield from (Recipient(member.user, member.site, "primary") for member in primaries)
        case "staff":
            people = User.objects.filter(is_active=True, staff_roles__contains=[audience["role"]])
            for user in people.order_by("id"):
                yield Recipient(user, None, "staff", audience["role"])


def _active(site_id: int) -> Any:
    """The people who work at a site now."""
    return (
        Membership.objects.filter(
            site_id=site_id, status=MembershipStatus.ACTIVE, user__is_active=True, site__is_active=True
        )
        .select_related("user", "site")
        .order_by("id")
    )


def _person(user_id: int, site_id: int | None) -> Iterator[Recipient]:
    if site_id is None:
        yield from (Recipient(user, None, "user") for user in User.objects.filter(id=user_id, is_active=True))
    else:
        for member in _active(site_id).filter(user_id=user_id):
            yield Recipient(member.user, member.site, "user")


def _choices(kind: NoticeKind, user_ids: Iterable[int]) -> dict[int, str]:
    if kind.mandatory:
        return dict.fromkeys(user_ids, Choice.AT_ONCE)
    chosen = Preference.objects.filter(kind=kind.name, user_id__in=user_ids)
    return dict(chosen.values_list("user_id", "choice"))


def _inbox_item(notice: Notice, recipient: Recipient) -> InboxItem:
    return InboxItem(
        notice=notice,
        user=recipient.user,
        site=recipient.site,
        for_staff=recipient.why == "staff",
        kind=notice.kind,
        context=notice.context,
        href=notice.href,
        created_at=notice.created_at,
    )


def address_of(user: User) -> str:
    """Where this person's mail goes: the address they prefer for notifications, else their own (C11)."""
    return user.preferred_email or user.email


def language_of(user: User) -> str:
    return user.language or settings.LANGUAGE_CODE


# ------------------------------------------------------------------------------------------------ mails


def _mail(notice: Notice, kind: NoticeKind, recipient: Recipient, item: InboxItem) -> Mail:
    user, language = recipient.user, language_of(recipient.user)
    with translation.override(language), timezone.override(zone(user.time_zone)):
        site = str(recipient.site or "")
        letter = _letter(
            notice,
            kind,
            full_address(item.path),
            why_sentence(recipient),
            site,
            can_refuse=not kind.mandatory,
        )
    row = _row(notice, address_of(user), language, letter)
    row.user, row.site = user, recipient.site
    return row


def _mail_to_address(notice: Notice, kind: NoticeKind, addressee: Addressee) -> Mail:
    with translation.override(addressee.language), timezone.override(zone(addressee.time_zone)):
        why = str(addressee.sentence) or _(
            "You get this mail because this address was named for it on %(portal)s."
        )
        why %= {"portal": settings.PORTAL_NAME, "site": addressee.site}
        # What one gets is chosen by signing in, and whoever reads at an address may have no account.
        letter = _letter(notice, kind, full_address(notice.href), why, addressee.site, can_refuse=False)
    return _row(notice, addressee.email, addressee.language, letter)


def _letter(notice: Notice, kind: NoticeKind, url: str, why: str, site: str, *, can_refuse: bool) -> Letter:
    subject, paragraphs = words_of(kind, notice.context)
    action = (str(kind.action or _("Open it on the portal")), url) if notice.href else None
    reason = str(kind.mandatory_reason) if kind.mandatory else ""
    return Letter(
        subject, paragraphs, action, site=site, why=f"{why} {reason}".rstrip(), can_refuse=can_refuse
    )


def _row(notice: Notice, to: str, language: str, letter: Letter) -> Mail:
    now = timezone.now()
    return Mail(
        dedupe_key=f"notice:{notice.id}:{to.lower()}"[:250],
        notice=notice,
        to=to,
        language=language,
        letter=letter.to_json(),
        attachment=notice.attachment,
        priority=notice.priority,
        created_at=now,
        due_at=now,
    )


def why_sentence(recipient: Recipient) -> str:
    """Why this person gets this mail, in the active language."""
    site = str(recipient.site)
    if recipient.sentence:
        return str(recipient.sentence) % {"site": site}
    match recipient.why:
        case "site":
            return _("You get this mail because you work on this for %(site)s.") % {"site": site}
        case "managers":
            return _("You get this mail because you manage the users of %(site)s.") % {"site": site}
        case "primary":
            return _("You get this mail because you are the primary contact of %(site)s.") % {"site": site}
        case "staff":
            team = StaffRole(recipient.team).label
            return _("You get this mail because you belong to this team: %(team)s.") % {"team": team}
    return _("You get this mail because it concerns you personally.")


def _open_digest(user: User, now: datetime) -> Mail:
    """The person's daily mail that can still take something in, locked against being sent meanwhile."""
    due_at = next_morning(user.time_zone, now)
    while True:
        key = f"digest:{user.id}:{due_at:%Y-%m-%dT%H:%MZ}"
        Mail.objects.bulk_create(
            [
                Mail(
                    dedupe_key=key,
                    user=user,
                    to=address_of(user),
                    language=language_of(user),
                    is_digest=True,
                    priority=Priority.DIGEST,
                    created_at=now,
                    due_at=due_at,
                )
            ],
            ignore_conflicts=True,
        )
        digest = Mail.objects.select_for_update().get(dedupe_key=key)
        if digest.status == MailStatus.WAITING and digest.attempts == 0:
            return digest
        due_at = next_morning(user.time_zone, due_at)  # this morning's is on its way already
