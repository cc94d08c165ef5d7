"""What people are told of deliveries: those who sent one and left, and those whose feed came by a watched folder."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind
from identity.privileges import GRANTS, Privilege, StaffRole
from notifications.actions import Audience, tell
from notifications.kinds import NoticeKind, register

from .declared import FeedNotFound, feed_of
from .models import Delivery, Source, Status

PATIENCE = timedelta(minutes=1)
_COMMON: dict[str, Any] = {
    "group": _("Deliveries"),
    "action": _("Open the delivery"),
    "kinds": frozenset({Kind.STAFF}),
    "privilege": Privilege.FEED_VIEW,
}

WAITS = register(
    NoticeKind(
        name="delivery.waits",
        title=_("A delivery waits for you"),
        subject=_("%(file)s waits for you"),
        body=_(
            "The file %(file)s arrived for %(feed)s. Nothing is loaded before you have seen to it: columns are to be"
            " matched, errors to be put right, or what would change is to be confirmed."
        ),
        tone="info",
        icon="file-import",
        **_COMMON,
    )
)
FAILED = register(
    NoticeKind(
        name="delivery.failed",
        title=_("A delivery was refused or failed"),
        subject=_("%(file)s was not loaded"),
        body=_("The file %(file)s for %(feed)s was not loaded. Its page says why; nothing was changed."),
        tone="bad",
        icon="file-x",
        **_COMMON,
    )
)
LOADED = register(
    NoticeKind(
        name="delivery.loaded",
        title=_("A delivery was loaded"),
        subject=_("%(file)s was loaded"),
        body=_(
            "The file %(file)s for %(feed)s was loaded. Added: %(added)s. Changed: %(changed)s. Removed: %(removed)s."
        ),
        default="none",
        tone="good",
        icon="circle-check",
        **_COMMON,
    )
)

_KINDS = {
    Status.NEEDS_MAPPING: WAITS,
    Status.INVALID: WAITS,
    Status.READY: WAITS,
    Status.LOADED: LOADED,
    Status.FAILED: FAILED,
    Status.REFUSED: FAILED,
}


def tell_outcome(delivery: Delivery, *, now: datetime) -> None:
    """Tell who is concerned how a delivery stands, in the running transaction; of some states there is no need."""
    kind = _KINDS.get(Status(delivery.status))
    to = concerned(delivery)
    if kind is None or not to or (kind is WAITS and _still_there(delivery, now)):
        return
    tell(
        kind,
        to=to,
        by=Actor.system(),
        now=now,
        href=reverse("feeds:delivery", args=[delivery.public_id]),
        dedupe_key=f"{kind.name}:{delivery.public_id}:{delivery.version}",
        context={
            "file": delivery.file_name,
            "feed": feed_of(delivery.feed).label,
            **{name: delivery.summary.get(name, 0) for name in ("added", "changed", "removed")},
        },
    )


def _still_there(delivery: Delivery, now: datetime) -> bool:
    """Whether whoever sent it is most likely looking at its page, or asking the API."""
    return delivery.source in (Source.PAGE, Source.API) and now - delivery.received_at < PATIENCE


def concerned(delivery: Delivery) -> list[Audience]:
    """Whoever sent or confirmed it; of a watched folder, the staff whose feed it is."""
    people = {person for person in (delivery.sender_id, delivery.confirmed_by_id) if person}
    if delivery.source in (Source.PAGE, Source.API):
        return [Audience.user(person) for person in sorted(people)]
    try:
        privilege = feed_of(delivery.feed).privilege
    except FeedNotFound:
        return []
    return [Audience.staff(role) for role in StaffRole if privilege in GRANTS[role]]
