"""API keys: a person's own, for one site, with privileges of their own; made, used and revoked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import tenancy
from .access import PrivilegeMissing, demand
from .actors import Actor
from .audit import record
from .middleware import digest
from .models import ApiKey, User
from .privileges import EVERY_STAFF, GRANTS, STAFF_ONLY, Privilege, Refusal, StaffRole, why_not

PREFIX = "pw_"
MOST = 20  # keys in force, for each person and site
NOTED_EVERY = timedelta(minutes=1)

# What a key's maker chooses among, in this order. A key makes no keys.
NAMES: dict[Privilege, str | Promise] = {
    Privilege.DEAL_VIEW: _("See deals"),
    Privilege.DEAL_REGISTER: _("Register deals"),
    Privilege.DEAL_DECIDE: _("Decide deals"),
    Privilege.INBOX_READ: _("Read your inbox"),
    Privilege.MEMBER_VIEW: _("See the users of the site"),
    Privilege.MEMBER_MANAGE: _("Manage users and decide requests for access"),
    Privilege.ROLE_GRANT: _("Grant roles and tools"),
    Privilege.REPORT_VIEW: _("See reports"),
    Privilege.RENEWAL_VIEW: _("See renewals"),
    Privilege.RENEWAL_WORK: _("Assign, put off and note renewals"),
    Privilege.ORDER_PLACE: _("Place orders"),
    Privilege.ORDER_DECIDE: _("Accept and reject orders"),
    Privilege.QUOTE_MANAGE: _("Manage proposals and quotes"),
    Privilege.GUIDED_SELLING_USE: _("Use guided selling"),
    Privilege.PRICE_FILE_VIEW: _("Download price files"),
    Privilege.PARTNER_COST_VIEW: _("See partner cost"),
    Privilege.PROFILE_EDIT: _("Edit business profiles"),
    Privilege.REFERRAL_VIEW: _("See co-sell deals"),
    Privilege.REFERRAL_WORK: _("Answer, change and close co-sell deals"),
    Privilege.REFERRAL_MANAGE: _("Make co-sell deals, and keep solutions, leads and registrations"),
    Privilege.REFERRAL_ANSWER: _("Answer co-sell deals for the vendor"),
    Privilege.COSELL_DECIDE: _("Decide on solutions, incentives and business profiles"),
    Privilege.REQUEST_DECIDE: _("Decide requests for access"),
    Privilege.PRIMARY_CHANGE: _("Change primary contacts"),
    Privilege.SITE_VIEW: _("See partner sites"),
    Privilege.AUDIT_VIEW: _("See the audit trail"),
    Privilege.SETTING_VIEW: _("See settings"),
    Privilege.SETTING_EDIT: _("Change settings"),
    Privilege.PRODUCT_EDIT: _("Change products"),
    Privilege.FEED_VIEW: _("See what was delivered to the portal"),
    Privilege.SITE_EDIT: _("Send sites and relationships"),
    Privilege.CUSTOMER_EDIT: _("Send customers and their agreements"),
    Privilege.ORDER_EDIT: _("Send orders"),
    Privilege.RENEWAL_EDIT: _("Send renewals and entitlements"),
    Privilege.PRICE_EDIT: _("Send prices and exchange rates"),
    Privilege.PRICE_PUBLISH: _("Publish and withdraw price editions"),
}
STAFFS = EVERY_STAFF.union(*(GRANTS[role] for role in StaffRole))


class TooManyKeys(Exception):
    """The person has MOST keys in force at this site already."""


class KeyNotFound(Exception):
    """No such key, or not this person's at this site."""


@dataclass(frozen=True, slots=True)
class Grantable:
    """A privilege that a key could be given; with a refusal where its maker does not have it."""

    privilege: Privilege
    name: str | Promise
    refusal: Refusal | None


def grantable(actor: Actor) -> list[Grantable]:
    """What this actor's keys could be given, and why not what they may not do themselves."""
    sort = STAFFS if actor.is_staff else frozenset(Privilege) - STAFF_ONLY
    return [Grantable(each, name, why_not(actor, each)) for each, name in NAMES.items() if each in sort]


@transaction.atomic
def make_key(
    name: str, privileges: Iterable[Privilege], *, expires_at: datetime | None, by: Actor, now: datetime
) -> tuple[ApiKey, str]:
    """Make a key for what `by` may do themselves; returns it with its secret, which is kept nowhere.

    Raises PrivilegeMissing for more than that, and for a key trying to make keys; TooManyKeys.
    """
    demand(by, Privilege.KEY_MANAGE)
    owner = by.user_id
    if owner is None:
        raise TypeError("The system has no keys.")
    given = frozenset(privileges) & frozenset(NAMES)
    for privilege in given:
        demand(by, privilege)
    if by.key_id is not None:
        raise PrivilegeMissing(
            Refusal(_("An API key cannot make keys."), _("Its owner can, on the page “API keys”."))
        )
    User.objects.select_for_update(no_key=True).only("id").get(id=owner)  # two at once: one counts both
    if in_force(now).count() >= MOST:
        raise TooManyKeys
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user_id=owner,
        site_id=by.site_id,
        name=name,
        digest=digest(secret),
        privileges=sorted(given),
        expires_at=expires_at,
    )
    _record("key.made", key, by=by, now=now)
    return key, secret


@transaction.atomic
def revoke_key(public_id: str, *, by: Actor, now: datetime) -> ApiKey:
    """End a key of one's own at once; doing so again changes nothing. Raises KeyNotFound."""
    key = ApiKey.objects.select_for_update().filter(public_id=public_id).first()
    if key is None:
        raise KeyNotFound
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        _record("key.revoked", key, by=by, now=now)
    return key


def keys_everywhere(user_id: int, *, now: datetime) -> list[ApiKey]:
    """A person's keys in force, at whatever site: in a scope, only those at one site are to be seen."""
    with tenancy.as_system():
        return list(in_force(now).filter(user_id=user_id).order_by("name", "id"))


def revoke_everywhere(user: User, *, now: datetime) -> int:
    """End all keys of somebody who chose a new password, at their own word; returns how many there were."""
    with tenancy.as_system():
        keys = list(in_force(now).select_for_update().filter(user_id=user.id).order_by("id"))
        ApiKey.objects.filter(id__in=[key.id for key in keys]).update(revoked_at=now)
        owner = replace(Actor.system(), user_id=user.id, name=user.name or user.email)
        for key in keys:
            _record("key.revoked", key, by=replace(owner, site_id=key.site_id), now=now)
    return len(keys)


def in_force(now: datetime) -> QuerySet[ApiKey]:
    """The keys in this scope that work."""
    return ApiKey.objects.filter(revoked_at=None).exclude(expires_at__lte=now)


def _record(event: str, key: ApiKey, *, by: Actor, now: datetime) -> None:
    expires = key.expires_at.isoformat() if key.expires_at else None
    record(
        event,
        by=by,
        now=now,
        object_type="key",
        object_id=key.public_id,
        label=key.name,
        privileges=key.privileges,
        expires_at=expires,
    )


def note_use(key_id: int, *, now: datetime) -> None:
    """Remember when a key was last used, to the minute. Whoever finds the row busy leaves it to the other."""
    if not cache.add(f"key-used:{key_id}", 1, timeout=int(NOTED_EVERY.total_seconds())):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE identity_apikey SET last_used_at = %s WHERE id = ("
            "SELECT id FROM identity_apikey WHERE id = %s AND (last_used_at IS NULL OR last_used_at <= %s)"
            " FOR UPDATE SKIP LOCKED)",
            [now, key_id, now - NOTED_EVERY],
        )
