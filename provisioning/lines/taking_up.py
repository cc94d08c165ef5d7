"""Lines of orders that become services are taken up; those of orders that came to nothing are cancelled.

A job does it, so that orders placed here and orders that the vendor's systems tell of are alike. Whatever becomes of a
service already, as the vendor's systems tell, is left to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from identity import tenancy
from identity.actors import Actor
from identity.audit import record, record_many
from identity.models import Membership, MembershipStatus, Standing, User
from notifications.tasks import rouse
from orders.models import Fulfilment, FulfilmentStatus, Order, OrderLine, OrderStatus
from orders.placing.ordered import Ordered, when_ordered, when_undone

from ..models import LineStatus, SetupLine, SetupLink, Waiting
from .times import mail_at
from .whereabouts import time_zone_of

BATCH = 500
#: An older order of which nothing else is known is not taken up: what it was about has long been settled.
LOOKED_BACK = timedelta(days=90)
TAKEN = (OrderStatus.PLACED, OrderStatus.ACCEPTED, OrderStatus.FULFILLED)
UNDONE = (OrderStatus.REJECTED, OrderStatus.CANCELLED)
NOT_BEGUN = (FulfilmentStatus.ORDERED, FulfilmentStatus.AWAITING_DETAILS)
CAN_BE_CANCELLED = (LineStatus.ORDERED, LineStatus.AWAITING_DETAILS, LineStatus.CLOSED, LineStatus.FAILED)

AUDITED = """
SELECT public_id AS object_id, order_number || '/' || line_number AS label, reseller_id AS site_id
FROM provisioning_setupline WHERE id = ANY (%(ids)s)
"""


@when_ordered
def take_up_soon(order: Order, lines: Ordered, by: Actor, now: datetime) -> None:
    """Have the job look as soon as the order stands."""
    from ..tasks import take_up

    transaction.on_commit(lambda: rouse(take_up), robust=True)


def take_up_due(*, now: datetime, batch: int = BATCH) -> int:
    """Take up every line that is to be, and cancel those whose order was; returns how many were taken up."""
    taken = 0
    while True:
        with tenancy.as_system():
            found = _take_up(now, batch)
        taken += found
        if found < batch:
            break
    with tenancy.as_system():
        undone = SetupLine.objects.filter(status__in=CAN_BE_CANCELLED, order_line__order__status__in=UNDONE)
        cancel_lines(list(_held(undone, skip=True)), by=Actor.system(), now=now)
    return taken


def _held(lines: Any, *, skip: bool = False) -> Any:
    return lines.select_for_update(no_key=True, of=("self",), skip_locked=skip).order_by("id")


# ------------------------------------------------------------------------------------------------ taking up


def _to_take_up(now: datetime) -> Any:
    told = Fulfilment.objects.filter(order_number=OuterRef("order_number"), line_number=OuterRef("position"))
    fresh = ~Exists(told) & Q(order__settled_on__gte=now.date() - LOOKED_BACK)
    return OrderLine.objects.filter(
        Exists(told.filter(status__in=NOT_BEGUN)) | fresh,
        part__setup__isnull=False, setup__isnull=True, order__status__in=TAKEN, reseller__isnull=False,
    )  # fmt: skip


def _take_up(now: datetime, batch: int) -> int:
    """Of one batch, held so that nobody else takes it up."""
    found = _to_take_up(now).select_related("order", "part__setup", "reseller").order_by("id")
    ordered = list(found.select_for_update(of=("self",), no_key=True, skip_locked=True)[:batch])
    if not ordered:
        return 0
    services = _fulfilments(ordered)
    contacts = _contacts(ordered)
    languages = _languages(contacts.values())
    lines = []
    for line in ordered:
        email = contacts[line.id]
        service = services[line.order_number, line.position]
        lines.append(_line(line, service, email, languages.get(email.casefold(), "en"), now))
    SetupLine.objects.bulk_create(lines)
    ids = [line.id for line in lines]
    by = Actor.system()
    record_many("setup_line.taken_up", AUDITED, {"ids": ids}, object_type="setup_line", by=by, now=now)
    return len(lines)


def _line(line: OrderLine, service: Fulfilment, email: str, language: str, now: datetime) -> SetupLine:
    assert line.part is not None
    assert line.reseller is not None  # by the query
    start_on = service.requested_start_on or _start_of(line)
    time_zone = time_zone_of(line.country, line.reseller)
    return SetupLine(
        **_parties(line), order_line=line, fulfilment=service, order_number=line.order_number,
        line_number=line.position, part_number=line.part_number, description=line.description,
        quantity=line.quantity, family=line.part.setup.family, services=line.part.setup.services,
        contact_email=email, contact_language=language, requested_start_on=start_on, time_zone=time_zone,
        waits_for=Waiting.MAIL, due_at=mail_at(start_on, time_zone, now),
    )  # fmt: skip


def _start_of(line: OrderLine) -> Any:
    return line.requested_start_on or line.coverage_start or line.order.settled_on


def _parties(line: OrderLine) -> dict[str, Any]:
    names = ("customer_id", "customer_site_id", "reseller_id", "distributor_id", "settled_on")
    return {name: getattr(line.order, name) for name in names}


def _fulfilments(ordered: Sequence[OrderLine]) -> dict[tuple[str, int], Fulfilment]:
    """The service of each line, by the order's number and the line's: as the vendor's systems told it, else made."""
    numbers = {line.order_number for line in ordered}

    def known() -> dict[tuple[str, int], Fulfilment]:
        found = Fulfilment.objects.filter(order_number__in=numbers)
        return {(each.order_number, each.line_number): each for each in found}

    services = known()
    missing = [line for line in ordered if (line.order_number, line.position) not in services]
    if not missing:
        return services
    Fulfilment.objects.bulk_create(
        [
            Fulfilment(
                **_parties(line), order_number=line.order_number, line_number=line.position,
                part_number=line.part_number, description=line.description, quantity=line.quantity,
                status=FulfilmentStatus.ORDERED, ordered_on=line.order.settled_on,
                requested_start_on=_start_of(line),
            )
            for line in missing
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return known()


def _contacts(ordered: Sequence[OrderLine]) -> dict[int, str]:
    """Whom each line is mailed to, by its id: the reseller's primary contact where the order names nobody."""
    without = {line.reseller_id for line in ordered if not line.provisioning_email}
    primaries = Membership.objects.filter(
        site_id__in=without, standing=Standing.PRIMARY, status=MembershipStatus.ACTIVE
    )
    addresses = dict(primaries.values_list("site_id", "user__email"))
    return {line.id: line.provisioning_email or addresses.get(line.reseller_id or 0, "") for line in ordered}


def _languages(emails: Any) -> dict[str, str]:
    """The language of each address that belongs to an account, by the address in small letters."""
    keys = {email.casefold() for email in emails}
    found = User.objects.filter(email__in=keys | set(emails)).exclude(language="")
    return {email.casefold(): language for email, language in found.values_list("email", "language")}


# ------------------------------------------------------------------------------------------------ cancelling


@when_undone
def cancel_of_order(order: Order, by: Actor, now: datetime) -> None:
    """An order that was called off or turned down has nothing to set up any more."""
    with tenancy.as_system():
        lines = SetupLine.objects.filter(order_line__order=order, status__in=CAN_BE_CANCELLED)
        cancel_lines(list(_held(lines)), by=by, now=now)


def cancel_lines(lines: Sequence[SetupLine], *, by: Actor, now: datetime) -> None:
    """End lines that are held, with their links. As the system."""
    for line in lines:
        line.status, line.waits_for, line.due_at = LineStatus.CANCELLED, Waiting.NOTHING, None
        line.version += 1
        line.save(update_fields=["status", "waits_for", "due_at", "version"])
        record(
            "setup_line.cancelled", by=by, now=now, object_type="setup_line", object_id=line.public_id,
            label=str(line), site_id=line.reseller_id,
        )  # fmt: skip
    SetupLink.objects.filter(line__in=lines, revoked_at__isnull=True).update(revoked_at=now)
