"""Declared feeds: what files the vendor's systems may send, what stands in them, and where it goes.

An app declares its feeds in `feeds.py`, imported from its `AppConfig.ready()`; this app does the rest. The README
says how to add one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.functional import Promise

from identity.actors import Actor
from identity.privileges import Privilege

if TYPE_CHECKING:
    from . import values

Words = str | Promise


@dataclass(frozen=True, slots=True)
class FeedColumn:
    """One column of a feed's files.

    `name` is how it is called in the API, in staged tables and in the header of the example; `aliases` are other
    names that headers use. `required`: the file must have the column, and a value in every row. `example` is what
    the example file shows.
    """

    name: str
    label: Words
    kind: values.Kind
    required: bool = True
    aliases: tuple[str, ...] = ()
    text: Words = ""  # what it means, in a sentence
    example: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A column worked out from others before the rows are staged, for what SQL cannot say.

    `make` is given the columns `of`, as lists of what their kinds parsed (None for blank), and returns a list as
    long. The result is text.
    """

    name: str
    of: tuple[str, ...]
    make: Callable[..., Sequence[str | None]]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with one row: where, what stands there, and the rule it breaks.

    `rule` is a sentence for the sender, with `%(name)s` where `params` go; `code` names it for programs.
    """

    row: int  # as a person sees it in the file
    column: str  # a FeedColumn's name; "" when it is about the whole row
    value: str
    rule: Words
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One row of what would change, shown as a sample. `old` and `new` are by column name, written as text."""

    action: str  # "added", "changed", "removed"
    label: str
    old: Mapping[str, str | None] = field(default_factory=dict)
    new: Mapping[str, str | None] = field(default_factory=dict)
    row: int | None = None  # None for what is removed: it stands in no row
    note: Words = ""  # what else whoever confirms should know


@dataclass(frozen=True, slots=True)
class Summary:
    """What a load would change, as the data is now.

    `fingerprint` is the same for as long as the load would do the same: it has to cover what is there already and
    would be overwritten, not only the counts. `stock` is how many rows there are now that a complete file could
    remove; removing many of them needs a tick of its own.
    """

    added: int
    changed: int
    removed: int
    unchanged: int
    fingerprint: str
    samples: tuple[Change, ...] = ()
    stock: int = 0

    @property
    def total(self) -> int:
        """How many rows the load would touch."""
        return self.added + self.changed + self.removed


@dataclass(frozen=True, slots=True)
class Staged:
    """The rows of a file, valid one by one, in a temporary table of the running transaction.

    The table has `row` (integer, the row's number in the file; say `s.row`), a column for every column of the feed
    (null where the file has no such column, or a blank) of its kind's `sql` type, and the feed's derived columns
    (text). It is analysed, and unique in the feed's identity. It goes with the transaction; so does every temporary
    table whose name begins with `table` and which the target makes ON COMMIT DROP.
    """

    table: str
    columns: frozenset[str]  # the feed's columns that the file has
    derived: frozenset[str]
    rows: int
    complete: bool  # the sender says that what is missing is to be removed
    delivery: str  # the delivery's public id, for audit trails


class Target(Protocol):
    """Where a feed's rows go. All of it is SQL over the staged table: nothing is done row by row in Python.

    The three are called in this order, in one transaction under the role of whoever sent or confirmed the file
    (`portal_staff`, or `portal_system` for watched folders); for checking alone it is rolled back after
    `summarise`. Whatever raises undoes all of it.
    """

    @property
    def removes(self) -> bool:
        """Whether a file can be complete, and what it lacks be removed."""

    def check(self, staged: Staged) -> Iterable[Flaw]:
        """What is wrong with rows in the light of what is there: unknown references, forbidden changes."""

    def summarise(self, staged: Staged) -> Summary:
        """What `load` would do now."""

    def load(self, staged: Staged, *, by: Actor, now: datetime) -> None:
        """Do what `summarise`, called just before in the same transaction, has said; audit and versions included.

        A database error means that the data changed meanwhile, or that the target is wrong; all is undone.
        """


@dataclass(frozen=True, slots=True)
class Feed:
    """A kind of file that the vendor's systems may send.

    `identity` names the columns that tell rows apart: two rows with the same are an error.
    """

    key: str  # in addresses and in the names of files: "parts"
    label: Words
    text: Words
    privilege: Privilege
    columns: tuple[FeedColumn, ...]
    identity: tuple[str, ...]
    target: Target
    derived: tuple[Derived, ...] = ()
    icon: str = "file-import"
    order: int = 50
    notes: tuple[Words, ...] = ()  # rules that go beyond single columns, in sentences, for the feed's page

    def column(self, name: str) -> FeedColumn:
        """Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


class FeedNotFound(LookupError):
    """No app declares a feed of this key."""


_feeds: dict[str, Feed] = {}


def register(feed: Feed) -> Feed:
    """Make a feed known. Raises ValueError when its key is taken, or its identity is not of its columns."""
    if not {column.name for column in feed.columns}.issuperset(feed.identity):
        raise ValueError(f"The identity of {feed.key} is not among its columns.")
    if _feeds.setdefault(feed.key, feed) is not feed:
        raise ValueError(f"There is another feed {feed.key}.")
    return feed


def feeds() -> Iterator[Feed]:
    """Every feed, in the order in which they are shown."""
    yield from sorted(_feeds.values(), key=lambda feed: (feed.order, feed.key))


def feed_of(key: str) -> Feed:
    """Raises FeedNotFound."""
    try:
        return _feeds[key]
    except KeyError:
        raise FeedNotFound(key) from None


def feeds_for(actor: Actor) -> list[Feed]:
    """The feeds for which this actor may send files."""
    return [feed for feed in feeds() if actor.may(feed.privilege)]
