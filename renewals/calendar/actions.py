"""A calendar's private address: made, made anew, ended; and whose it is."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from identity import tenancy
from identity.access import demand
from identity.actors import Actor
from identity.audit import record
from identity.middleware import digest
from identity.models import User
from identity.privileges import Privilege
from identity.sessions import Who, actor_from

from ..models import CalendarFeed
from ..work.actions import NotAPartner

NOTED_EVERY = timedelta(hours=1)
QUERY = "SELECT * FROM portal_who_by_calendar(%s)"


def feed_of(actor: Actor) -> CalendarFeed | None:
    """The address that somebody has at the site they work for, if it is in force."""
    return CalendarFeed.objects.filter(user_id=actor.user_id, revoked_at__isnull=True).first()


@transaction.atomic
def make_feed(
    *, with_names: bool, only_mine: bool, language: str, by: Actor, now: datetime
) -> tuple[CalendarFeed, str]:
    """A new address, and its secret, which is kept nowhere; the one before ends at once. Raises NotAPartner."""
    demand(by, Privilege.RENEWAL_VIEW)
    if not by.is_partner or by.site_id is None or by.user_id is None:
        raise NotAPartner
    User.objects.select_for_update(no_key=True).only("id").get(
        id=by.user_id
    )  # two at once: one after the other
    _end(by, now)
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(
        user_id=by.user_id,
        site_id=by.site_id,
        digest=digest(secret),
        with_names=with_names,
        only_mine=only_mine,
        language=language,
        created_at=now,
    )
    _record("calendar.made", feed, by=by, now=now)
    return feed, secret


@transaction.atomic
def end_feed(*, by: Actor, now: datetime) -> bool:
    """End one's address at once; whether there was one. Raises NotAPartner."""
    if not by.is_partner:
        raise NotAPartner
    ended = _end(by, now)
    if ended is not None:
        _record("calendar.ended", ended, by=by, now=now)
    return ended is not None


def _end(by: Actor, now: datetime) -> CalendarFeed | None:
    found = CalendarFeed.objects.select_for_update().filter(user_id=by.user_id, revoked_at__isnull=True)
    feed = found.first()
    if feed is not None:
        feed.revoked_at = now
        feed.save(update_fields=["revoked_at"])
    return feed


def _record(event: str, feed: CalendarFeed, *, by: Actor, now: datetime) -> None:
    record(
        event, by=by, now=now, object_type="calendar", object_id=feed.public_id, with_names=feed.with_names
    )


# ------------------------------------------------------------------------------------------------ fetching


def whose(secret_digest: str) -> Actor | None:
    """Who fetches by this address: its owner with the rights they have now, and of these only that to see renewals.

    None where there is no such address, it was ended, or its owner works for the site no more or may not see renewals.
    """
    # At the door, whoever is signed in besides: it is the address that says who fetches.
    with tenancy.door(), connection.cursor() as cursor:
        cursor.execute(QUERY, [secret_digest])
        row = cursor.fetchone()
    if row is None:
        return None
    actor = actor_from(Who(*row))
    if not actor.may(Privilege.RENEWAL_VIEW):
        return None
    return replace(actor, privileges=frozenset({Privilege.RENEWAL_VIEW}))


def note_fetch(feed: CalendarFeed, *, now: datetime) -> None:
    """Remember when a calendar was last fetched, to the hour."""
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - NOTED_EVERY)
    CalendarFeed.objects.filter(stale, id=feed.id).update(last_used_at=now)
