"""A deal's details were changed, or the distributor that it names."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from identity.actors import Actor, Kind

from ..models import Deal
from .ground import deal_notice, people_at, tell_of_deal
from .moves import AMENDED, NAMES_YOU

UPDATED = deal_notice(
    "deal.updated",
    title=_("Details of a deal were brought up to date"),
    subject=_("Deal %(reference)s was brought up to date"),
    body=_(
        "%(site)s brought the deal “%(name)s” with %(customer)s (%(reference)s) up to date. Its page says what"
        " changed. It stays approved."
    ),
    default="daily",
    icon="pencil",
    kinds=frozenset({Kind.DISTRIBUTOR}),
)
TAKEN_OFF = deal_notice(
    "deal.taken_off",
    title=_("A reseller no longer names you on a deal"),
    subject=_("%(site)s no longer names you on deal %(reference)s"),
    body=_(
        "%(site)s changed the deal “%(name)s” with %(customer)s (%(reference)s) and no longer names you as its"
        " distributor.\n\nYou do not see the deal any more. If this is a mistake, ask %(site)s: a reseller can"
        " name you again."
    ),
    tone="warn",
    icon="briefcase",
    kinds=frozenset({Kind.DISTRIBUTOR}),
)


def tell_of_new_distributor(deal: Deal, former_id: int | None, *, by: Actor, now: datetime) -> None:
    """Tell the distributors of a changed deal: who is not named any more, who is named now, or who still is."""
    if former_id == deal.distributor_id:
        tell_of_deal(AMENDED, people_at(former_id), deal, by, now, key=f"{deal.version}:d")
        return
    tell_of_taken_off(deal, former_id, by=by, now=now)
    tell_of_deal(NAMES_YOU, people_at(deal.distributor_id), deal, by, now)


def tell_of_taken_off(deal: Deal, former_id: int | None, *, by: Actor, now: datetime) -> None:
    """Tell the distributor that a deal named until now, if it named one. They see it no more."""
    tell_of_deal(TAKEN_OFF, people_at(former_id), deal, by, now, href="/deals/")


def tell_of_update(deal: Deal, *, by: Actor, now: datetime) -> None:
    """Tell the distributor that details changed which leave the approval as it is."""
    tell_of_deal(UPDATED, people_at(deal.distributor_id), deal, by, now)
