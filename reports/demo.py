"""The demo world's files and schedules: some people asked for a file a moment ago, and have a report sent every week.

The demo's worker makes the files once it runs, as it would anybody's.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from identity import tenancy
from identity.demo import World, member_actor
from identity.models import Membership, Standing
from identity.privileges import Privilege

from .downloads import Wanted
from .exports import begin_export
from .files import Format
from .models import Every
from .schedules import Plan, make_schedule
from .schedules_views import colleagues_who_may
from .sources import LIST, listing_of

DEALS = Wanted("deals", "show=all", LIST, Format.XLSX)
PIPELINE = Wanted("deal-pipeline", "level=summary&by=month", "summary", Format.XLSX)
FOR_TOOLS = Wanted("deal-pipeline", "", "detail", Format.PARQUET)
SITES = 3


def build(world: World) -> None:
    for site in (*world.sites[: SITES - 1], world.sites[7]):
        primary = next(m for m in world.members[site.id] if m.standing == Standing.PRIMARY)
        if {Privilege.REPORT_VIEW, Privilege.DEAL_VIEW} <= member_actor(primary).privileges:
            _of(primary, world)


def _of(member: Membership, world: World) -> None:
    by = member_actor(member)
    zone = ZoneInfo(by.time_zone)
    with tenancy.scope(by), translation.override(member.user.language or "en"), timezone.override(zone):
        for wanted in (DEALS, FOR_TOOLS):
            begin_export(wanted, by=by, now=world.now)
        listing = listing_of(PIPELINE.source)
        readers = [each.id for each in colleagues_who_may(listing, by)][:2]
        plan = Plan(
            str(listing.label)[:80], Every.WEEK, 8, weekday=0, attached=True, colleagues=tuple(readers)
        )
        make_schedule(PIPELINE, plan, by=by, now=world.now)
