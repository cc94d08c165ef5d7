"""What has to be known in the demo world, and forms on which all of it is known, some, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from identity import tenancy
from identity.actors import Actor
from identity.demo import World, member_actor
from identity.models import Site, StaffRole
from identity.privileges import Privilege

from ..catalogue.actions import add_element, change
from ..models import ElementKind, PartElement, PartSetup, Service, SetupLine, SetupRules
from .chasing import chase_due
from .filling import fill_in
from .form import Element, elements_of
from .taking_up import ASKED_OF, take_up_elements

SINCE = 10  # days for which forms have been asked for
EVERY = 2  # days after which partners are asked again: some were asked in vain by now
FILLED = 9  # forms of a reseller that somebody has looked at
CONTACT: dict[str, Any] = {
    "name": "Network contact", "kind": ElementKind.EMAIL, "position": 10,
    "help": "Whom engineers write to when something does not work.",
}  # fmt: skip
#: By the service that wants it.
ASKED: dict[str, tuple[dict[str, Any], ...]] = {
    Service.CALLING: (
        {"name": "Main number", "position": 20, "help": "With the country code."},
        {"name": "Numbers to be moved", "kind": ElementKind.NUMBER, "position": 30, "required": False},
        {"name": "First day of calling", "kind": ElementKind.DATE, "position": 40, "required": False},
    ),
    Service.MEETINGS: (
        {"name": "Rooms with video", "kind": ElementKind.NUMBER, "position": 50},
        {"name": "Recordings", "kind": ElementKind.CHOICE, "choices": ["Kept for a year", "Kept for a month", "None"],
         "position": 60},
    ),
}  # fmt: skip
KNOWN = {
    ElementKind.TEXT: "+20 2 5550 0144",
    ElementKind.NUMBER: "12",
    ElementKind.TIME_ZONE: "Africa/Cairo",
}


def build(world: World) -> None:
    """The vendor says what has to be known; partners fill in some of it, and are asked for the rest."""
    began = world.now - timedelta(days=SINCE)
    _say_what_is_asked(world, began)
    take_up_elements(now=began)
    for site in world.sites:
        if by := next(_orderers(world, site), None):
            _fill_in(site, by, began + timedelta(hours=5))
    for days in range(SINCE - 1, -1, -1):
        chase_due(now=world.now - timedelta(days=days))


def _say_what_is_asked(world: World, now: datetime) -> None:
    by = world.of_staff(StaffRole.CHANNEL_OPERATIONS)
    with tenancy.scope(by):
        rules = SetupRules.objects.get(id=1)
        change(rules, {"chase_days": EVERY}, version=rules.version, by=by, now=now)
        known = set(PartElement.objects.values_list("part_id", flat=True))
        for setup in PartSetup.objects.select_related("part").order_by("part__number"):
            if setup.part_id not in known:
                for asked in (CONTACT, *(each for name in setup.services for each in ASKED.get(name, ()))):
                    add_element(setup.part, asked, by=by, now=now)


def _orderers(world: World, site: Site) -> Iterator[Actor]:
    people = (member_actor(member) for member in world.members[site.id])
    return (person for person in people if person.may(Privilege.ORDER_PLACE))


def _fill_in(site: Site, by: Actor, now: datetime) -> None:
    """Of every three forms, one is complete, one has the first thing alone, and one nothing."""
    with tenancy.scope(by):
        lines = SetupLine.objects.filter(reseller=site, status__in=ASKED_OF).order_by("-id")
        for place, line in enumerate(lines[:FILLED]):
            elements = elements_of(line)
            done = (elements, elements[:1], [])[place % 3]
            if done:
                values = {each.row.element: _known(each, line, now) for each in done}
                fill_in(line, values, version=None, by=by, now=now)


def _known(each: Element, line: SetupLine, now: datetime) -> str:
    if each.kind == ElementKind.EMAIL:
        return line.contact_email
    if each.kind == ElementKind.DATE:
        return (now.date() + timedelta(days=20)).isoformat()
    if each.kind == ElementKind.CHOICE:
        return each.choices[0]
    return KNOWN[ElementKind(each.kind)]
