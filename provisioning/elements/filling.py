"""Filling in the form of a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from identity.actors import Actor
from identity.audit import record
from identity.privileges import Refusal

from ..models import SetupLine
from .form import Element, elements_of, version_of
from .possible import refusal


class FormShut(Exception):
    """This actor cannot fill in this form now; `refusal` says why, and who can change that."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal.reason))
        self.refusal = refusal


class FormChanged(Exception):
    """Somebody filled in something, or something else is asked for; `now` is the form as it is."""

    def __init__(self, now: Sequence[Element]) -> None:
        super().__init__()
        self.now = now


@transaction.atomic
def fill_in(
    line: SetupLine, values: Mapping[str, str], *, version: str | None, by: Actor, now: datetime
) -> list[Element]:
    """Keep what is known, by the names of elements, as `FillForm.values` gives it; returns the form as it is then.

    `version` is that of the form that was shown; None takes the form as it is. What is not named stays.
    Raises FormShut, FormChanged, DoesNotExist, and KeyError for an element that is not asked for.
    """
    _demand_open(line, by)
    elements = elements_of(line, locked=True)
    line = SetupLine.objects.get(id=line.id)  # as it is now that the form is ours
    _demand_open(line, by)
    if version is not None and version != version_of(elements):
        raise FormChanged(elements)
    rows = {each.row.element: each.row for each in elements}
    changed = [name for name, value in values.items() if rows[name].value != value]
    for name in changed:
        row = rows[name]
        row.value = values[name]
        row.version += 1
        row.save(update_fields=["value", "version"])
    if changed:
        # Which, not what: values may be about people, and the form has them.
        record(
            "setup_line.form_filled", by=by, now=now, object_type="setup_line", object_id=line.public_id,
            label=str(line), site_id=line.reseller_id, elements=sorted(changed),
        )  # fmt: skip
    return elements_of(line) if changed else elements


def _demand_open(line: SetupLine, by: Actor) -> None:
    if why := refusal(line, by):
        raise FormShut(why)
