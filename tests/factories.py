"""Rows for tests, with sensible defaults. Everything is made as the system, outside any tenant's scope."""

from __future__ import annotations

import itertools
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from identity import tenancy
from identity.models import Membership, MembershipStatus, Site, SiteKind, Standing, User

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def make_site(name: str = "", *, kind: str = SiteKind.RESELLER, **extra: Any) -> Site:
    number = next(_numbers)
    extra.setdefault("number", f"{7400000 + number}")
    extra.setdefault("country", "PL")
    extra.setdefault("time_zone", "Europe/Warsaw")
    with tenancy.as_system():
        return Site.objects.create(name=name or f"Site {number}", kind=kind, **extra)


def make_user(name: str, email: str = "", *, verified: bool = True, **extra: Any) -> User:
    email = email or f"{name.split()[0].lower()}{next(_numbers)}@people.example"
    with tenancy.as_system():
        user = User.objects.create_user(email, PASSWORD, name=name, **extra)
    with tenancy.door():
        EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user


def make_member(site: Site, name: str, *, standing: str = Standing.MEMBER, **extra: Any) -> Membership:
    """A person with a place at a site; `user=` uses an existing person."""
    user = extra.pop("user", None) or make_user(name)
    if extra.get("status") == MembershipStatus.REMOVED:
        extra.setdefault("removed_at", timezone.now())
    with tenancy.as_system():
        return Membership.objects.create(
            site=site, user=user, name=name, email=user.email, standing=standing, **extra
        )
