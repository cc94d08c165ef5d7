"""Kinds of notices: what the portal tells people about. Apps register theirs in `notices.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

from identity.actors import Actor, Kind
from identity.privileges import Privilege

Words = str | Promise
When = Literal["at_once", "daily", "none"]


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice.

    `subject` and `body` are lazy and formatted with the notice's context (`%(name)s`) when somebody reads
    them, in their language; with `ngettext_lazy("…", "…", "count")` the number is taken from the context.
    `body` has paragraphs separated by blank lines.

    `default` says when it is mailed to somebody who has not chosen: "at_once", "daily" (in one mail a day) or
    "none". A `mandatory` kind is always mailed at once; `mandatory_reason` tells why that cannot be changed.

    `kinds` and `privilege` narrow whom it can concern at all; others do not find it among their preferences.
    """

    name: str  # "deal.approved"
    group: Words
    title: Words
    subject: Words
    body: Words
    action: Words = ""  # what the button says that leads to the notice's href
    default: When = "at_once"
    mandatory: bool = False
    mandatory_reason: Words = ""
    tone: str = "info"
    icon: str = "bell"
    kinds: frozenset[Kind] = frozenset(Kind)
    privilege: Privilege | None = None

    def can_concern(self, actor: Actor) -> bool:
        return actor.kind in self.kinds and (self.privilege is None or actor.may(self.privilege))


_kinds: dict[str, NoticeKind] = {}


def register(kind: NoticeKind) -> NoticeKind:
    """Make a kind known. Raises ValueError when its name is taken."""
    if _kinds.setdefault(kind.name, kind) is not kind:
        raise ValueError(f"There is another notice kind named {kind.name}.")
    return kind


def known(name: str) -> NoticeKind | None:
    """The kind of this name; None when the app that registered it is gone but its notices are still there."""
    return _kinds.get(name)


def all_kinds() -> list[NoticeKind]:
    """Every kind, in the order of registration."""
    return list(_kinds.values())
