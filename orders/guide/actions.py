"""Every change of what guided selling asks and proposes. Each is audited; one begun on an older version is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from identity.access import demand
from identity.actors import Actor
from identity.audit import record
from identity.privileges import Privilege

from ..models import GuideAnswer, GuideQuestion, GuideRule

Row = TypeVar("Row", GuideQuestion, GuideAnswer, GuideRule)
KINDS: dict[type[models.Model], str] = {
    GuideQuestion: "guide_question",
    GuideAnswer: "guide_answer",
    GuideRule: "guide_rule",
}
AS_IDS = ("question", "part", "line", "counted")  # what is audited by its name


class GuideChanged(Exception):
    """Somebody changed it after it was shown; `now` is how it is now."""

    def __init__(self, now: GuideQuestion | GuideAnswer | GuideRule) -> None:
        super().__init__(now.public_id)
        self.now = now


class CodeTaken(Exception):
    """There is a question, or an answer to the question, with this code; perhaps a retired one."""


@transaction.atomic
def add(kind: type[Row], values: Mapping[str, Any], *, by: Actor, now: datetime) -> Row:
    """A new question, answer or rule. Raises CodeTaken, PrivilegeMissing."""
    demand(by, Privilege.SETTING_EDIT)
    try:
        with transaction.atomic():
            row = kind.objects.create(**values)
    except IntegrityError as error:
        raise CodeTaken from error
    _record("added", row, by=by, now=now, **_plain(values))
    return row


@transaction.atomic
def change(
    kind: type[Row], public_id: str, values: Mapping[str, Any], *, version: int, by: Actor, now: datetime
) -> Row:
    """Other texts, conditions, proposals. Raises GuideChanged, DoesNotExist, PrivilegeMissing."""
    demand(by, Privilege.SETTING_EDIT)
    row = _seen(kind, public_id, version)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return row
    before = _plain({name: getattr(row, name) for name in changed})
    _write(row, changed)
    pairs = {name: [before[name], value] for name, value in _plain(changed).items()}
    _record("changed", row, by=by, now=now, changes=pairs)
    return row


@transaction.atomic
def retire(kind: type[Row], public_id: str, *, retired: bool, version: int, by: Actor, now: datetime) -> Row:
    """Ask or propose it no longer; or again. Raises GuideChanged, DoesNotExist, PrivilegeMissing."""
    demand(by, Privilege.SETTING_EDIT)
    row = _seen(kind, public_id, version)
    if (row.retired_at is not None) is retired:
        return row
    _write(row, {"retired_at": now if retired else None})
    _record("retired" if retired else "taken_up_again", row, by=by, now=now)
    return row


def _seen(kind: type[Row], public_id: str, version: int) -> Row:
    row = kind.objects.select_for_update(of=("self",)).get(public_id=public_id)
    if row.version != version:
        raise GuideChanged(row)
    return row


def _write(row: GuideQuestion | GuideAnswer | GuideRule, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*values, "version"])


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """For the audit trail: rows by what they are called."""
    return {
        name: str(value) if name in AS_IDS and value is not None else value for name, value in values.items()
    }


def _record(
    what: str, row: GuideQuestion | GuideAnswer | GuideRule, *, by: Actor, now: datetime, **detail: Any
) -> None:
    label = row.name if isinstance(row, GuideRule) else row.texts["en"]
    kind = KINDS[type(row)]
    record(f"{kind}.{what}", by=by, now=now, object_type=kind, object_id=row.public_id, label=label, **detail)
