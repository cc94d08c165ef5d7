"""Sending files, as the tests do it."""

from __future__ import annotations

import io
from typing import Any

from django.utils import timezone

from feeds import actions
from feeds.declared import feed_of
from feeds.models import Delivery, Source
from feeds.work import work_on_all
from identity import tenancy
from identity.actors import Actor
from identity.models import StaffRole, User
from pricing.models import ProductLine
from tests.cast import actor
from tests.factories import make_user

PARTS = "number,description,line,type,active\r\n"
SOME_PARTS = PARTS + "D0AAALL,Flow Designer,FLOW,licence,yes\r\nD0BBBLL,Flow Runner,FLOW,renewal,yes\r\n"


def make_pricing(name: str = "Pia Price") -> User:
    return make_user(name, staff_roles=[StaffRole.PRICING])


def make_operations(name: str = "Otto Operations") -> User:
    return make_user(name, staff_roles=[StaffRole.CHANNEL_OPERATIONS])


def make_lines(*codes: str) -> None:
    with tenancy.as_system():
        for code in codes:
            ProductLine.objects.get_or_create(code=code, defaults={"name": code.title()})


def send(
    feed: str, content: str | bytes, *, by: User | Actor, name: str = "", complete: bool = False, **extra: Any
) -> Delivery:
    """A file as somebody sends it by page; nothing is done with it yet."""
    sender = by if isinstance(by, Actor) else actor(by)
    data = content.encode() if isinstance(content, str) else content
    with tenancy.scope(sender):
        return actions.receive(
            feed_of(feed),
            file=io.BytesIO(data),
            name=name or f"{feed}.csv",
            complete=complete,
            source=extra.pop("source", Source.PAGE),
            by=sender,
            now=timezone.now(),
        )


def again(delivery: Delivery) -> Delivery:
    """The delivery as it is by now."""
    with tenancy.as_system():
        return Delivery.objects.get(id=delivery.id)


def checked(feed: str, content: str | bytes, *, by: User | Actor, **extra: Any) -> Delivery:
    """Sent, and looked at by a worker."""
    delivery = send(feed, content, by=by, **extra)
    work_on_all()
    return again(delivery)


def confirm(delivery: Delivery, *, by: User, ticked: bool = False) -> None:
    with tenancy.scope(actor(by)):
        actions.confirm(
            delivery, seen=delivery.fingerprint, removal_ticked=ticked, by=actor(by), now=timezone.now()
        )


def loaded(feed: str, content: str | bytes, *, by: User, ticked: bool = False, **extra: Any) -> Delivery:
    """Sent, checked, confirmed, and loaded by a worker."""
    delivery = checked(feed, content, by=by, **extra)
    confirm(delivery, by=by, ticked=ticked)
    work_on_all()
    return again(delivery)
