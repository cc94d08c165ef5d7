"""Who is told, where an app has a rule of its own for that: it registers a chooser, which is asked on delivery."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from identity.models import Site, User

from .kinds import NoticeKind


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a notice concerns, where, and why in a word (see expansion.why_sentence), or in a sentence.

    Who is not `mailed` finds it in their inbox alone.
    """

    user: User
    site: Site | None
    why: str
    team: str = ""
    mailed: bool = True
    sentence: str | Promise = ""  # with %(site)s

    @property
    def site_id(self) -> int | None:
        return self.site.id if self.site else None


@dataclass(frozen=True, slots=True)
class Addressee:
    """An address that may be nobody's account; by mail only. `sentence` says why it gets the mail.

    Times are written by the clocks of `time_zone`: an address has no profile that says where its reader is.
    """

    email: str
    language: str
    sentence: str | Promise = ""  # with %(site)s
    site: str = ""
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom a chooser chose."""

    people: list[Recipient] = field(default_factory=list)
    addresses: list[Addressee] = field(default_factory=list)


#: From the facts of the audience, the kind, and the id of whoever did the deed. Asked as the system.
Chooser = Callable[[Mapping[str, Any], NoticeKind, int | None], Chosen]

_choosers: dict[str, Chooser] = {}


def register_chooser(name: str, chooser: Chooser) -> None:
    """Make a rule known. Raises ValueError when its name is taken."""
    if _choosers.setdefault(name, chooser) is not chooser:
        raise ValueError(f"There is another chooser named {name}.")


def chosen(audience: Mapping[str, Any], kind: NoticeKind, doer: int | None) -> Chosen:
    """Whom the rule of this audience chooses. Raises LookupError where no app registers it."""
    return _choosers[audience["by"]](audience, kind, doer)
