"""Every change of what is kept here. Each is audited; one begun on an older version is refused.

What changes of elements comes to the forms of open lines with the next run of a job (see `elements/taking_up.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from identity.access import demand
from identity.actors import Actor
from identity.audit import record
from identity.privileges import Privilege
from pricing.models import Part

from ..models import NameWord, PartElement, PartSetup, SetupRules
from ..naming import normal, skeleton

Row = TypeVar("Row", PartSetup, PartElement, NameWord, SetupRules)
KINDS: dict[type[models.Model], str] = {
    PartSetup: "part_setup",
    PartElement: "part_element",
    NameWord: "name_word",
    SetupRules: "setup_rules",
}
MOST_ELEMENTS = 40  # of one part, retired ones included


class CatalogueChanged(Exception):
    """Somebody changed it after it was shown; `now` is how it is now."""

    def __init__(self, now: models.Model) -> None:
        super().__init__(str(now.pk))
        self.now = now


class KeptAlready(Exception):
    """The part is set up already, or has an element of this name; perhaps a retired one."""


class TooManyElements(Exception):
    """Nobody fills in a form of more than MOST_ELEMENTS."""


@transaction.atomic
def add_setup(part: Part, *, family: str, services: list[str], by: Actor, now: datetime) -> PartSetup:
    """From now on, orders of this part are set up. Raises KeptAlready, PrivilegeMissing."""
    values = {"family": family, "services": services}
    return _add(PartSetup(part=part, **values), values, by=by, now=now)


@transaction.atomic
def add_element(part: Part, values: Mapping[str, Any], *, by: Actor, now: datetime) -> PartElement:
    """Something more that has to be known; also for orders that are not set up yet.

    Raises KeptAlready, TooManyElements, PrivilegeMissing.
    """
    demand(by, Privilege.SETTING_EDIT)
    if PartElement.objects.filter(part=part).count() >= MOST_ELEMENTS:
        raise TooManyElements
    return _add(PartElement(part=part, **values), values, by=by, now=now)


@transaction.atomic
def add_words(words: Iterable[str], *, use: str, by: Actor, now: datetime) -> list[NameWord]:
    """Keep these words from being names; returns those that were not kept before. Raises PrivilegeMissing."""
    demand(by, Privilege.SETTING_EDIT)
    added = []
    for word in dict.fromkeys(normal(each) for each in words):
        row, new = NameWord.objects.get_or_create(use=use, skeleton=skeleton(word), defaults={"word": word})
        if new:
            _record("added", row, by=by, now=now, use=use)
            added.append(row)
    return added


@transaction.atomic
def change(row: Row, values: Mapping[str, Any], *, version: int, by: Actor, now: datetime) -> Row:
    """Other values for a part, an element or the days. Raises CatalogueChanged, DoesNotExist, PrivilegeMissing."""
    demand(by, Privilege.SETTING_EDIT)
    row = _seen(row, version)
    changes = {
        name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value
    }
    if changes:
        _write(row, {name: after for name, (_before, after) in changes.items()})
        _record("changed", row, by=by, now=now, changes=changes)
    return row


@transaction.atomic
def retire(row: PartElement, *, retired: bool, version: int, by: Actor, now: datetime) -> PartElement:
    """Ask for an element no longer, or again. Raises CatalogueChanged, DoesNotExist, PrivilegeMissing."""
    demand(by, Privilege.SETTING_EDIT)
    row = _seen(row, version)
    if (row.retired_at is not None) is not retired:
        _write(row, {"retired_at": now if retired else None})
        _record("retired" if retired else "taken_up_again", row, by=by, now=now)
    return row


@transaction.atomic
def remove(row: PartSetup | NameWord, *, version: int, by: Actor, now: datetime) -> None:
    """Set up a part no longer (what was ordered goes on), or let a word be used.

    Raises CatalogueChanged, DoesNotExist, PrivilegeMissing.
    """
    demand(by, Privilege.SETTING_EDIT)
    row = _seen(row, version)
    _record("removed", row, by=by, now=now)
    row.delete()


# ------------------------------------------------------------------------------------------ pieces


def object_id(row: models.Model) -> str:
    """By what the audit trail knows it."""
    if isinstance(row, PartSetup):
        return row.part.number
    return row.public_id if isinstance(row, PartElement | NameWord) else "rules"


def _add(row: Row, values: Mapping[str, Any], *, by: Actor, now: datetime) -> Row:
    demand(by, Privilege.SETTING_EDIT)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise KeptAlready from error
    _record("added", row, by=by, now=now, **values)
    return row


def _seen(row: Any, version: int) -> Any:
    found = type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    if found.version != version:
        raise CatalogueChanged(found)
    return found


def _write(row: PartSetup | PartElement | NameWord | SetupRules, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*values, "version"])


def _record(what: str, row: models.Model, *, by: Actor, now: datetime, **detail: Any) -> None:
    kind = KINDS[type(row)]
    label = row.part.number if isinstance(row, PartSetup) else str(row) if kind != "setup_rules" else ""
    record(
        f"{kind}.{what}", by=by, now=now, object_type=kind, object_id=object_id(row), label=label, **detail
    )
