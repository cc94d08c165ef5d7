"""Calling the API as a program does: with a key."""

from __future__ import annotations

import itertools
from typing import Any

from django.test import Client

from identity import tenancy
from identity.middleware import digest
from identity.models import ApiKey, Membership, User
from identity.privileges import Privilege
from tests.cast import actor

_numbers = itertools.count(1)


class Caller(Client):
    """A program that speaks with one key, in JSON."""

    def __init__(self, secret: str, key: ApiKey | None = None) -> None:
        super().__init__(headers={"Authorization": f"Bearer {secret}"} if secret else {})
        self.secret = secret
        self.api_key = key

    def send(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        """One call; `Idempotency_Key="…"` becomes the header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        body = {} if data is None else {"data": data}
        return getattr(self, method)(path, content_type="application/json", headers=named, **body)


def caller(who: Membership | User, *privileges: Privilege, **extra: Any) -> Caller:
    """A program with a key of this person's; of everything they may do unless `privileges` says less."""
    person = actor(who)
    secret = f"pw_test_{next(_numbers)}"
    with tenancy.as_system():
        key = ApiKey.objects.create(
            user_id=person.user_id,
            site_id=person.site_id,
            name="test",
            digest=digest(secret),
            privileges=sorted(privileges or person.privileges),
            **extra,
        )
    return Caller(secret, key)
