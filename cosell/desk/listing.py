"""The deals of the vendor's co-sell desk: its tabs and filters, for page, counts and API alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.lists import how_many, named, typed
from identity.models import Site

from ..models import Location, Referral, VendorReferral
from ..states import Direction, Sharing, Status, Substatus

PARAMETERS = ("show", "q", "country")


@dataclass(frozen=True, slots=True, eq=False)
class Tab:
    """A view of the list. `of_vendor` None: of deals that partners lead, of which the vendor has no side."""

    name: str
    label: str | Promise
    of_vendor: Q | None
    order: tuple[str, ...] = ("-id",)


INCOMING = Q(direction=Direction.INCOMING)
AWAITING = Tab("awaiting", _("To answer"), Q(substatus=Substatus.RECEIVED), ("expires_at", "id"))
ACTIVE = Tab("active", pgettext_lazy("deals of the vendor's", "Active"), INCOMING & Q(status=Status.ACTIVE))
CLOSED = Tab("closed", pgettext_lazy("deals of the vendor's", "Closed"), INCOMING & Q(status=Status.CLOSED))
SENT = Tab("sent", _("Sent by us"), Q(direction=Direction.OUTGOING))
PARTNER_LED = Tab("partner_led", _("Partner-led"), None)
EVERY = Tab("every", _("All"), Q())  # for programs
TABS = (AWAITING, ACTIVE, CLOSED, SENT, PARTNER_LED)


def tab_named(name: str) -> Tab:
    return named(TABS, name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody filters by; what is empty does not narrow."""

    text: str = ""
    country: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Wanted:
        return cls(typed(asked), typed(asked, "country", 2))


EVERYTHING = Wanted()


def found_in(tab: Tab, wanted: Wanted) -> QuerySet[Any]:
    """The vendor's sides with their deals; of partner-led ones the deals."""
    if tab.of_vendor is None:
        return Referral.objects.filter(_fits(wanted, ""), sharing=Sharing.PARTNER_LED)
    sides = VendorReferral.objects.filter(_fits(wanted, "referral__"), tab.of_vendor)
    return sides.select_related("referral")


def _fits(wanted: Wanted, prefix: str) -> Q:
    fits = Q()
    if wanted.country:
        fits &= Q(**{f"{prefix}country": wanted.country})
    if wanted.text:
        text = wanted.text
        fits &= (
            Q(**{f"{prefix}name__icontains": text})
            | Q(**{f"{prefix}customer_name__icontains": text})
            | Q(**{f"{prefix}site_name__icontains": text})
            | Q(**{f"{prefix}site_number": text.replace(" ", "")})
            | Q(**{f"{prefix}engagement": text.lower()})
            | Q(**{f"{prefix}public_id": text.lower()})
        )
    return fits


def pair_of(row: Any) -> tuple[Referral, VendorReferral | None]:
    """A row of `found_in` as the deal and the vendor's side of it."""
    return (row.referral, row) if isinstance(row, VendorReferral) else (row, None)


def counts(wanted: Wanted) -> list[int]:
    """How many deals each tab has with these filters, in the tabs' order."""
    return [how_many(found_in(tab, wanted)) for tab in TABS]


MOST_PARTNERS = 25


def as_number(written: str) -> str:
    """A site number as somebody may write it, with spaces or dashes."""
    return "".join(sign for sign in written if sign.isalnum())


def partners(written: str) -> list[Site]:
    """Active sites with an open location, by number or a part of the name; the first of them by name."""
    places = Location.objects.filter(closed_at=None).values("site_id")
    found = Site.objects.filter(is_active=True, id__in=places)
    if written:
        found = found.filter(Q(name__icontains=written) | Q(number=as_number(written)))
    return list(found.order_by("name", "id")[:MOST_PARTNERS])
