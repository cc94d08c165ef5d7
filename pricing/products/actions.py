"""Every change of product lines and parts. Each is audited; one begun on an older version is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from identity.access import demand
from identity.actors import Actor
from identity.audit import record
from identity.privileges import Privilege

from ..models import Part, ProductLine

R = TypeVar("R", Part, ProductLine)


class ProductChanged(Exception):
    """Somebody changed the part or line after it was shown; `now` is how it is now."""

    def __init__(self, now: Part | ProductLine) -> None:
        super().__init__(str(now))
        self.now = now


class NumberTaken(Exception):
    """There is a part of this number, or a line of this code, sold or not."""


class LineRetired(Exception):
    """The line takes no parts."""


class LineInUse(Exception):
    """Parts of the line are still sold; `parts` is how many."""

    def __init__(self, parts: int) -> None:
        super().__init__(parts)
        self.parts = parts


# ------------------------------------------------------------------------------------------------ lines


@transaction.atomic
def add_line(*, code: str, name: str, by: Actor, now: datetime) -> ProductLine:
    """A new product line. Raises NumberTaken, PrivilegeMissing."""
    demand(by, Privilege.PRODUCT_EDIT)
    line = _made(ProductLine(code=code, name=name))
    _record("product_line.added", line, by=by, now=now, name=name)
    return line


@transaction.atomic
def change_line(
    code: str, changes: Mapping[str, Any], *, version: int, by: Actor, now: datetime
) -> ProductLine:
    """Another name. Raises DoesNotExist, ProductChanged."""
    demand(by, Privilege.PRODUCT_EDIT)
    line = _seen_line(code, version)
    return _changed("product_line.changed", line, changes, by=by, now=now)


@transaction.atomic
def retire_line(code: str, *, version: int, by: Actor, now: datetime) -> ProductLine:
    """It takes no new parts. Raises DoesNotExist, ProductChanged, LineInUse."""
    demand(by, Privilege.PRODUCT_EDIT)
    line = _seen_line(code, version)
    if sold := line.parts.filter(is_active=True).count():
        raise LineInUse(sold)
    return _changed("product_line.retired", line, {"is_active": False}, by=by, now=now)


@transaction.atomic
def bring_line_back(code: str, *, version: int, by: Actor, now: datetime) -> ProductLine:
    """It takes parts again. Raises DoesNotExist, ProductChanged."""
    demand(by, Privilege.PRODUCT_EDIT)
    line = _seen_line(code, version)
    return _changed("product_line.brought_back", line, {"is_active": True}, by=by, now=now)


# ------------------------------------------------------------------------------------------------ parts


@transaction.atomic
def add_part(
    *,
    number: str,
    description: str,
    line: ProductLine,
    type: str,
    family: str = "",
    metric: str = "",
    points: Decimal = Decimal(0),
    term_months: int | None = None,
    by: Actor,
    now: datetime,
) -> Part:
    """A new part, sold from now on. Raises NumberTaken, LineRetired, PrivilegeMissing."""
    demand(by, Privilege.PRODUCT_EDIT)
    terms = {"family": family, "metric": metric, "points": points, "term_months": term_months}
    part = _made(Part(number=number, description=description, line=_taking(line), type=type, **terms))
    said = {name: _plain(value) for name, value in terms.items() if value}
    _record("part.added", part, by=by, now=now, description=description, line=line.code, type=type, **said)
    return part


@transaction.atomic
def change_part(number: str, changes: Mapping[str, Any], *, version: int, by: Actor, now: datetime) -> Part:
    """Another description, line, type, or what quotes need of it. Raises DoesNotExist, ProductChanged, LineRetired."""
    demand(by, Privilege.PRODUCT_EDIT)
    part = _seen_part(number, version)
    line = changes.get("line", part.line)
    if line.id != part.line_id:
        changes = {**changes, "line": _taking(line)}
    return _changed("part.changed", part, changes, by=by, now=now)


@transaction.atomic
def retire_part(number: str, *, version: int, by: Actor, now: datetime) -> Part:
    """It is no longer offered. Deals that have it keep it. Raises DoesNotExist, ProductChanged."""
    demand(by, Privilege.PRODUCT_EDIT)
    part = _seen_part(number, version)
    return _changed("part.retired", part, {"is_active": False}, by=by, now=now)


@transaction.atomic
def bring_part_back(number: str, *, version: int, by: Actor, now: datetime) -> Part:
    """It is sold again. Raises DoesNotExist, ProductChanged, LineRetired."""
    demand(by, Privilege.PRODUCT_EDIT)
    part = _seen_part(number, version)
    _taking(part.line)
    return _changed("part.brought_back", part, {"is_active": True}, by=by, now=now)


# ------------------------------------------------------------------------------------------------ pieces


def _made(row: R) -> R:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise NumberTaken from None
    return row


def _seen_line(code: str, version: int) -> ProductLine:
    line = ProductLine.objects.select_for_update().get(code=code)
    if line.version != version:
        raise ProductChanged(line)
    return line


def _seen_part(number: str, version: int) -> Part:
    part = Part.objects.select_for_update(of=("self",)).select_related("line").get(number=number)
    if part.version != version:
        raise ProductChanged(part)
    return part


def _taking(line: ProductLine) -> ProductLine:
    """The line, locked so that it is not retired meanwhile. Raises LineRetired."""
    line = ProductLine.objects.select_for_update().get(id=line.id)
    if not line.is_active:
        raise LineRetired
    return line


def _changed(event: str, row: R, changes: Mapping[str, Any], *, by: Actor, now: datetime) -> R:
    """Write what differs and say so; what differs in nothing changes nothing."""
    changed: dict[str, Any] = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if not changed:
        return row
    pairs = {name: [_plain(getattr(row, name)), _plain(value)] for name, value in changed.items()}
    for name, value in changed.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*changed, "version"])
    _record(event, row, by=by, now=now, changes=pairs)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.code if isinstance(value, ProductLine) else value


def _record(event: str, row: Part | ProductLine, *, by: Actor, now: datetime, **detail: Any) -> None:
    if isinstance(row, Part):
        kind, name, label = "part", row.number, row.description
    else:
        kind, name, label = "product_line", row.code, row.name
    record(event, by=by, now=now, object_type=kind, object_id=name, label=label, **detail)
