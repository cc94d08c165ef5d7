"""Every change of what a site notes of a renewal. Nobody else sees it, the vendor and the other site on it included.

There is one note of each item at a site, made with the first thing that is noted. Its version is what somebody saw
who changes it: 0 while there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.actors import Actor
from identity.audit import record
from identity.models import Membership, MembershipStatus

from ..models import LostReason, RenewalItem, RenewalWork
from ..notices import tell_of_assignment

LONGEST_SNOOZE = timedelta(days=366)
MOST = 100  # items at once


class NotAPartner(Exception):
    """Only somebody who works for a site notes anything."""


class WorkChanged(Exception):
    """A colleague noted something since this was shown. `work` is as it is now."""

    def __init__(self, work: RenewalWork) -> None:
        super().__init__(work.version)
        self.work = work


class ItemSettled(Exception):
    """The renewal is over: there is nothing left to do about it."""


class ColleagueUnknown(Exception):
    """The person named is not an active member of the site."""


class BadDay(Exception):
    """A renewal is put off until a day to come, within a year."""


class ReasonMissing(Exception):
    """A renewal is lost for a reason; for “another” one, in words."""


class TooManyItems(Exception):
    """At most MOST renewals are changed at once."""


Change = Callable[[RenewalWork], dict[str, Any]]


def note_item(
    item: RenewalItem, *, text: str, by: Actor, now: datetime, version: int | None = None
) -> RenewalWork:
    """Write the site's note of an item anew. Raises WorkChanged, NotAPartner."""
    return _change(item, "noted", lambda work: {"note": text}, by=by, now=now, version=version, settled=True)


def assign_item(
    item: RenewalItem, *, to: str, by: Actor, now: datetime, version: int | None = None
) -> RenewalWork:
    """Give an item to a colleague (the public id of their membership, or "me"), who is told; "": to nobody.

    Raises WorkChanged, ItemSettled, ColleagueUnknown, NotAPartner.
    """
    colleague = _colleague(to, by)
    work = _assign(item, colleague, by=by, now=now, version=version)
    if colleague is not None:
        tell_of_assignment(colleague, [item], by=by, now=now)
    return work


def snooze_item(
    item: RenewalItem, *, until: date, by: Actor, now: datetime, version: int | None = None
) -> RenewalWork:
    """Put an item off: it is back on this day. Raises WorkChanged, ItemSettled, BadDay, NotAPartner."""
    today = timezone.localdate(now)
    if not today < until <= today + LONGEST_SNOOZE:
        raise BadDay
    changes = {"snoozed_until": until}
    return _change(item, "put_off", lambda work: changes, by=by, now=now, version=version)


def lose_item(
    item: RenewalItem, *, reason: str, text: str, by: Actor, now: datetime, version: int | None = None
) -> RenewalWork:
    """Note that the customer will not renew, and why. Raises WorkChanged, ItemSettled, ReasonMissing, NotAPartner."""
    if reason not in LostReason.values or (reason == LostReason.OTHER and not text.strip()):
        raise ReasonMissing
    changes = {"lost_reason": reason, "lost_text": text.strip(), "lost_at": now, "snoozed_until": None}
    return _change(item, "lost", lambda work: changes, by=by, now=now, version=version)


def bring_back(item: RenewalItem, *, by: Actor, now: datetime, version: int | None = None) -> RenewalWork:
    """Take up again what was put off or lost. Raises WorkChanged, ItemSettled, NotAPartner."""
    changes = {"lost_reason": "", "lost_text": "", "lost_at": None, "snoozed_until": None}
    return _change(item, "brought_back", lambda work: changes, by=by, now=now, version=version)


# ------------------------------------------------------------------------------------------------ several at once

# Why an item was left as it is, by the code that the API gives.
LEFT: dict[str, str | Promise] = {
    "not_found": _("There is no such renewal."),
    "settled": _("It is over."),
    "changed": _("A colleague noted something since you saw it. Open it and look again."),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item by its public id, and the version of what is noted of it as it was seen; None: whichever it has."""

    public_id: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of them. `left` is a code of LEFT; empty when it was done."""

    item: RenewalItem | None
    public_id: str
    left: str = ""


def assign_together(chosen: Sequence[Chosen], *, to: str, by: Actor, now: datetime) -> list[Outcome]:
    """Give several items to a colleague, who is told once. Raises TooManyItems, ColleagueUnknown, NotAPartner."""
    colleague = _colleague(to, by)
    outcomes = _each(chosen, lambda item, version: _assign(item, colleague, by=by, now=now, version=version))
    done = [outcome.item for outcome in outcomes if outcome.item is not None and not outcome.left]
    if colleague is not None and done:
        tell_of_assignment(colleague, done, by=by, now=now)
    return outcomes


def snooze_together(chosen: Sequence[Chosen], *, until: date, by: Actor, now: datetime) -> list[Outcome]:
    """Put several items off. Raises TooManyItems, BadDay, NotAPartner."""
    return _each(
        chosen, lambda item, version: snooze_item(item, until=until, by=by, now=now, version=version)
    )


def bring_back_together(chosen: Sequence[Chosen], *, by: Actor, now: datetime) -> list[Outcome]:
    """Take several items up again. Raises TooManyItems, NotAPartner."""
    return _each(chosen, lambda item, version: bring_back(item, by=by, now=now, version=version))


def _each(chosen: Sequence[Chosen], act: Callable[[RenewalItem, int | None], RenewalWork]) -> list[Outcome]:
    """Act on each item once, each in a savepoint of its own; in one order, so that nobody waits for each other."""
    if len(chosen) > MOST:
        raise TooManyItems
    versions = {each.public_id: each.version for each in chosen}
    found = {item.public_id: item for item in RenewalItem.objects.filter(public_id__in=versions)}
    left: dict[str, str] = {}
    for public_id, item in sorted(found.items(), key=lambda each: each[1].id):
        try:
            with transaction.atomic():
                act(item, versions[public_id])
        except ItemSettled:
            left[public_id] = "settled"
        except WorkChanged:
            left[public_id] = "changed"
    return [
        Outcome(found.get(each), each, left.get(each, "" if each in found else "not_found"))
        for each in versions
    ]


# ------------------------------------------------------------------------------------------------ the ground


def _assign(
    item: RenewalItem, colleague: Membership | None, *, by: Actor, now: datetime, version: int | None
) -> RenewalWork:
    changes = {"assigned": colleague, "assigned_name": colleague.name if colleague else ""}
    event = "assigned" if colleague else "assigned_to_nobody"
    detail: dict[str, Any] = {"to": colleague.public_id, "to_name": colleague.name} if colleague else {}
    return _change(item, event, lambda work: changes, by=by, now=now, version=version, **detail)


def _colleague(to: str, by: Actor) -> Membership | None:
    if not to:
        return None
    here = Membership.objects.filter(site_id=by.site_id, status=MembershipStatus.ACTIVE)
    found = here.filter(id=by.membership_id) if to == "me" else here.filter(public_id=to)
    colleague = found.first()
    if colleague is None:
        raise ColleagueUnknown
    return colleague


@transaction.atomic
def _change(
    item: RenewalItem,
    event: str,
    changes: Change,
    *,
    by: Actor,
    now: datetime,
    version: int | None,
    settled: bool = False,
    **detail: Any,
) -> RenewalWork:
    """Change what the site notes of an item, and audit that; `settled`: of one that is over, too.

    The note itself is not audited: the vendor reads the audit trail.
    """
    if not by.is_partner or by.site_id is None:
        raise NotAPartner
    if item.settled_on is not None and not settled:
        raise ItemSettled
    work = _locked(item, by=by, now=now)
    if version is not None and work.version != version:
        raise WorkChanged(work)
    columns = changes(work)
    for name, value in columns.items():
        setattr(work, name, value)
    work.version += 1
    work.updated_at, work.updated_by_name = now, by.name
    work.save(update_fields=[*columns, "version", "updated_at", "updated_by_name"])
    record(
        f"renewal.{event}", by=by, now=now, object_type="renewal", object_id=item.public_id, label=str(item),
        **detail,
    )  # fmt: skip
    return work


def _locked(item: RenewalItem, *, by: Actor, now: datetime) -> RenewalWork:
    """The site's note of the item, held until the transaction ends; made if there is none. Raises DoesNotExist."""
    # A foreign key is checked above the policies: whoever does not see the item notes nothing of it.
    seen = RenewalItem.objects.only("id").get(id=item.id)
    first = {"version": 0, "updated_at": now, "updated_by_name": by.name}
    work, _made = RenewalWork.objects.select_for_update().get_or_create(
        site_id=by.site_id, item=seen, defaults=first
    )
    return work
