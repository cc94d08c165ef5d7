"""The access audit: who was given access to a site, lost it, or had it changed, and by whom.

It is read from the audit trail, of which the database shows a partner what concerns its own site.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, CharField, Count, F, Max, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.actors import Actor, Kind
from identity.models import OF_ACCESS, AuditEvent
from identity.privileges import Privilege
from reports.columns import Column, Type
from reports.declared import (
    Chart,
    Dimension,
    Grouping,
    Level,
    Measure,
    Order,
    Report,
    Summary,
    month_of,
    register,
)
from reports.filters import Choice, Days, Site, Text

Words = str | Promise

GIVEN, TAKEN, CHANGED, ASKED, SESSION = "given", "taken", "changed", "asked", "session"
KINDS: dict[str, Words] = {
    GIVEN: pgettext_lazy("access", "Given"),
    TAKEN: pgettext_lazy("access", "Taken"),
    CHANGED: pgettext_lazy("access", "Changed"),
    ASKED: pgettext_lazy("access", "Asked for"),
    SESSION: pgettext_lazy("access", "Signed out"),
}
TONES = {GIVEN: "good", TAKEN: "bad", CHANGED: "info", ASKED: "accent", SESSION: "neutral"}
# What happened, and which kind of change of access it is.
EVENTS: dict[str, tuple[str, Words]] = {
    "access.requested": (ASKED, _("Access requested")),
    "access.site_assigned": (ASKED, _("Site found for a request")),
    "access.withdrawn": (ASKED, _("Request withdrawn")),
    "access.rejected": (ASKED, _("Request rejected")),
    "access.approved": (GIVEN, _("Let in on request")),
    "invitation.sent": (ASKED, _("Invited")),
    "invitation.revoked": (ASKED, _("Invitation taken back")),
    "membership.added": (GIVEN, _("Added to the site")),
    "membership.joined": (GIVEN, _("Came by an invitation")),
    "membership.edited": (CHANGED, _("Details changed")),
    "membership.privileges_changed": (CHANGED, _("Rights changed")),
    "membership.standing_changed": (CHANGED, _("Standing changed")),
    "membership.primary_made": (GIVEN, _("Became the primary contact")),
    "membership.primary_ended": (TAKEN, _("No longer the primary contact")),
    "membership.removed": (TAKEN, _("Removed from the site")),
    "membership.left": (TAKEN, _("Left the site")),
    "key.made": (GIVEN, _("API key made")),
    "key.revoked": (TAKEN, _("API key revoked")),
    "session.ended": (SESSION, _("Sessions ended")),
}
STAFF_ONLY = frozenset({Kind.STAFF})


def kinds() -> dict[str, Any]:
    return dict(KINDS)


def events() -> dict[str, Any]:
    return {name: words for name, (_kind, words) in EVENTS.items()}


def _of_kinds(values: Sequence[str]) -> Q:
    return Q(event__in=[name for name, (kind, _words) in EVENTS.items() if kind in values])


def _kind() -> Case:
    """Of an event, which kind of change it is."""
    cases = (
        When(event__in=[name for name, (of, _words) in EVENTS.items() if of == kind], then=Value(kind))
        for kind in KINDS
    )
    return Case(*cases, default=Value(CHANGED), output_field=CharField())


def _events(actor: Actor) -> QuerySet[Any, Any]:
    found = AuditEvent.objects.filter(object_type__in=OF_ACCESS, event__in=sorted(EVENTS))
    return found.annotate(
        kind=_kind(),
        of_site=Coalesce(F("site__number"), Value("")),
        of_site_name=Coalesce(F("site__name"), Value("")),
    )


KIND = Column("kind", pgettext_lazy("of a change of access", "Kind"), words=kinds, width=14)
EVENT = Column("event", _("What happened"), words=events, width=28)
SITE = Column("site", _("Site number"), Type.CODE, field="of_site", seen_by=STAFF_ONLY, width=12)
BY = Column("by", _("By"), field="actor_name")
MONTH = Dimension(Column("month", _("Month"), Type.MONTH, field="month_of_event"), "at", month_of("at"))
BY_KIND = Dimension(KIND, "kind")

ACCESS_AUDIT = register(
    Report(
        key="access-audit",
        title=_("Access audit"),
        text=_("Who was given access, lost it or had it changed, when, and by whom."),
        icon="user-shield",
        privilege=Privilege.MEMBER_MANAGE,
        for_staff=Privilege.AUDIT_VIEW,
        source=_events,
        filters=(
            Choice(name="kind", label=KIND.label, choices=kinds, means=_of_kinds),
            Days(name="at", label=_("When"), moments=True),
            Choice(name="event", label=_("What happened"), choices=events),
            Text(name="whom", label=_("Whom or what it concerns"), field="object_label"),
            Text(name="by_whom", label=_("By whom"), column="by", field="actor_name"),
            Site(name="site", label=_("Site number"), field="site__number"),
        ),
        detail=Level(
            columns=(
                EVENT,
                Column("at", _("When"), Type.MOMENT),
                KIND,
                Column("whom", _("Whom or what it concerns"), field="object_label"),
                BY,
                SITE,
                Column("site_name", _("Site"), field="of_site_name", seen_by=STAFF_ONLY),
            ),
            orders=(
                Order("latest", _("Latest first"), ("-at", "-id")),
                Order("earliest", _("Earliest first"), ("at", "id")),
            ),
        ),
        summary=Summary(
            groupings=(
                Grouping("month", _("Month and kind"), (MONTH, BY_KIND), stacked_by="kind"),
                Grouping("event", _("What happened"), (Dimension(EVENT, "event"),)),
                Grouping(
                    "site",
                    _("Site and kind"),
                    (Dimension(SITE, "site"), BY_KIND),
                    also=(
                        Measure(
                            Column("site_name", _("Site"), field="site_called", seen_by=STAFF_ONLY),
                            lambda: Max("of_site_name"),
                        ),
                    ),
                    stacked_by="kind",
                ),
            ),
            measures=(Measure(Column("times", _("Times"), Type.NUMBER), lambda: Count("id")),),
        ),
        chart=Chart(tones=TONES),
    )
)
