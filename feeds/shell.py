"""Where deliveries are in the navigation, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity import navigation, worklist
from identity.actors import Actor, Kind
from identity.privileges import Privilege
from identity.worklist import Task

from .declared import feeds_for
from .models import WAITING, Delivery, Status

SHOWN = 5

navigation.register(
    navigation.Entry(
        label=gettext_lazy("Deliveries"),
        url_name="feeds:deliveries",
        icon="file-import",
        section="vendor",
        order=40,
        kinds=frozenset({Kind.STAFF}),
        privileges=(Privilege.FEED_VIEW,),
    )
)


@worklist.register
def tasks(actor: Actor, now: datetime) -> Iterator[Task]:
    """What waits to be confirmed, matched or put right, of the feeds this actor may send."""
    if not (actor.is_staff and actor.may(Privilege.FEED_VIEW)):
        return
    mine = [feed.key for feed in feeds_for(actor)]
    details = {
        Status.READY: _("It is checked. Confirm what is to change."),
        Status.NEEDS_MAPPING: _("Its columns are to be matched."),
        Status.INVALID: _("It has errors. Put them right and send it again, or cancel it."),
    }
    waiting = Delivery.objects.filter(feed__in=mine, status__in=WAITING).order_by("received_at", "id")
    for delivery in waiting[:SHOWN]:
        yield Task(
            title=_("%(file)s waits for you") % {"file": f"\u2068{delivery.file_name}\u2069"},
            detail=details[Status(delivery.status)],
            href=reverse("feeds:delivery", args=[delivery.public_id]),
            icon="file-import",
            tone="warn" if delivery.status == Status.INVALID else "info",
        )
