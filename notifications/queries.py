"""Reading one's own inbox. Policies leave nothing but one's own rows, at the current site or at none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from identity import tenancy
from identity.actors import Actor
from identity.models import Membership, MembershipStatus

from .kinds import known
from .letters import words_of
from .models import InboxItem

LONGEST_SHOWN = 200  # characters of what somebody wrote
MOST_COUNTED = 100  # beyond, nobody needs to know how many
UNREAD = f"""
SELECT count(*) FROM (
    SELECT 1 FROM "{InboxItem._meta.db_table}" WHERE read_at IS NULL LIMIT {MOST_COUNTED}
) AS unread
"""  # noqa: S608 - made of our own constants


def unread_count(actor: Actor) -> int:
    """How many notices the actor has not read, up to 100; one indexed query."""
    if not actor.signed_in:
        return 0
    # On every page, where putting the query together by the ORM took five times as long.
    with connection.cursor() as cursor:
        cursor.execute(UNREAD)
        (count,) = cursor.fetchone()
    return int(count)


def inbox(*, unread_only: bool = False) -> QuerySet[InboxItem]:
    items = InboxItem.objects.all()
    return items.filter(read_at=None) if unread_only else items


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as its reader sees it."""

    public_id: str
    title: str
    paragraphs: list[str]
    at: datetime
    unread: bool
    icon: str
    tone: str
    path: str


def shown(item: InboxItem) -> Shown:
    kind = known(item.kind)
    common: dict[str, Any] = {"public_id": item.public_id, "at": item.created_at, "path": item.path}
    if kind is None:  # of an app that is gone
        title = _("A notice of a part of the portal that is no longer there")
        return Shown(
            title=title, paragraphs=[], unread=item.read_at is None, icon="bell", tone="neutral", **common
        )
    words = words_of(kind, item.context)
    return Shown(
        title=words.subject,
        paragraphs=beginning(words.paragraphs) if item.href else words.paragraphs,
        unread=item.read_at is None,
        icon=kind.icon,
        tone=kind.tone,
        **common,
    )


def beginning(paragraphs: list[str]) -> list[str]:
    """The first paragraph, and what it announces with a colon. What the notice leads to says the rest."""
    announced = paragraphs[1:2] if paragraphs and paragraphs[0].endswith(":") else []
    return [*paragraphs[:1], *(Truncator(text).chars(LONGEST_SHOWN) for text in announced)]


def found_at_another_site(public_id: str, actor: Actor) -> Membership | None:
    """The actor's membership at the other site where this notice of theirs lies; None when there is none."""
    if not actor.is_partner:
        return None
    own = Membership.objects.filter(user_id=actor.user_id, status=MembershipStatus.ACTIVE)
    for membership in own.exclude(site_id=actor.site_id):
        with tenancy.scope(replace(actor, site_id=membership.site_id)):
            if InboxItem.objects.filter(public_id=public_id, site_id=membership.site_id).exists():
                return membership
    return None
