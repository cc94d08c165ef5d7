"""What this app adds to the shell: lines of the navigation, and what needs somebody today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from identity.actors import Actor, Kind
from identity.navigation import Entry, register
from identity.privileges import Privilege
from identity.worklist import Task
from identity.worklist import register as register_task

from .queries import cases_to_decide

PARTNERS = frozenset({Kind.RESELLER, Kind.DISTRIBUTOR})
STAFF = frozenset({Kind.STAFF})

register(
    Entry(
        label=gettext_lazy("Access"),
        url_name="accounts:request_access",
        icon="door-enter",
        section="work",
        order=10,
        kinds=frozenset({Kind.APPLICANT}),
    )
)
register(
    Entry(
        label=gettext_lazy("Users"),
        url_name="accounts:users",
        icon="users",
        section="site",
        order=10,
        kinds=PARTNERS,
        privileges=(Privilege.MEMBER_VIEW,),
    )
)
register(
    Entry(
        label=gettext_lazy("Access requests"),
        url_name="accounts:queue",
        icon="user-plus",
        section="work",
        order=40,
        kinds=STAFF,
        privileges=(Privilege.REQUEST_DECIDE,),
    )
)
register(
    Entry(
        label=gettext_lazy("Sites"),
        url_name="accounts:sites",
        icon="building",
        section="vendor",
        order=10,
        kinds=STAFF,
        privileges=(Privilege.SITE_VIEW,),
    )
)


@register_task
def requests_to_decide(actor: Actor, now: datetime) -> Iterator[Task]:
    """ "3 people wait for your decision", with the earliest promise among them."""
    if not (actor.may(Privilege.MEMBER_MANAGE) or actor.may(Privilege.REQUEST_DECIDE)):
        return
    due = list(cases_to_decide(actor).order_by("due_at").values_list("due_at", flat=True)[:100])
    if not due:
        return
    late = due[0] <= now
    yield Task(
        title=ngettext(
            "%(num)s person waits for your decision about access",
            "%(num)s people wait for your decision about access",
            len(due),
        )
        % {"num": len(due)},
        detail=_("The promised time is over.") if late else _("They cannot work in the portal until then."),
        href=reverse("accounts:queue" if actor.is_staff else "accounts:requests"),
        icon="user-plus",
        due_at=due[0],
        tone="bad" if late else "info",
    )
