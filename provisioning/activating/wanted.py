"""What is to be set up for a line, as a backend is told: read anew for each attempt, and the same until it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orders.models import DataElement

from ..backends import Wanted, WantedOrganisation
from ..models import Activation, SetupLine
from ..subscriptions.beginning import trial_for
from .asking import ORGANISATION


def wanted_of(activation: Activation, line: SetupLine) -> Wanted:
    """The request for this line. Its organisation is confirmed."""
    return wanted_for(line, activation.details)


def wanted_for(line: SetupLine, details: Mapping[str, Any]) -> Wanted:
    """The same from what was entered (see `provision`), whether or not it was asked for. As the system."""
    organisation = line.organisation
    assert organisation is not None
    entered = details.get(ORGANISATION) or {}
    trial = trial_for(line)
    return Wanted(
        line=line.public_id,
        order_number=line.order_number,
        part_number=line.part_number,
        quantity=line.quantity,
        services=tuple(line.services),
        organisation=WantedOrganisation(
            public_id=organisation.public_id,
            external_id=organisation.external_id,
            name=organisation.name,
            country=organisation.country,
            address=organisation.address,
            domain=organisation.domain,
            administrator_email=organisation.administrator_email,
            language=line.contact_language,
            subdomain=organisation.subdomain or str(entered.get("subdomain") or ""),
        ),
        details={name: details.get(name) or {} for name in line.services},
        elements=_elements(line),
        continues=trial.external_id if trial else "",
    )


def _elements(line: SetupLine) -> dict[str, str]:
    """What was filled in on the line's provisioning form."""
    filled = (
        DataElement.objects.filter(fulfilment_id=line.fulfilment_id).exclude(value="").order_by("element")
    )
    return dict(filled.values_list("element", "value"))
