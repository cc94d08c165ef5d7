"""Whom an e-mail address belongs to, as far as the holder of a link may know, and which organisations may be meant.

A person belongs to one organisation at a time (D8). Whether an address is taken is asked of the database by functions
that never say by whom; how many different ones are tried in an hour is limited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from customers.names import domain_key, search_name
from identity.audit import record

from ..models import AddressTry, SetupLine
from .guests import Visit

#: Different addresses that may be tried in an hour for one line: more than anybody needs, too few to find people out.
ADDRESSES = 10
HOUR = timedelta(hours=1)
BEGINNING = 5  # letters of the customer's name that an organisation's may begin with


class TooManyAddresses(Exception):
    """So many different addresses were tried in the last hour that no other is looked up."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that may be the customer's: of this customer, or administered by the reseller of the line."""

    id: int
    public_id: str
    name: str
    country: str
    domain: str
    administrator_email: str
    created_at: datetime
    subscriptions: int
    by_address: bool


@dataclass(frozen=True, slots=True)
class PartnerOrganisation:
    """The organisation of the reseller whose order the line is."""

    id: int
    public_id: str
    name: str
    country: str
    address: str
    domain: str
    administrator_email: str
    created_at: datetime


def address_key(email: str) -> str:
    """What addresses are compared by: no spaces around it, in small letters."""
    return email.strip().casefold()[:254]


def note_address(visit: Visit, email: str) -> None:
    """Count an address that is about to be looked up, unless it was tried before. Raises TooManyAddresses."""
    key = address_key(email)
    SetupLine.objects.select_for_update().get(id=visit.line.id)  # one after the other, or the count is wrong
    tried = AddressTry.objects.filter(line=visit.line, at__gt=visit.now - HOUR)
    different = set(tried.values_list("email_key", flat=True))
    if key in different:
        return
    if len(different) >= ADDRESSES:
        raise TooManyAddresses
    AddressTry.objects.create(line=visit.line, email_key=key, at=visit.now)
    record(
        "setup_link.address_tried", by=visit.by, now=visit.now, object_type="setup_link",
        object_id=visit.link.link_id, label=str(visit.line), site_id=visit.line.reseller_id,
    )  # fmt: skip


def forget_tries(*, now: datetime) -> None:
    """Delete what is counted no longer. As the system."""
    AddressTry.objects.filter(at__lte=now - HOUR).delete()


def candidates(line: SetupLine, email: str) -> list[Candidate]:
    """Organisations that may be meant; the one that the address administers comes first. One query."""
    beginning = search_name(line.customer_name)[:BEGINNING].strip()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM portal_setup_organisations(%s, %s, %s)",
            [address_key(email), beginning, domain_of(email)],
        )
        return [Candidate(*row) for row in cursor.fetchall()]


def is_taken(email: str) -> bool:
    """Whether the address belongs to some organisation already, whichever."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_address_taken(%s)", [address_key(email)])
        return bool(cursor.fetchone()[0])


def partner_organisation() -> PartnerOrganisation | None:
    """The reseller's own organisation; None before its first order was set up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM portal_setup_partner()")
        row = cursor.fetchone()
    return PartnerOrganisation(*row) if row else None


def domain_of(email: str) -> str:
    """The domain that only this company's addresses have; "" for one that anybody's mailbox may be at."""
    return domain_key(email)
