"""What the demo world's customers have: lines that were set up, subscriptions in every state, and trials."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from django.utils import timezone

from identity import tenancy
from identity.actors import Actor
from identity.demo import World, member_actor
from identity.models import Site
from identity.privileges import Privilege
from pricing.models import Part

from ..activating import provision
from ..activating.working import work_on_due
from ..lines.demo_contacts import FIRST_OF_ALL
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
from ..wizard.addresses import candidates, partner_organisation
from ..wizard.onboarding import Confirmed, NewOrganisation, onboard
from . import changing, trials
from .ending import end_due
from .telling import tell_due

S = SubscriptionStatus
EACH = 5  # lines of a reseller that are set up; one more has got as far as its organisations
#: Of these, the one for a customer that has an organisation, the one that a customer sets up, and the one that fails.
AGAIN, ALONE, REFUSED = 1, 2, 4
DAYS = (3, 27, 40, 12)  # ago, when trials began
BUDGET = 60  # seconds; it takes a few


def build(world: World) -> None:
    """Partners set up some of what waits, and customers some themselves; then things happen to what they have."""
    waiting = {site.id: _waiting(site) for site in world.sites}
    for place in range(EACH + 1):
        for site in world.sites:
            by = next(_orderers(world, site), None)
            if by is not None and place < len(waiting[site.id]):
                _set_up(waiting[site.id], place, by, world.now - timedelta(hours=30 - place))
        work_on_due(budget=BUDGET)
    for site in world.sites:
        if by := next(_orderers(world, site), None):
            with tenancy.scope(by):
                _go_on(by, timezone.now())  # after they were set up, which is now
                _try(by, world.now)
    end_due(now=world.now, budget=BUDGET)
    tell_due(budget=BUDGET)


def _orderers(world: World, site: Site) -> Iterator[Actor]:
    people = (member_actor(member) for member in world.members[site.id])
    return (person for person in people if person.may(Privilege.ORDER_PLACE))


def _waiting(site: Site) -> list[SetupLine]:
    """Lines that were mailed about and that nobody is at, but for those that lines/demo.py has something to say of."""
    if SetupLine.objects.filter(reseller=site, contact_email__startswith=f"{FIRST_OF_ALL}@").exists():
        return []  # they have only just begun
    found = SetupLine.objects.filter(
        reseller=site, status=LineStatus.AWAITING_DETAILS, onboarded_at=None, begun_at=None
    )
    return list(found.order_by("-id")[: EACH + 1])


def _set_up(lines: Sequence[SetupLine], place: int, partner: Actor, now: datetime) -> None:
    """As the wizard would: both organisations confirmed, then provisioned. One customer does it alone.

    One wants a name that another has taken meanwhile.
    """
    line = lines[place]
    guest = Actor.guest(
        line.id, site_id=line.reseller_id, name=line.contact_email, language=line.contact_language,
        time_zone=line.time_zone,
    )  # fmt: skip
    called = _called(line)
    alone = place == ALONE
    with tenancy.scope(guest):
        known = partner_organisation()
        email = f"it@{called}.example"
        there = candidates(line, email) if place == AGAIN else []
        made = NewOrganisation(line.customer_name, line.country or "EG", "1 Main Street", email)
        confirmed = Confirmed(
            handed_to=Handing.CUSTOMER if alone else Handing.PARTNER,
            administrator_email=email,
            partner=known.public_id if known else _own(partner, line),
            organisation=there[0].public_id if there else made,
        )
        if not SetupLink.objects.filter(line=line, revoked_at=None).exists():
            make_link(line, to=email, now=now)
        link = SetupLink.objects.get(line=line, revoked_at=None)
        onboard(line, confirmed, link_id=link.id, by=guest, now=now)
        if place < EACH:
            details = _details(line, _called(lines[0]) if place == REFUSED else called)
            provision(line, details, asked_by=email, by=guest, now=now + timedelta(minutes=9))


def _called(line: SetupLine) -> str:
    """A name that is the customer's: in Latin letters, as those in the DNS are, so perhaps that of its mailboxes."""
    domain = line.contact_email.rpartition("@")[2].partition(".")[0]
    return _label(f"{_label(line.customer_name) or domain} {line.id}")


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
    """What is not had is tried: one trial has begun, one ends soon, one is over, and one was deleted before its end."""
    own = Organisation.objects.filter(kind="customer", administered_by_id=by.site_id).exclude(external_id="")
    held = [one for one in own.order_by("id") if trials.deals_with(one, by, now)]
    if not held:
        return
    begun = [
        _first_begun(one, by, now - timedelta(days=days))
        for one, days in zip(cycle(held), DAYS, strict=False)
    ]
    if last := begun[-1]:
        changing.delete_subscription(last, number=last.number, by=by, now=timezone.now())


def _first_begun(organisation: Organisation, by: Actor, at: datetime) -> Subscription | None:
    """Of the parts that can be tried, the smallest of which this organisation has not had all."""
    setups = sorted(trials.parts_to_try(), key=lambda setup: len(setup.services))
    found = (_begun(organisation, setup.part, by, at) for setup in setups)
    return next((one for one in found if one), None)


def _begun(organisation: Organisation, part: Part, by: Actor, now: datetime) -> Subscription | None:
    try:
        return trials.begin_trial(organisation, part, quantity=10, by=by, now=now)
    except (trials.HadAlready, trials.NotACustomer):
        return None


def _go_on(by: Actor, now: datetime) -> None:
    """Of what the site may change: one is suspended, one cancelled."""
    own = Organisation.objects.filter(administered_by_id=by.site_id).values_list("id", flat=True)
    found = Subscription.objects.filter(status=S.ACTIVE, organisation_id__in=list(own)).order_by("id")
    for act, one in zip(
        (changing.cancel_subscription, changing.suspend_subscription), found[1:3], strict=False
    ):
        act(one, by=by, now=now)
