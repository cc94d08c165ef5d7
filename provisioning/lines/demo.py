"""What partners of the demo world have to set up: lines on their way, mailed, closed and opened again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle

from django.db.models import Q

from identity import tenancy
from identity.actors import Actor
from identity.demo import World, member_actor
from identity.models import Site, StaffRole
from identity.privileges import Privilege
from pricing.models import Part, PartType

from ..catalogue.actions import add_setup
from ..models import Family, LineStatus, PartSetup, Service, SetupLine
from ..wizard.onboarding import begin
from . import actions, demo_orders
from .demo_contacts import BEGUN, FIRST_OF_ALL
from .due import run_due
from .taking_up import take_up_due
from .times import day_there

SINCE = 10  # days for which lines have been taken up, mailed and closed
SETUPS = (
    (Family.A_FLEX, [Service.CALLING, Service.MEETINGS, Service.MESSAGING]),
    (Family.A_WX, [Service.MEETINGS]),
    (Family.A_SPK, [Service.MESSAGING, Service.CALLING]),
)


def build(world: World) -> None:
    """The vendor says which parts are set up; then ten days go by, and partners do what is to be done."""
    _say_what_is_set_up(world)
    refused = demo_orders.build(world)
    for days in range(SINCE, 0, -1):
        now = world.now - timedelta(days=days)
        take_up_due(now=now)
        run_due(now=now)
    for site in world.sites:
        by = next(iter(_orderers(world, site)), None)
        if by is not None:
            _work_on(world, by)
    demo_orders.turn_down(world, refused)
    _begin(world)
    run_due(now=world.now)


def _say_what_is_set_up(world: World) -> None:
    by = world.of_staff(StaffRole.CHANNEL_OPERATIONS)
    parts = Part.objects.filter(type=PartType.SAAS, is_active=True).order_by("number")
    known = set(PartSetup.objects.values_list("part_id", flat=True))
    for part, (family, services) in zip(parts, cycle(SETUPS), strict=False):
        if part.id not in known:
            with tenancy.scope(by):
                add_setup(part, family=family, services=[*services], by=by, now=world.now)


def _orderers(world: World, site: Site) -> Iterator[Actor]:
    for member in world.members[site.id]:
        person = member_actor(member)
        if person.may(Privilege.ORDER_PLACE):
            yield person


def _work_on(world: World, by: Actor) -> None:
    """Of what a reseller has: the first closed line is opened again, one contact changed, one mail sent again."""
    now = world.now - timedelta(hours=5)
    with tenancy.scope(by):
        closed = SetupLine.objects.filter(status=LineStatus.CLOSED, onboarded_at=None).order_by("id").first()
        waiting = list(SetupLine.objects.filter(status=LineStatus.AWAITING_DETAILS).order_by("id")[:3])
        if closed is not None:
            start_on = day_there(now, closed.time_zone) + timedelta(days=12)
            actions.reopen_line(closed, start_on=start_on, by=by, now=now)
        if len(waiting) > 1:
            email = f"cloud@{waiting[0].contact_email.rpartition('@')[2]}"
            actions.change_contact(waiting[0], email=email, by=by, now=now)
        if len(waiting) > 2:
            actions.resend_link(waiting[1], by=by, now=now)


def _begin(world: World) -> None:
    """Some have looked at the first steps, and left again."""
    begun = [Q(contact_email__startswith=f"{name}@") for name in (BEGUN, FIRST_OF_ALL)]
    for line in SetupLine.objects.filter(begun[0] | begun[1]):
        guest = Actor.guest(
            line.id, site_id=line.reseller_id, name=line.contact_email, language=line.contact_language,
            time_zone=line.time_zone,
        )  # fmt: skip
        with tenancy.scope(guest):
            begin(line, by=guest, now=world.now - timedelta(hours=3))
