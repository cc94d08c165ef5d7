"""The lines of a proposal as a form: a row for each, with what is wrong at its cell.

Not a Django form of hundreds of fields: a quote has up to 500 lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from pricing.quoting import MAX_QUANTITY, Flaw

from ..models import CutReason, QuoteLine
from .actions import LineChange

FIELDS = ("quantity", "start", "end", "reason", "why", "requested", "email")
#: In which cell a flaw of pricing is told.
CELL = {"quantity": "quantity", "starts_on": "start", "ends_on": "end", "part": "part", "currency": "part"}


@dataclass
class LineRow:
    """A line with what stands in its cells, and what is wrong with them."""

    line: QuoteLine
    values: dict[str, str]
    picked: bool = False
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.line.public_id

    @property
    def asks_reason(self) -> bool:
        """Whether this form has been told that fewer are renewed than are installed."""
        if self.line.installed is None:
            return False
        quantity = self.values["quantity"]
        return bool(self.errors.get("reason")) or (
            quantity.isdecimal() and int(quantity) < self.line.installed
        )

    def add(self, cell: str, message: str) -> None:
        self.errors.setdefault(cell, []).append(message)


class LinesForm:
    """What somebody wants the lines to be like. `data` None: as they are."""

    def __init__(self, lines: Sequence[QuoteLine], data: Mapping[str, Any] | None = None) -> None:
        self.is_bound = data is not None
        self.rows = [self._row(line, data) for line in lines]
        self.changes: dict[str, LineChange] = {}

    def _row(self, line: QuoteLine, data: Mapping[str, Any] | None) -> LineRow:
        values = shown(line)
        if data is None:
            return LineRow(line, values)
        typed = {
            name: str(data.get(f"{name}-{line.public_id}", values[name])).replace("\0", "").strip()
            for name in FIELDS
        }
        return LineRow(line, typed, picked=bool(data.get(f"pick-{line.public_id}")))

    @property
    def picked(self) -> list[str]:
        return [row.id for row in self.rows if row.picked]

    @property
    def has_errors(self) -> bool:
        return any(row.errors for row in self.rows)

    def is_valid(self) -> bool:
        """Reads the rows; `changes` then has those that differ from what the quote has."""
        for row in self.rows:
            if row.values == shown(row.line):
                continue
            if change := _read(row):
                self.changes[row.id] = change
        return not self.has_errors

    def take(self, flaws: Iterable[Flaw]) -> None:
        """Tell what pricing says is wrong, at its cell."""
        rows = {row.id: row for row in self.rows}
        for flaw in flaws:
            if row := rows.get(str(flaw.line)):
                row.add(CELL.get(flaw.field, "part"), flaw.text)

    def ask_reason(self, line: str) -> None:
        """Tell that fewer are renewed than are installed, and nobody said why."""
        for row in self.rows:
            if row.id != line:
                continue
            if row.values["reason"] == CutReason.OTHER:
                row.add("why", _("Say what the reason is."))
            else:
                row.add("reason", _("Fewer than are installed: choose why."))


def shown(line: QuoteLine) -> dict[str, str]:
    """What a line has in the cells of the form."""
    return {
        "quantity": str(line.quantity),
        "start": _written(line.coverage_start),
        "end": _written(line.coverage_end),
        "reason": line.cut_reason,
        "why": line.cut_text,
        "requested": _written(line.requested_start_on),
        "email": line.provisioning_email,
    }


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""


def _read(row: LineRow) -> LineChange | None:
    quantity = _quantity(row)
    start, end = _day(row, "start"), _day(row, "end")
    if end is not None and start is None and not row.errors:
        row.add("start", _("Say from which day on."))
    requested = _day(row, "requested")
    email = row.values["email"]
    if email:
        try:
            validate_email(email)
        except ValidationError:
            row.add("email", _("This is not an e-mail address."))
    if row.errors:
        return None
    return LineChange(
        quantity=quantity,
        cut_reason=row.values["reason"],
        cut_text=row.values["why"][:500],
        coverage=(start, end) if start else (),
        requested_start_on=requested,
        provisioning_email=email[:254],
    )


def _quantity(row: LineRow) -> int | None:
    text = row.values["quantity"]
    try:
        quantity = int(text)
    except ValueError:
        row.add("quantity", _("Write a whole number."))
        return None
    if quantity < 1:
        row.add("quantity", Flaw(row.id, "quantity", "too_few").text)
    elif quantity > MAX_QUANTITY:
        row.add("quantity", Flaw(row.id, "quantity", "too_many", {"limit": MAX_QUANTITY}).text)
    return quantity


def _day(row: LineRow, cell: str) -> date | None:
    text = row.values[cell]
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        row.add(cell, _("There is no such day. Write it as in 2027-02-28."))
        return None
