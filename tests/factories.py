"""Rows for tests, with sensible defaults. Everything is made as the system, outside any tenant's scope."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from identity import tenancy
from identity.models import Membership, MembershipStatus, Site, SiteKind, Standing, User

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def new_site(name: str = "", *, kind: str = SiteKind.RESELLER, **extra: Any) -> Site:
    """A site that is not kept yet."""
    number = next(_numbers)
    extra.setdefault("number", f"{7400000 + number}")
    extra.setdefault("country", "PL")
    extra.setdefault("time_zone", "Europe/Warsaw")
    return Site(name=name or f"Site {number}", kind=kind, **extra)


def make_site(name: str = "", *, kind: str = SiteKind.RESELLER, **extra: Any) -> Site:
    site = new_site(name, kind=kind, **extra)
    with tenancy.as_system():
        site.save()
    return site


def new_user(name: str, email: str = "", **extra: Any) -> User:
    """A vendor ID that is not kept yet."""
    email = email or f"{name.split()[0].lower()}{next(_numbers)}@people.example"
    user = User(email=User.objects.normalise(email), name=name, **extra)
    user.password = hashed(PASSWORD)
    return user


@cache
def hashed(password: str) -> str:
    return make_password(password)


def make_user(name: str, email: str = "", *, verified: bool = True, **extra: Any) -> User:
    user = new_user(name, email, **extra)
    with tenancy.as_system():
        user.save()
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
