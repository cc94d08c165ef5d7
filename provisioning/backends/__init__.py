"""What sets services up: one interface, and two that keep to it.

`embedded` is a registry in this portal's own database (embedded.py); an address is a vendor's own system (remote.py,
whose shapes docs/provisioning.md tells). Nothing here knows of lines or links: what is wanted comes as a `Wanted`,
what was heard goes as an `Answer`. A call may be repeated with the same key as often as need be: it does once what it
does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class WantedOrganisation:
    """Whose the services are. Without `external_id` the backend makes it; with it, it has it already."""

    public_id: str
    external_id: str
    name: str
    country: str
    address: str
    domain: str
    administrator_email: str
    language: str
    subdomain: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be set up: the services of one line, all of them, with what was entered for each."""

    line: str  # its public id
    order_number: str
    part_number: str
    quantity: int
    services: tuple[str, ...]
    organisation: WantedOrganisation
    details: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by service
    elements: Mapping[str, str] = field(
        default_factory=dict
    )  # of the provisioning form, by what it calls them
    continues: str = ""  # what the backend calls the trial that this goes on from, with all that is in it

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Wanted:
        """From what `dataclasses.asdict` made of one, as JSON keeps it."""
        given = dict(kept) | {"organisation": WantedOrganisation(**kept["organisation"])}
        return cls(**given | {"services": tuple(kept["services"])})


@dataclass(frozen=True, slots=True)
class ServiceState:
    """How far one service is: a state of ActivationState's, and the backend's code and words where it failed."""

    state: str
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a backend says. As long as `state` is no final one, it tells at `location` how far it is."""

    state: str  # of ActivationState, never "queued"
    location: str = ""
    organisation_id: str = ""  # the backend's
    external_id: str = ""  # what was set up, as the backend calls it: a subscription's
    services: Mapping[str, ServiceState] = field(default_factory=dict)
    code: str = ""
    text: str = ""
    retry_after: float | None = None  # seconds until it wants to be asked again


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something would not be set up: a code (see activating.problems), and the backend's words."""

    code: str
    text: str = ""
    service: str = ""  # "": the whole


class Trouble(Exception):
    """Nobody knows whether it was done: the backend is away, busy or makes no sense. To be said again, later."""

    def __init__(self, code: str, text: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(code, text)
        self.code, self.text, self.retry_after = code, text, retry_after


class Refused(Exception):
    """The backend understood and will not. The same again would be refused again."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(code, text)
        self.code, self.text = code, text


class Forgotten(Exception):
    """The backend knows nothing (any more) of this location."""


class Backend(Protocol):
    """What sets services up. Jobs call it outside of transactions: it may take its time, but where a person waits."""

    def create(self, request: Wanted, key: str) -> Answer:
        """Set this up, once for each key. Raises Trouble, Refused."""
        ...

    def look(self, location: str) -> Answer:
        """How far that is. Raises Trouble, Refused, Forgotten."""
        ...

    def validate(self, request: Wanted) -> list[Problem]:
        """What would be refused; nothing is done. Raises Trouble."""
        ...

    def is_free(self, kind: str, name: str) -> bool:
        """Whether nobody there has this name (of a kind of NameKind's) yet. A person waits for it. Raises Trouble."""
        ...

    def change(self, external_id: str, state: str, key: str) -> Answer:
        """Bring what was set up into this state: "active", "suspended", "cancelled" or "deleted".

        Saying so again changes nothing. Raises Trouble, Refused.
        """
        ...


def backend() -> Backend:
    """The one that the settings name. Raises ImproperlyConfigured."""
    return _backend(settings.PROVISIONING_BACKEND, settings.PROVISIONING_TOKEN)


@lru_cache(maxsize=4)
def _backend(name: str, token: str) -> Backend:
    from .embedded import EmbeddedRegistry
    from .remote import RemoteBackend

    if name == EMBEDDED:
        return EmbeddedRegistry()
    if name.startswith("https://") or (name.startswith("http://") and not settings.PRODUCTION):
        return RemoteBackend(name, token)
    raise ImproperlyConfigured(f"PROVISIONING_BACKEND is {name!r}; use {EMBEDDED!r} or an https:// address.")
