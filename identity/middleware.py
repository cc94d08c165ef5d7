"""One transaction per request, and who is asking in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from . import tenancy
from .actors import Actor, Kind
from .models import User
from .sessions import Who, actor_from, who_by_key

# Signing in, signing up and security settings: they work on people's own records under the door role.
DOOR_PREFIX = "/account/"
API_PREFIX = "/api/"
# Whoever holds a link is let in by it alone: who they are otherwise, and what they lack, makes no difference there.
LINK_PREFIX = "/setup/"


class TenancyMiddleware:
    """Opens the request's transaction at the door; a failed request leaves nothing behind."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with tenancy.door():
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


class IdentityMiddleware(AuthenticationMiddleware):
    """Finds out who is asking (`request.actor`, `request.user`) and makes the transaction theirs."""

    def process_request(self, request: HttpRequest) -> None:
        request.user, request.actor = _identify(request)
        if request.actor.signed_in:
            tenancy.become(
                at_the_door(request.actor) if request.path.startswith(DOOR_PREFIX) else request.actor
            )


def at_the_door(actor: Actor) -> Actor:
    """The same person under the door role, which knows people's own records and no business data."""
    return replace(actor, kind=Kind.APPLICANT, site_id=None)


def _identify(request: HttpRequest) -> tuple[User | AnonymousUser, Actor]:
    header = request.headers.get("authorization", "")
    if request.path.startswith(API_PREFIX) and header:
        # An API call speaks with its key alone; a browser's cookie neither helps nor harms it.
        scheme, _, secret = header.partition(" ")
        who = who_by_key(digest(secret.strip())) if scheme.lower() == "bearer" and secret else None
        return _known(who)
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or SESSION_KEY not in request.session:
        return AnonymousUser(), Actor.anonymous()
    user, actor = _known(request.session.who)  # type: ignore[attr-defined]
    expected = request.session.get(HASH_SESSION_KEY, "")
    if isinstance(user, AnonymousUser) or not constant_time_compare(expected, user.get_session_auth_hash()):
        request.session.flush()  # removed person, or the password was changed elsewhere
        return AnonymousUser(), Actor.anonymous()
    return user, actor


def digest(secret: str) -> str:
    """What is kept of an API key. The secret is 256 random bits, so a plain hash cannot be guessed back."""
    return sha256(secret.encode()).hexdigest()


def _known(who: Who | None) -> tuple[User | AnonymousUser, Actor]:
    actor = actor_from(who) if who else Actor.anonymous()
    if who is None or not actor.signed_in:
        return AnonymousUser(), Actor.anonymous()
    # In the order of the model's columns, which is what `from_db` goes by; the rest is loaded when asked for.
    row = {
        "id": who.user_id,
        "password": who.password,
        "public_id": who.public_id,
        "email": who.email,
        "name": who.name,
        "language": who.language,
        "time_zone": who.time_zone,
        "staff_roles": who.staff_roles,
        "is_active": who.is_active,
    }
    return User.from_db("default", list(row), list(row.values())), actor
