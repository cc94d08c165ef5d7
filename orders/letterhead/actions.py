"""Changing what stands at the head of a site's papers."""

from __future__ import annotations

import io
from datetime import datetime

from django.db import IntegrityError, transaction

from identity.access import PrivilegeMissing, demand
from identity.actors import Actor, Kind
from identity.audit import record
from identity.privileges import Privilege, Refusal

from ..models import Letterhead
from .logos import LOGOS, Logo
from .words import only_resellers


class LetterheadChanged(Exception):
    """Somebody changed it after it was shown. `now` is how it is now."""

    def __init__(self, now: Letterhead) -> None:
        super().__init__(now.version)
        self.now = now


def may_not(by: Actor) -> Refusal | None:
    """Why somebody does not change the site's letterhead; None if they do."""
    try:
        demand_may(by)
    except PrivilegeMissing as missing:
        return missing.refusal
    return None


def demand_may(by: Actor) -> None:
    """Raises PrivilegeMissing for all but the primary and secondary contacts of a reseller."""
    demand(by, Privilege.MEMBER_MANAGE)
    if by.kind is not Kind.RESELLER:
        raise PrivilegeMissing(only_resellers(), Privilege.MEMBER_MANAGE)


@transaction.atomic
def change_letterhead(
    *,
    address: str,
    logo: Logo | None = None,
    without_logo: bool = False,
    version: int,
    by: Actor,
    now: datetime,
) -> Letterhead:
    """Change the address, and the logo if there is another one or none is wanted; `version` 0: there is none yet.

    Raises PrivilegeMissing, LetterheadChanged, OSError when the disk does not take the logo.
    """
    demand_may(by)
    assert by.site_id is not None
    letterhead = _locked(by.site_id, version, now)
    before = _told(letterhead)
    letterhead.address = address
    if logo is not None:
        _take(letterhead, logo)
    elif without_logo:
        _take_off(letterhead)
    if _told(letterhead) == before and version:
        return letterhead
    letterhead.changed_by_name = by.name[:120]
    letterhead.changed_at = now
    letterhead.version = version + 1
    letterhead.save()
    record(
        "letterhead.changed",
        by=by,
        now=now,
        object_type="letterhead",
        object_id=letterhead.id,
        before=before,
        after=_told(letterhead),
    )
    return letterhead


def _locked(site_id: int, version: int, now: datetime) -> Letterhead:
    letterhead = Letterhead.objects.select_for_update().filter(site_id=site_id).first()
    if letterhead is None:
        try:
            with transaction.atomic():
                letterhead = Letterhead.objects.create(site_id=site_id, changed_at=now)
        except IntegrityError:  # a colleague was quicker
            raise LetterheadChanged(Letterhead.objects.get(site_id=site_id)) from None
        letterhead.version = 0
    if letterhead.version != version:
        raise LetterheadChanged(letterhead)
    return letterhead


def _take(letterhead: Letterhead, logo: Logo) -> None:
    """The file of the one before is nobody's then, and swept up after a day."""
    stored = LOGOS.keep(io.BytesIO(logo.content))
    letterhead.logo, letterhead.logo_sha256, letterhead.logo_size = stored.name, stored.sha256, stored.size
    letterhead.logo_type, letterhead.width, letterhead.height = logo.media_type, logo.width, logo.height


def _take_off(letterhead: Letterhead) -> None:
    letterhead.logo = letterhead.logo_sha256 = letterhead.logo_type = ""
    letterhead.logo_size = letterhead.width = letterhead.height = 0


def _told(letterhead: Letterhead) -> dict[str, str]:
    return {"address": letterhead.address, "logo": letterhead.logo_sha256}
