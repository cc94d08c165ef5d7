"""A program that sets lines up by the API, what it sends, and all that comes of it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django.utils import timezone

from identity import tenancy
from provisioning.models import (
    Activation,
    LineStatus,
    Organisation,
    OrganisationPerson,
    RegistryName,
    SetupLine,
    SetupLink,
)
from tests.api.calls import Caller
from tests.cast import Cast
from tests.provisioning.made import make_line, make_organisation

from .test_services import CALLING, MEETINGS, SUBDOMAIN
from .walking import ADMINISTRATOR, CUSTOMER

LINES = "/api/v1/setup-lines/"
WHOLE: dict[str, Any] = {
    "new_partner_organisation": {
        "name": "Nile Systems", "country": "EG", "address": "1 Corniche, Cairo",
        "administrator_email": "cloud@nile.example",
    },
    "administrator_email": ADMINISTRATOR,
    "new_organisation": CUSTOMER,
    "services": {"calling": CALLING, "meetings": MEETINGS, "organisation": SUBDOMAIN},
    "agreed": True,
}  # fmt: skip


def new_line(cast: Cast, **extra: Any) -> SetupLine:
    given = {"status": LineStatus.AWAITING_DETAILS, "distributor": cast.distributor_site}
    return make_line(cast.site, **(given | extra))


def whole(**changes: Any) -> dict[str, Any]:
    """All that is to be sent, with something else at some paths (`services__calling__sip="x"`); None: without it."""
    sent = deepcopy(WHOLE)
    for path, value in changes.items():
        *above, last = path.split("__")
        place = sent
        for name in above:
            place = place[name]
        if value is None:
            place.pop(last, None)
        else:
            place[last] = value
    return sent


def set_up(line: SetupLine, program: Caller, sent: dict[str, Any] | None = None, /, **changes: Any) -> Any:
    sent = whole(**changes) if sent is None else sent
    return program.send("post", f"{LINES}{line.public_id}/set_up/", sent)


def looked_up(line: SetupLine, program: Caller, email: str = ADMINISTRATOR) -> Any:
    return program.send("get", f"{LINES}{line.public_id}/organisations/?administrator_email={email}")


def again(line: SetupLine) -> SetupLine:
    with tenancy.as_system():
        return SetupLine.objects.get(id=line.id)


def there_is() -> dict[str, Any]:
    """All that a set-up makes or changes, to be compared."""
    kinds = (Organisation, OrganisationPerson, Activation, SetupLink, RegistryName)
    with tenancy.as_system():
        lines = list(SetupLine.objects.order_by("id").values())
        return {kind.__name__: list(kind.objects.order_by("id").values()) for kind in kinds} | {
            "lines": lines
        }


def details_of(line: SetupLine) -> Any:
    with tenancy.as_system():
        return Activation.objects.get(line=line).details


def make_partner(cast: Cast) -> Organisation:
    return make_organisation("Nile Systems", site=cast.site, administrator_email="cloud@nile.example")


def make_customers(cast: Cast, line: SetupLine, **extra: Any) -> Organisation:
    """An organisation of the line's customer, which its administrator administers."""
    made = make_organisation(customer_id=line.customer_id, administered_by=cast.site, **extra)
    with tenancy.as_system():
        OrganisationPerson.objects.create(
            organisation=made, email=made.administrator_email, email_key=made.administrator_email,
            created_at=timezone.now(),
        )  # fmt: skip
    return made
