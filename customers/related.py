"""A site's customers as a list: its address, its columns and its files.

It is no report: reports are a tool that a primary contact grants one by one, while whose customers a site's are is
what all of its people have to know. The vendor's people see the same list of all sites.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, QuerySet, Value, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.access import demand
from identity.actors import Actor, Kind
from identity.places import countries
from identity.privileges import Privilege
from reports.columns import Column, Type, seen_by
from reports.listings import Listing, register
from reports.sources import offer
from reports.tables import Table

from .models import Relationship, RelationshipRole
from .queries import Phase, day_of, over_on, relationships, with_customer_named

ORDER = ("customer__search_name", "valid_from", "id")
READERS = (
    Privilege.MEMBER_VIEW,
    Privilege.SITE_VIEW,
)  # everybody at a site; the vendor's people who look at sites
TONES = {Phase.CURRENT: "good", Phase.UPCOMING: "info", Phase.ENDED: "neutral"}
VENDOR = frozenset({Kind.STAFF})


class Related(Listing):
    """The list is for every member of a site, and for the vendor's people who may look at sites."""

    __slots__ = ()

    def open_to(self, actor: Actor) -> bool:
        return any(actor.may(privilege) for privilege in READERS)

    def demand(self, actor: Actor) -> None:
        demand(actor, *READERS)


RELATED = register(
    Related(
        key="customers",
        label=_("Customers"),
        url_name="customers:list",
        privilege=Privilege.MEMBER_VIEW,
        parameters=("show", "q", "site"),
    )
)

COLUMNS = (
    Column("customer", _("Customer"), field="customer__name", width=36),
    Column("number", _("Customer number"), Type.CODE, field="customer__number", width=12),
    Column("country", _("Country"), field="customer__country", words=countries, width=20),
    Column("site", _("Site"), field="site__name", seen_by=VENDOR, width=30),
    Column("site_number", _("Site number"), Type.CODE, field="site__number", seen_by=VENDOR, width=12),
    Column("role", _("Role"), words=lambda: _words(RelationshipRole.choices), width=14),
    Column("phase", _("Status"), words=lambda: _words(Phase.choices), width=12),
    Column("valid_from", _("Valid from"), Type.DATE),
    Column("valid_to", _("Valid until"), Type.DATE),
)


def _words(choices: Iterable[tuple[str, str | Promise]]) -> dict[str, str]:
    return {value: str(label) for value, label in choices}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list's address asks for. `phase` is None for all of them."""

    phase: Phase | None
    text: str
    site: str  # a site number, for the vendor


def wanted_in(asked: QueryDict, actor: Actor) -> Wanted:
    """What is asked of the list; what says nothing is left out."""
    show = asked.get("show", Phase.CURRENT)
    return Wanted(
        phase=Phase(show) if show in Phase.values else None,
        text=_plain(asked.get("q", ""))[:200],
        site=_plain(asked.get("site", ""))[:7] if actor.is_staff else "",
    )


def _plain(text: str) -> str:
    return "" if "\0" in text else text.strip()


def rows(wanted: Wanted, day: date) -> QuerySet[Relationship]:
    """The relationships that fit, unordered, each with its `phase` on this day."""
    found = relationships(wanted.phase, day) if wanted.phase else Relationship.objects.all()
    if wanted.text:
        found = with_customer_named(found, wanted.text)
    if wanted.site:
        found = found.filter(site__number=wanted.site)
    return found.annotate(phase=_phase_on(day))


def _phase_on(day: date) -> Case:
    """As queries.Phase.of says it."""
    return Case(
        When(over_on(day), then=Value(Phase.ENDED.value)),
        When(valid_from__lte=day, then=Value(Phase.CURRENT.value)),
        default=Value(Phase.UPCOMING.value),
        output_field=CharField(),
    )


def as_table(query: str, actor: Actor) -> Table:
    """What the list shows on all its pages."""
    wanted = wanted_in(QueryDict(query), actor)
    found = rows(wanted, day_of(timezone.now()))
    return Table(str(RELATED.label), seen_by(actor, COLUMNS), found.order_by(*ORDER))


offer(RELATED, as_table)
