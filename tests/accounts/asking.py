"""What most tests here arrange: somebody asks for access, the job finds the site, somebody decides."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from accounts import actions
from accounts.models import AccessCase, AccessRequest
from identity import tenancy
from identity.models import Membership, User
from tests.cast import actor

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)  # a Tuesday


def ask(
    who: User | Membership, number: str = "7403807", *, primary: bool = False, **extra: Any
) -> AccessRequest:
    """Somebody asks for access, and nothing has looked at it yet."""
    extra.setdefault("now", NOW)
    if primary:
        extra = {
            "job_title": "Head of sales",
            "company_email": "p@nile.example",
            "reason": "I took over.",
        } | extra
    with tenancy.scope(actor(who)):
        return actions.request_access(number, primary=primary, by=actor(who), **extra)


def route(request: AccessRequest, now: datetime = NOW) -> AccessCase:
    with tenancy.as_system():
        case = actions.route_request(request.id, now=now)
    assert case is not None
    return case


def asked(who: User | Membership, number: str = "7403807", **extra: Any) -> AccessCase:
    """Somebody asked for access, and the case waits for whoever decides."""
    return route(ask(who, number, **extra), extra.get("now", NOW))


def again(row: Any) -> Any:
    """The row as the database has it now."""
    with tenancy.as_system():
        return type(row).objects.get(pk=row.pk)


def do(who: User | Membership, action: Any, *args: Any, **kwargs: Any) -> Any:
    """One action as somebody, in their scope."""
    kwargs.setdefault("now", NOW)
    with tenancy.scope(actor(who)):
        return action(*args, by=actor(who), **kwargs)
