"""What the demo world's customers have: lines that were set up, subscriptions in every state, and trials."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from identity import tenancy
from identity.actors import Actor
from identity.demo import World, member_actor
from identity.models import Site
from identity.privileges import Privilege
from pricing.models import Part

from ..activating import provision
from ..activating.working import work_on_due
from ..links import make_link
from ..models import (
    Handing,
    LineStatus,
    Organisation,
    SetupLine,
    SetupLink,
    Subscription,
    SubscriptionStatus,
)
from ..wizard.addresses import partner_organisation
from ..wizard.onboarding import Confirmed, NewOrganisation, onboard
from . import changing, trials
from .ending import end_due
from .telling import tell_due

S = SubscriptionStatus
EACH = 5  # lines of a reseller that are set up
BUDGET = 60  # seconds; it takes a few


def build(world: World) -> None:
    """Partners set up some of what waits, and customers some themselves; then things happen to what they have."""
    for site in world.sites:
        if by := next(_orderers(world, site), None):
            for place, line in enumerate(_waiting(site)):
                _set_up(line, place, by, world.now - timedelta(hours=30 - place))
    work_on_due(budget=BUDGET)
    for site in world.sites:
        if by := next(_orderers(world, site), None):
            with tenancy.scope(by):
                _try(by, world.now)
                _go_on(by, world.now)
    end_due(now=world.now, budget=BUDGET)
    tell_due(budget=BUDGET)


def _orderers(world: World, site: Site) -> Iterator[Actor]:
    people = (member_actor(member) for member in world.members[site.id])
    return (person for person in people if person.may(Privilege.ORDER_PLACE))


def _waiting(site: Site) -> list[SetupLine]:
    """Lines that were mailed about, after those that lines/demo.py has something else to say of."""
    found = SetupLine.objects.filter(reseller=site, status=LineStatus.AWAITING_DETAILS, onboarded_at=None)
    return list(found.order_by("-id")[:EACH])


def _set_up(line: SetupLine, place: int, partner: Actor, now: datetime) -> None:
    """As the wizard would: both organisations confirmed, then provisioned. Every third customer does it alone."""
    guest = Actor.guest(
        line.id, site_id=line.reseller_id, name=line.contact_email, language=line.contact_language,
        time_zone=line.time_zone,
    )  # fmt: skip
    called = _label(f"{line.customer_name} {line.id}")
    alone = place % 3 == 2
    with tenancy.scope(guest):
        known = partner_organisation()
        email = f"it@{called}.example"
        confirmed = Confirmed(
            handed_to=Handing.CUSTOMER if alone else Handing.PARTNER,
            administrator_email=email,
            partner=known.public_id if known else _own(partner, line),
            organisation=NewOrganisation(line.customer_name, line.country or "EG", "1 Main Street", email),
        )
        make_link(line, to=email, now=now)
        link = SetupLink.objects.get(line=line, revoked_at=None)
        onboard(line, confirmed, link_id=link.id, by=guest, now=now)
        provision(line, _details(line, called), asked_by=email, by=guest, now=now + timedelta(minutes=9))


def _own(partner: Actor, line: SetupLine) -> NewOrganisation | None:
    return NewOrganisation(partner.site_name, line.country or "EG", "2 Main Street", partner.email)


def _details(line: SetupLine, called: str) -> dict[str, Any]:
    where = {"country": line.country, "address": "1 Main Street", "time_zone": line.time_zone}
    return {
        "calling": {**where, "languages": [line.contact_language], "sip": ""},
        "meetings": {"site": called, "time_zone": line.time_zone, "transfer_code": ""},
        "messaging": {},
        "organisation": {"subdomain": called},
    }


def _label(text: str) -> str:
    """A name in the DNS that is a customer's."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[-40:].strip("-")


def _try(by: Actor, now: datetime) -> None:
    """One organisation tries something that it does not have; where there is another, its trial is nearly over."""
    own = Organisation.objects.filter(kind="customer", administered_by_id=by.site_id).exclude(external_id="")
    begun = [now - timedelta(days=3), now - timedelta(days=27)]
    held = [one for one in own.order_by("id") if trials.deals_with(one, by, now)]
    for organisation, at in zip(held, begun, strict=False):
        for setup in trials.parts_to_try():
            if _begun(organisation, setup.part, by, at):
                break


def _begun(organisation: Organisation, part: Part, by: Actor, now: datetime) -> bool:
    try:
        trials.begin_trial(organisation, part, quantity=10, by=by, now=now)
    except (trials.HadAlready, trials.NotACustomer):
        return False
    return True


def _go_on(by: Actor, now: datetime) -> None:
    """Of what the site may change: one is suspended, one cancelled."""
    own = Organisation.objects.filter(administered_by_id=by.site_id).values_list("id", flat=True)
    found = Subscription.objects.filter(status=S.ACTIVE, organisation_id__in=list(own)).order_by("id")
    for act, one in zip(
        (changing.cancel_subscription, changing.suspend_subscription), found[1:3], strict=False
    ):
        act(one, by=by, now=now - timedelta(hours=4))
