"""Sessions in the database, and the one query that tells who is asking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import connection
from django.utils import timezone

from .actors import Actor, Kind
from .privileges import partner_privileges, staff_privileges

# Functions owned by the tables' owner: the door role can look up one session or one key it knows the secret of,
# and cannot read memberships or keys otherwise. Made by a migration of this app.
SESSION_QUERY = "SELECT * FROM portal_who_by_session(%s)"
KEY_QUERY = "SELECT * FROM portal_who_by_key(%s)"


@dataclass(slots=True)
class Who:
    """A row of the functions above: the person, and the site they work for (None when they have none)."""

    session_data: str | None
    expires_at: datetime | None
    user_id: int | None
    public_id: str | None
    email: str
    name: str
    password: str
    language: str
    time_zone: str
    staff_roles: list[str]
    is_active: bool
    membership_id: int | None
    standing: str | None
    tools: list[str] | None
    roles: list[str] | None
    site_id: int | None
    site_number: str | None
    site_name: str | None
    site_kind: str | None
    site_time_zone: str | None
    site_count: int
    key_id: int | None
    key_privileges: list[str] | None


def _one(query: str, value: str) -> Who | None:
    with connection.cursor() as cursor:
        cursor.execute(query, [value])
        row = cursor.fetchone()
    return Who(*row) if row else None


def who_by_session(key: str) -> Who | None:
    return _one(SESSION_QUERY, key)


def who_by_key(digest: str) -> Who | None:
    return _one(KEY_QUERY, digest)


def actor_from(who: Who) -> Actor:
    """The actor for a row of the functions above; what it may do is worked out afresh each time."""
    if not who.is_active or who.user_id is None:
        return Actor.anonymous()
    common: dict[str, Any] = {
        "user_id": who.user_id,
        "name": (who.name or who.email)[:120],  # as long as the columns that keep a copy
        "email": who.email,
        "language": who.language,
        "time_zone": who.time_zone,
        "key_id": who.key_id,
    }
    if who.staff_roles:
        privileges = staff_privileges(who.staff_roles)
        actor = Actor(
            kind=Kind.STAFF, staff_roles=frozenset(who.staff_roles), privileges=privileges, **common
        )
    elif who.site_id is not None:
        assert who.standing is not None
        roles = frozenset(who.roles or ())
        actor = Actor(
            kind=Kind(who.site_kind or ""),
            site_id=who.site_id,
            site_number=who.site_number or "",
            site_name=who.site_name or "",
            membership_id=who.membership_id,
            standing=who.standing,
            site_count=who.site_count,
            roles=roles,
            privileges=partner_privileges(who.standing, who.tools or (), roles),
            **common,
        )
    else:
        return Actor(kind=Kind.APPLICANT, **common)
    if who.key_id is None:
        return actor
    return replace(actor, privileges=actor.privileges & frozenset(who.key_privileges or ()))


class SessionStore(DatabaseStore):
    """Django's database sessions, loaded together with the person, membership and site in one query."""

    who: Who | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        from .models import Session

        return Session

    def _validate_session_key(self, key: str) -> bool:
        # Only what we make ourselves is looked up: a cookie may hold any character, also what a database refuses.
        return bool(key) and len(key) >= 8 and key.isascii() and key.isalnum()

    def load(self) -> dict[str, Any]:
        who = who_by_session(self.session_key) if self.session_key else None
        if who is None or who.expires_at is None or who.expires_at <= timezone.now():
            self._session_key = None
            return {}
        self.who = who
        return self.decode(who.session_data or "")

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        session: Any = super().create_model_instance(data)
        user_id = data.get(SESSION_KEY)
        session.user_id = int(user_id) if user_id else None
        return session

    def exists(self, session_key: str) -> bool:
        # 36^32 keys: no collision to look for, and no role needs to read foreign sessions to find out.
        return False
