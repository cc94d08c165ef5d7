"""Things that have to be known, and forms of lines that ask for them, for tests."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from identity import tenancy
from orders.models import DataElement
from pricing.models import Part
from provisioning.elements.taking_up import take_up_elements
from provisioning.models import PartElement, SetupLine
from tests.provisioning.made import make_setup_part


def ask_for(name: str = "Main number", *, part: Part | None = None, **extra: Any) -> PartElement:
    """Have something asked for of every line of a part."""
    part = part or make_setup_part()
    with tenancy.as_system():
        return PartElement.objects.create(part=part, name=name, **extra)


def take_up() -> int:
    """What the job does."""
    return take_up_elements(now=timezone.now())


def form_of(line: SetupLine) -> dict[str, str]:
    """What is asked for of a line, with what is given."""
    return {row.element: row.value for row in rows_of(line)}


def rows_of(line: SetupLine) -> list[DataElement]:
    with tenancy.as_system():
        return list(DataElement.objects.filter(fulfilment_id=line.fulfilment_id).order_by("id"))
