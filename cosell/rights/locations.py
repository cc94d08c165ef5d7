"""The places at which a partner works: they are added, corrected, closed and opened again, and never deleted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.actions.ground import demand, demand_site, lock
from identity.actors import Actor
from identity.audit import record
from identity.models import Site
from identity.privileges import Refusal

from ..models import Location, ProfileLocation, ProfileState, PublishedLocation
from .granting import reach_of
from .possible import why_not_grant_roles

LAST = Refusal(
    _("This is the last location of your site that is open, and deals need one."),
    _("Add another location first; then this one can be closed."),
)
NAMED = Refusal(
    _("A business profile names this location, and customers who find it write there."),
    _(
        "Whoever keeps your business profiles can take the location out of the profile, or withdraw the profile."
    ),
)
CLOSED = Refusal(_("This location is closed."), _("It can be opened again on its page."))
OPEN = Refusal(_("This location is open."), _("Nothing has to be done."))
OF_SOME = Refusal(
    _("You are an account administrator of some locations, and change these alone."),
    _("A primary or secondary contact, or an account administrator of the whole company, can do it."),
)


@dataclass(frozen=True, slots=True)
class Place:
    """What is written of a location. `country` is its ISO 3166-1 code."""

    name: str
    city: str
    country: str
    address_line1: str = ""
    address_line2: str = ""
    state: str = ""
    postal_code: str = ""
    contact_email: str = ""


class NameTaken(Exception):
    """Another open location of the site has this name."""


class LocationChanged(Exception):
    """Somebody changed the location since it was shown. `location` is as it is now."""

    def __init__(self, location: Location) -> None:
        super().__init__(location.version)
        self.location = location


def why_not_add(by: Actor) -> Refusal | None:
    return why_not_grant_roles(by) or (None if reach_of(by) is None else OF_SOME)


def why_not_edit(location: Location, by: Actor) -> Refusal | None:
    if refused := why_not_grant_roles(by):
        return refused
    reach = reach_of(by)
    return None if reach is None or location.id in reach else OF_SOME


def why_not_close(location: Location, by: Actor) -> Refusal | None:
    if refused := why_not_add(by):
        return refused
    if location.closed_at is not None:
        return CLOSED
    others = Location.objects.filter(site_id=location.site_id, closed_at__isnull=True).exclude(id=location.id)
    if not others.exists():
        return LAST
    return NAMED if _is_named(location) else None


def _is_named(location: Location) -> bool:
    """Whether customers find it in a business profile, or will when what waits is live."""
    waiting = ProfileLocation.objects.filter(location=location, profile__state=ProfileState.WAITING)
    return PublishedLocation.objects.filter(location=location).exists() or waiting.exists()


def why_not_reopen(location: Location, by: Actor) -> Refusal | None:
    return why_not_add(by) or (OPEN if location.closed_at is None else None)


def open_deals(location: Location) -> int:
    """How many deals of this location are not closed, whether or not the actor sees them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cosell_open_deals(%s)", [location.id])
        return int(cursor.fetchone()[0])


@transaction.atomic
def add_location(place: Place, *, by: Actor, now: datetime) -> Location:
    """Raises NotAllowed, NameTaken."""
    demand(why_not_add(by))
    location = Location(site=Site.objects.get(id=demand_site(by)), **asdict(place))
    _save(location)
    _record("added", location, by=by, now=now)
    return location


@transaction.atomic
def edit_location(
    location: Location, place: Place, *, version: int | None, by: Actor, now: datetime
) -> Location:
    """Correct name, address or contact; deals keep its former name. Raises NotAllowed, NameTaken, LocationChanged."""
    demand(why_not_edit(location, by))
    held = _held(location, version)
    changes = {
        name: [getattr(held, name), value]
        for name, value in asdict(place).items()
        if getattr(held, name) != value
    }
    if not changes:
        return held
    for name, (_was, value) in changes.items():
        setattr(held, name, value)
    held.version += 1
    _save(held)
    _record("edited", held, by=by, now=now, changes=changes)
    return held


@transaction.atomic
def close_location(location: Location, *, version: int | None = None, by: Actor, now: datetime) -> Location:
    """Nothing new comes here; what is open goes on, and roles at it stay. Raises NotAllowed, LocationChanged."""
    demand(why_not_add(by))
    lock("cosell-locations", demand_site(by))  # of two who close the last two at once, one is refused
    held = _held(location, version)
    demand(why_not_close(held, by))
    held.closed_at, held.version = now, held.version + 1
    _save(held)
    _record("closed", held, by=by, now=now)  # not how many deals are open: the vendor may read this
    return held


@transaction.atomic
def reopen_location(location: Location, *, version: int | None = None, by: Actor, now: datetime) -> Location:
    """Raises NotAllowed, NameTaken, LocationChanged."""
    demand(why_not_add(by))
    held = _held(location, version)
    demand(why_not_reopen(held, by))
    held.closed_at, held.version = None, held.version + 1
    _save(held)
    _record("reopened", held, by=by, now=now)
    return held


def _held(location: Location, version: int | None) -> Location:
    held = Location.objects.select_for_update(of=("self",)).get(id=location.id)
    if version is not None and held.version != version:
        raise LocationChanged(held)
    return held


def _save(location: Location) -> None:
    try:
        with transaction.atomic():
            location.save()
    except IntegrityError as error:
        if "location_name_once" in str(error):
            raise NameTaken from None
        raise


def _record(event: str, location: Location, *, by: Actor, now: datetime, **detail: Any) -> None:
    record(
        f"cosell_location.{event}", by=by, now=now, object_type="cosell_location", object_id=location.public_id,
        label=location.name, site_id=location.site_id, **detail,
    )  # fmt: skip


def in_order() -> Any:
    """Locations as lists have them: the open ones first, by name."""
    return Location.objects.order_by(F("closed_at").desc(nulls_first=True), "name", "id")
