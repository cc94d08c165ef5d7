"""Build the demo world, once: through the real actions, the same each time."""

from __future__ import annotations

import json
import os
from datetime import datetime
from random import Random
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

import accounts.demo
import cosell.demo
import customers.demo
import customers.demo_accounts
import deals.demo
import feeds.demo
import identity.demo
import notifications.demo
import orders.demo
import orders.guide.demo
import orders.quotes.demo
import pricing.demo
import pricing.demo_downloads
import pricing.demo_prices
import provisioning.elements.demo
import provisioning.lines.demo
import provisioning.subscriptions.demo
import renewals.demo
import renewals.demo_work
import reports.demo
from identity import keys, tenancy
from identity.actors import Actor
from identity.demo import PASSWORD, World, member_actor, staff_actor
from identity.models import Membership, Site, StaffRole, Standing, User

SEED = 20260401


class Command(BaseCommand):
    help = "Builds the demo world (sites, people, customers, deals) and writes var/demo.json. Never in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--now", help="pretend that it is this moment (ISO 8601), for repeatable pictures"
        )

    def handle(self, *args: Any, now: str | None = None, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo world has known passwords; it is not for production.")
        moment = datetime.fromisoformat(now) if now else timezone.now()
        with tenancy.as_system():
            if Site.objects.exists():
                raise CommandError("There are sites already; the demo world is for an empty database.")
            accounts_ = self.build(World(rng=Random(SEED), now=moment))
        write_accounts(accounts_)
        self.stdout.write(f"The demo world is built: {len(accounts_)} accounts to try it with.")

    def build(self, world: World) -> list[dict[str, str]]:
        password_hash = make_password(PASSWORD)
        self.say("sites and the vendor's people")
        identity.demo.build(world, password_hash)
        self.say("people at the sites, and requests for access")
        accounts.demo.build(world, password_hash)
        self.say("customers and parts")
        people = customers.demo.build(world)
        parts = pricing.demo.build(world)
        self.say("price books and price files")
        pricing.demo_prices.build(world)
        pricing.demo_downloads.build(world)
        orders.guide.demo.build(world)
        self.say("deals and what became of them")
        deals.demo.build(world, people, parts)
        self.say("files that were asked for, and reports that are sent")
        reports.demo.build(world)
        self.say("files that were delivered")
        feeds.demo.build(world, people, parts)
        self.say("agreements, orders and renewals")
        holdings = orders.demo.build(world, customers.demo_accounts.build(world))
        renewals.demo.build(world, holdings)
        renewals.demo_work.build(world)
        orders.quotes.demo.build(world)
        self.say("what is set up")
        provisioning.lines.demo.build(world)
        provisioning.elements.demo.build(world)
        provisioning.subscriptions.demo.build(world)
        self.say("what is sold together")
        cosell.demo.build(world)
        self.say("what everybody was told")
        notifications.demo.build(world)
        return demo_accounts(world)

    def say(self, what: str) -> None:
        self.stdout.write(f"  {what} …")
        self.stdout.flush()


def demo_accounts(world: World) -> list[dict[str, str]]:
    """One account for each role, with an API key: the first two resellers, a distributor, the vendor's people."""
    found = []
    for site in (*world.sites[:2], world.sites[7]):
        members = world.members[site.id]
        found.append(_account(members[0], "reseller_primary", world.now))
        sales = next(m for m in members if m.standing == Standing.MEMBER and "deal_registration" in m.tools)
        found.append(_account(sales, "reseller_sales", world.now))
    for site in world.distributors:
        found.append(_account(world.members[site.id][0], "distributor", world.now))
    roles: dict[str, str] = {
        StaffRole.DEAL_DESK: "staff_deal_desk",
        StaffRole.CUSTOMER_CARE: "staff_customer_care",
        StaffRole.PRICING: "staff_pricing",
        StaffRole.CHANNEL_OPERATIONS: "staff_channel_operations",
    }
    for user in world.staff.values():
        found.append(_account(user, roles[user.staff_roles[0]], world.now))
    return found


def _account(who: Membership | User, role: str, now: datetime) -> dict[str, str]:
    actor: Actor = member_actor(who) if isinstance(who, Membership) else staff_actor(who)
    with tenancy.scope(actor):
        _key, secret = keys.make_key(
            name="Demo", privileges=sorted(actor.privileges), expires_at=None, by=actor, now=now
        )
    user = who.user if isinstance(who, Membership) else who
    return {
        "email": user.email,
        "password": PASSWORD,
        "role": role,
        "name": actor.name,
        "site_number": actor.site_number,
        "site_name": actor.site_name,
        "api_key": secret,
    }


def write_accounts(accounts_: list[dict[str, str]]) -> None:
    """Write var/demo.json, whole or not at all. `bin/run` keeps its addresses up to date."""
    target = settings.VAR_DIR / "demo.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    world = {
        "url": settings.PORTAL_URL,
        "database_url": os.environ.get("DATABASE_URL", ""),
        "accounts": accounts_,
    }
    part = target.with_suffix(".part")
    part.write_text(json.dumps(world, indent=1, ensure_ascii=False), encoding="utf-8")
    part.replace(target)
