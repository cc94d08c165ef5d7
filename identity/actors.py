"""Who is asking: one immutable value, made once per request or job and passed to every action as `by`."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .privileges import Privilege


class Kind(enum.StrEnum):
    """What somebody is to the portal. Each kind works under a database role of its own."""

    ANONYMOUS = "anonymous"  # nobody signed in
    APPLICANT = "applicant"  # signed in, but without access to any site
    RESELLER = "reseller"
    DISTRIBUTOR = "distributor"
    STAFF = "staff"
    GUEST = "guest"  # somebody who holds a link to one thing, with or without an account
    SYSTEM = "system"  # jobs


DATABASE_ROLE = {
    Kind.ANONYMOUS: "portal_anonymous",
    Kind.APPLICANT: "portal_anonymous",
    Kind.RESELLER: "portal_reseller",
    Kind.DISTRIBUTOR: "portal_distributor",
    Kind.STAFF: "portal_staff",
    Kind.GUEST: "portal_guest",
    Kind.SYSTEM: "portal_system",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system itself) working for one site at one moment.

    `standing` is "primary", "secondary", "member" or "" (no site). `privileges` is what this actor may do
    right now; with an API key it is already cut down to what the key was given.
    """

    kind: Kind
    user_id: int | None = None
    name: str = ""
    email: str = ""
    language: str = ""  # "" = as the browser asks
    time_zone: str = "UTC"
    site_id: int | None = None
    site_number: str = ""
    site_name: str = ""
    membership_id: int | None = None
    standing: str = ""
    site_count: int = 0
    roles: frozenset[str] = frozenset()
    staff_roles: frozenset[str] = frozenset()
    privileges: frozenset[Privilege] = field(default=frozenset())
    key_id: int | None = None
    link_id: int | None = None  # what the link that a guest holds is about; nothing else is shown

    def may(self, privilege: Privilege | str) -> bool:
        return privilege in self.privileges

    @property
    def signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def is_partner(self) -> bool:
        return self.kind in (Kind.RESELLER, Kind.DISTRIBUTOR)

    @property
    def is_staff(self) -> bool:
        return self.kind is Kind.STAFF

    @property
    def database_role(self) -> str:
        return DATABASE_ROLE[self.kind]

    @classmethod
    def anonymous(cls) -> Actor:
        return cls(kind=Kind.ANONYMOUS)

    @classmethod
    def guest(
        cls, link_id: int, *, site_id: int | None, name: str, language: str = "", time_zone: str = "UTC"
    ) -> Actor:
        """Whoever holds a link to one thing. Who they are nobody knows; `name` says to whom the link was sent.

        `site_id` is the site that is told of what they do: none of its rows is theirs to see.
        """
        return cls(
            kind=Kind.GUEST, link_id=link_id, site_id=site_id, name=name, email=name, language=language,
            time_zone=time_zone,
        )  # fmt: skip

    @classmethod
    def system(cls) -> Actor:
        """The portal itself: expiry, reminders, delivery. It crosses tenants, so only jobs use it."""
        from .privileges import Privilege

        return cls(kind=Kind.SYSTEM, name="Portway", privileges=frozenset(Privilege))
