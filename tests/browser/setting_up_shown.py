"""Lines with a link, at every point of the way on which they are set up, for the pages that are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from identity import tenancy
from provisioning.activating.hearing import UNREACHABLE
from provisioning.models import Activation, ActivationState, LineStatus, SetupLine
from tests.customers.held import make_customer_site
from tests.deals.factories import make_customer
from tests.factories import make_site
from tests.provisioning.activating.made import asked, make_ready, work
from tests.provisioning.made import make_line, make_organisation, make_secret

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition


@dataclass
class Ways:
    """Makes lines with a link, and keeps what is shown of them."""

    shown: Exhibition

    def linked(self, name: str, line: SetupLine, **link: Any) -> SetupLine:
        """To the page of the line by "`name` line", behind its link by "`name` link"."""
        secret = make_secret(line, now=timezone.now(), **link)
        self.shown.things |= {f"{name} line": line, f"{name} link": {"secret": secret}}
        return line


def show_setting_up(shown: Exhibition) -> None:
    ways = Ways(shown)
    _before(ways)
    _known(ways)
    _over(ways)
    _afterwards(ways)


def _before(ways: Ways) -> None:
    """Nothing is confirmed, and the partner has no organisation. Two are handed on, in each language one."""
    site = make_site("Meadow IT Partners", country="EG", time_zone="Africa/Cairo")
    for name in ("new", "handed en", "handed ar"):
        ways.linked(name, make_line(site, status=LineStatus.AWAITING_DETAILS))
    own = make_line(site, status=LineStatus.AWAITING_DETAILS)
    ways.linked("customer's", own, handed_to="customer", sent_to="boss@meadow.example")


def _known(ways: Ways) -> None:
    """At a partner that has an organisation, for a customer of whom there are two."""
    site = make_site("Delta Cloud Partners", country="EG", time_zone="Africa/Cairo")
    make_organisation("Delta Cloud Partners", site=site, address="4 Canal Road, Ismailia")
    customer = make_customer("Delta Dairies")
    for name, address in (("Delta Dairies", "it@delta.example"), ("Delta Dairies, Suez", "it@suez.example")):
        organisation = make_organisation(
            name, administered_by=site, customer=customer, administrator_email=address
        )
        with tenancy.as_system():
            organisation.people.create(email=address, email_key=address, created_at=timezone.now())
    of = make_customer_site(customer, reseller=site)
    ways.linked("known", make_line(site, of=of, status=LineStatus.AWAITING_DETAILS))


def _over(ways: Ways) -> None:
    """Links that lead no further."""
    site, now = ways.shown.cast.site, timezone.now()
    long_ago = now - timedelta(days=60)
    open_line = {"status": LineStatus.AWAITING_DETAILS}
    ways.linked("revoked", make_line(site, **open_line), revoked_at=now)
    ways.linked(
        "expired", make_line(site, **open_line), sent_at=long_ago, expires_at=now - timedelta(days=30)
    )
    ways.linked("given up", make_line(site, status=LineStatus.CLOSED))
    ways.linked("called off", make_line(site, status=LineStatus.CANCELLED))


def _afterwards(ways: Ways) -> None:
    """Both organisations confirmed; asked for; set up; and what can go wrong."""
    site, now = ways.shown.cast.site, timezone.now()
    own = make_organisation("Nile Systems", site=site, administrator_email="cloud@nile.example")
    with tenancy.as_system():
        confirmed = ways.linked("confirmed", make_ready(site, partner_organisation=own))
        own.made_for = confirmed.id
        own.save(update_fields=["made_for"])
    active = ways.linked("active", make_ready(site))
    asked(active)
    work()
    refused = {"state": ActivationState.FAILED, "code": "site_taken", "text": ""}
    _ended(asked(ways.linked("wrong", make_ready(site))), ActivationState.WITH_ERRORS, meetings=refused)
    failed = asked(ways.linked("failed", make_ready(site)))
    _ended(failed, ActivationState.FAILED, error_code=UNREACHABLE)
    asked(ways.linked("waiting", make_ready(site)))
    reviewed = asked(ways.linked("reviewed", make_ready(site)))
    with tenancy.as_system():
        Activation.objects.filter(id=reviewed.id).update(state=ActivationState.REVIEW, due_at=now)


def _ended(activation: Activation, state: str, *, error_code: str = "", **services: Any) -> None:
    """As the worker would leave it."""
    now = timezone.now()
    known = {
        name: {"state": "provisioned", "code": "", "text": ""} for name in activation.services
    } | services
    if error_code:
        known = {name: each | {"state": ActivationState.FAILED} for name, each in known.items()}
    with tenancy.as_system():
        Activation.objects.filter(id=activation.id).update(
            state=state, services=known, error_code=error_code, finished_at=now, due_at=None
        )
        line = SetupLine.objects.filter(id=activation.line_id)
        line.update(status=LineStatus.FAILED, service_states=known)
