"""Every change of a business profile."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from identity.access import PrivilegeMissing
from identity.actors import Actor
from identity.audit import record
from identity.models import Site
from identity.privileges import Privilege, Refusal

from ..models import Location, Profile, ProfileLocation, ProfileState
from . import notices, possible
from .content import ProfileContent, problems_of
from .logos import LOGOS, Logo
from .publishing import take_down, write_published
from .states import state_before_changes

S = ProfileState


class ProfileChanged(Exception):
    """Somebody changed the profile since it was shown. `profile` is as it is now."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(profile.version)
        self.profile = profile


class ProfileExists(Exception):
    """The site has a profile for this country already: `profile`."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(profile.country)
        self.profile = profile


class BadProfile(Exception):
    """What a profile would say is refused; `errors` tells why, by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(errors)
        self.errors = errors


class NotPossible(Exception):
    """The profile's state does not allow this; `refusal` says why, and who can change it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal.reason))
        self.refusal = refusal


# ------------------------------------------------------------------------------------------ the partner


@transaction.atomic
def make_profile(
    country: str, content: ProfileContent, *, logo: Logo | None = None, by: Actor, now: datetime
) -> Profile:
    """Begin a draft for a country. Raises PrivilegeMissing, BadProfile, ProfileExists, OSError (no room on disk)."""
    _demand(possible.why_not_editing(by))
    _demand_good(content)
    assert by.site_id is not None
    existing = Profile.objects.filter(site_id=by.site_id, country=country).first()
    if existing is not None:
        raise ProfileExists(existing)
    site = Site.objects.only("name", "number").get(id=by.site_id)
    profile = Profile(
        site=site, site_name=site.name, site_number=site.number, country=country, created_at=now, changed_at=now,
        changed_by_name=by.name[:120], **content.columns(),
    )  # fmt: skip
    if logo is not None:
        _take(profile, logo)
    try:
        with transaction.atomic():
            profile.save()
    except IntegrityError as error:
        if "profile_once_a_country" not in str(error):
            raise
        # A colleague was quicker.
        raise ProfileExists(Profile.objects.get(site_id=by.site_id, country=country)) from None
    _set_locations(profile, content.locations)
    _audit("made", profile, by=by, now=now)
    return profile


@transaction.atomic
def edit_profile(
    profile: Profile,
    content: ProfileContent,
    *,
    logo: Logo | None = None,
    without_logo: bool = False,
    version: int | None,
    by: Actor,
    now: datetime,
) -> Profile:
    """Change what the partner's copy says; what is public stays as it is. What waited has to be published again.

    Where nothing changes, all stays as it is: so what was stopped is not published as it was, nor anything taken back
    by who only looked. Raises PrivilegeMissing, BadProfile, ProfileChanged, OSError.
    """
    _demand(possible.why_not_editing(by))
    held = _held(profile, version)
    _demand_good(content)
    if logo is None and not (without_logo and held.logo) and _says(held, content):
        return held
    held.state = state_before_changes(held.is_public)
    held.live_at = None
    for name, value in content.columns().items():
        setattr(held, name, value)
    if logo is not None:
        _take(held, logo)
    elif without_logo:
        _take_off(held)
    held.changed_by_name, held.changed_at = by.name[:120], now
    held.version += 1
    held.save()
    _set_locations(held, content.locations)
    _audit("edited", held, by=by, now=now)
    return held


@transaction.atomic
def publish(profile: Profile, *, version: int | None, by: Actor, now: datetime) -> Profile:
    """Hand it in: it goes live by itself after COSELL_PROFILE_LIVE_HOURS, unless staff stop it or are quicker.

    Raises PrivilegeMissing, ProfileChanged, NotPossible: also while something is missing.
    """
    held = _held_for(possible.why_not_publish, profile, version, by)
    live_at = now + timedelta(hours=settings.COSELL_PROFILE_LIVE_HOURS)
    _move(
        held, S.WAITING, published_at=now, published_by_name=by.name[:120], live_at=live_at, reason="",
        decided_at=None, decided_by_name="",
    )  # fmt: skip
    _audit("published", held, by=by, now=now)
    notices.tell_staff(notices.WAITS, held, by=by, now=now)
    return held


@transaction.atomic
def take_back(profile: Profile, *, version: int | None, by: Actor, now: datetime) -> Profile:
    """It does not go live; go on changing it. Raises PrivilegeMissing, ProfileChanged, NotPossible."""
    held = _held_for(possible.why_not_take_back, profile, version, by)
    _move(held, state_before_changes(held.is_public), live_at=None)
    _audit("taken_back", held, by=by, now=now)
    return held


@transaction.atomic
def withdraw(profile: Profile, *, version: int | None, by: Actor, now: datetime) -> Profile:
    """Nobody finds it any more, from now on. Raises PrivilegeMissing, ProfileChanged, NotPossible."""
    held = _held_for(possible.why_not_withdraw, profile, version, by)
    take_down(held)
    _move(held, S.WITHDRAWN, is_public=False, live_at=None)
    _audit("withdrawn", held, by=by, now=now)
    return held


@transaction.atomic
def delete_draft(profile: Profile, *, version: int | None, by: Actor, now: datetime) -> None:
    """Throw away what was never published. Raises PrivilegeMissing, ProfileChanged, NotPossible."""
    held = _held_for(possible.why_not_delete, profile, version, by)
    _audit("deleted", held, by=by, now=now)
    ProfileLocation.objects.filter(profile=held).delete()
    held.delete()


# ------------------------------------------------------------------------------------------ the vendor, and the clock


@transaction.atomic
def approve(profile: Profile, *, version: int | None = None, by: Actor, now: datetime) -> Profile:
    """Let it go live at once. Raises PrivilegeMissing, ProfileChanged, NotPossible."""
    held = _held_for(possible.why_not_approve, profile, version, by)
    _go_live(held, by=by, now=now, decided_at=now, decided_by_name=by.name[:120])
    return held


@transaction.atomic
def stop(profile: Profile, *, reason: str, version: int | None = None, by: Actor, now: datetime) -> Profile:
    """What waits does not go live (what was live before stays); what is live is taken away.

    Raises PrivilegeMissing, ProfileChanged, NotPossible; BadProfile without a reason.
    """
    held = _held_for(possible.why_not_stop, profile, version, by)
    if not reason.strip():
        raise BadProfile({"reason": [notices.say_why()]})
    stays = held.is_public and held.state == S.WAITING
    if held.is_public and not stays:
        take_down(held)
    _move(
        held, S.STOPPED, is_public=stays, live_at=None, reason=reason.strip()[:1000], decided_at=now,
        decided_by_name=by.name[:120],
    )  # fmt: skip
    _audit("stopped", held, by=by, now=now)
    notices.tell_site(notices.STOPPED, held, by=by, now=now)
    return held


def go_live_due(*, now: datetime, limit: int = 200) -> int:
    """Make live what has waited long enough; returns how many. For the clock: in a scope of the system's, each in a
    transaction of its own; safe to run twice and beside another.
    """
    count = 0
    due = Profile.objects.filter(state=S.WAITING, live_at__lte=now).order_by("live_at", "id")
    for profile_id in list(due.values_list("id", flat=True)[:limit]):
        with transaction.atomic():
            held = Profile.objects.select_for_update(skip_locked=True).filter(
                id=profile_id, state=S.WAITING, live_at__lte=now
            )
            for profile in held:
                _go_live(profile, by=Actor.system(), now=now)
                count += 1
    return count


def _go_live(held: Profile, *, by: Actor, now: datetime, **decided: Any) -> None:
    write_published(held, now=now)
    _move(held, S.LIVE, is_public=True, live_since=now, live_at=None, **decided)
    _audit("live", held, by=by, now=now)
    notices.tell_site(notices.LIVE, held, by=by, now=now)


# ------------------------------------------------------------------------------------------ the ground


def _demand(refusal: Refusal | None, privilege: Privilege = Privilege.PROFILE_EDIT) -> None:
    if refusal:
        raise PrivilegeMissing(refusal, privilege)


def _demand_good(content: ProfileContent) -> None:
    if problems := problems_of(content):
        raise BadProfile(problems)


def _says(profile: Profile, content: ProfileContent) -> bool:
    """Whether the partner's copy says just this already."""
    places = list(profile.locations.order_by("position").values_list("location_id", flat=True))
    columns = content.columns()
    return places == [place.id for place in content.locations] and all(
        getattr(profile, name) == value for name, value in columns.items()
    )


def _held(profile: Profile, version: int | None) -> Profile:
    """As it is now, until the transaction ends. Raises Profile.DoesNotExist, ProfileChanged."""
    held = Profile.objects.select_for_update().get(id=profile.id)
    if version is not None and held.version != version:
        raise ProfileChanged(held)
    return held


OF_THE_VENDOR = (possible.why_not_approve, possible.why_not_stop)


def _held_for(
    rule: Callable[[Profile, Actor], Refusal | None], profile: Profile, version: int | None, by: Actor
) -> Profile:
    if rule in OF_THE_VENDOR:
        _demand(possible.why_not_deciding(by), Privilege.COSELL_DECIDE)
    else:
        _demand(possible.why_not_editing(by))
    held = _held(profile, version)
    if refusal := rule(held, by):
        raise NotPossible(refusal)
    return held


def _move(held: Profile, state: ProfileState, **columns: Any) -> None:
    changed = columns | {"state": state, "version": held.version + 1}
    for name, value in changed.items():
        setattr(held, name, value)
    held.save(update_fields=list(changed))


def _set_locations(profile: Profile, locations: tuple[Location, ...]) -> None:
    ProfileLocation.objects.filter(profile=profile).delete()
    ProfileLocation.objects.bulk_create(
        ProfileLocation(site_id=profile.site_id, profile=profile, location=location, position=position)
        for position, location in enumerate(locations, 1)
    )


def _take(profile: Profile, logo: Logo) -> None:
    """The file of the one before is kept while a public copy bears it, and swept up then."""
    stored = LOGOS.keep(io.BytesIO(logo.content))
    profile.logo, profile.logo_sha256, profile.logo_size = stored.name, stored.sha256, stored.size
    profile.logo_type, profile.logo_width, profile.logo_height = logo.media_type, logo.width, logo.height


def _take_off(profile: Profile) -> None:
    profile.logo = profile.logo_sha256 = profile.logo_type = ""
    profile.logo_size = profile.logo_width = profile.logo_height = 0


def _audit(event: str, profile: Profile, *, by: Actor, now: datetime) -> None:
    detail = {"reason": profile.reason} if event == "stopped" else {}
    record(
        f"profile.{event}", by=by, now=now, object_type="profile", object_id=profile.public_id,
        label=f"{profile.name} ({profile.country})", site_id=profile.site_id, **detail,
    )  # fmt: skip
