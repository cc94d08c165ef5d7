"""A delivery as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .actions import removes_much
from .declared import Feed, FeedColumn, FeedNotFound, feed_of
from .flaws import Told, first_flaws
from .models import Delivery, Status
from .sentences import told
from .values import Choice, YesNo

YES, NO = _("Yes"), _("No")
TONES = {
    Status.RECEIVED: "info",
    Status.CHECKING: "info",
    Status.NEEDS_MAPPING: "warn",
    Status.INVALID: "bad",
    Status.READY: "accent",
    Status.LOADING: "info",
    Status.LOADED: "good",
    Status.UNCHANGED: "neutral",
    Status.FAILED: "bad",
    Status.CANCELLED: "neutral",
    Status.REFUSED: "bad",
}
WORK: dict[str, str | Promise] = {
    "": _("Waits for its turn"),
    "reading": _("Reading the file"),
    "checking": _("Checking row by row"),
    "comparing": _("Comparing with what is there"),
    "copying": _("Copying the rows"),
    "writing": _("Writing, all or nothing"),
}
_NAMES = (
    pgettext_lazy("step of a delivery", "Receive"),
    pgettext_lazy("step of a delivery", "Match columns"),
    pgettext_lazy("step of a delivery", "Check"),
    pgettext_lazy("step of a delivery", "Confirm"),
    pgettext_lazy("step of a delivery", "Load"),
)
# How many steps are done in each state, and how the next one stands.
_STEPS = {
    Status.RECEIVED: (2, "now"),
    Status.NEEDS_MAPPING: (1, "now"),
    Status.CHECKING: (2, "now"),
    Status.INVALID: (2, "stopped"),
    Status.READY: (3, "now"),
    Status.LOADING: (4, "now"),
    Status.LOADED: (5, ""),
    Status.UNCHANGED: (3, "todo"),
    Status.REFUSED: (1, "stopped"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Samples of one sort of change."""

    action: str
    changes: list[dict[str, Any]]
    total: int


class Shown:
    """A delivery and what its page says of it, for the reader."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery

    @cached_property
    def feed(self) -> Feed | None:
        """None for a feed that no app declares any more."""
        try:
            return feed_of(self.delivery.feed)
        except FeedNotFound:
            return None

    @property
    def label(self) -> Any:
        return self.feed.label if self.feed else self.delivery.feed

    @property
    def tone(self) -> str:
        return TONES[Status(self.delivery.status)]

    @property
    def steps(self) -> list[tuple[Any, str]]:
        done, state = self._where()
        states = ["done"] * done + ([state] if done < len(_NAMES) else [])
        states += ["todo"] * (len(_NAMES) - len(states))
        return list(zip(_NAMES, states, strict=True))

    def _where(self) -> tuple[int, str]:
        """Where it ended, for what came to no good end."""
        status = Status(self.delivery.status)
        if status in _STEPS:
            return _STEPS[status]
        if self.delivery.confirmed_at:
            return 4, "stopped"
        return (3 if self.delivery.checked_at else 2), "stopped"

    @property
    def work(self) -> str | Promise:
        return WORK.get(self.delivery.step, WORK[""])

    @property
    def percent(self) -> int | None:
        """How far the step is; None where nobody knows."""
        total = self.delivery.total
        return min(100, self.delivery.done * 100 // total) if total else None

    @property
    def rows_done(self) -> int:
        return 0 if self.delivery.total else self.delivery.done

    @property
    def problem(self) -> str:
        words = self.delivery.problem.get("words")
        return told(words) if words else ""

    @cached_property
    def flaws(self) -> list[Told]:
        return first_flaws(self.feed, self.delivery.errors)

    @property
    def removes_much(self) -> bool:
        return removes_much(self.delivery)

    @property
    def removal_percent(self) -> int:
        stock = self.delivery.summary.get("stock", 0)
        return self.delivery.summary.get("removed", 0) * 100 // stock if stock else 100

    @property
    def samples(self) -> list[Group]:
        summary = self.delivery.summary
        groups = []
        for action in ("changed", "added", "removed"):
            found = [change for change in summary.get("samples", []) if change["action"] == action]
            if found:
                groups.append(Group(action, [self._said(change) for change in found], summary.get(action, 0)))
        return groups

    def _said(self, change: dict[str, Any]) -> dict[str, Any]:
        names = [name for name in change["new"] if change["action"] != "added" or change["new"][name]]
        differ = [
            (
                self._label(name),
                self._value(name, change["old"].get(name)),
                self._value(name, change["new"][name]),
            )
            for name in sorted(names, key=self._place)
        ]
        return change | {"differ": differ, "note": told(change["note"]) if change["note"] else ""}

    @cached_property
    def _columns(self) -> dict[str, FeedColumn]:
        return {column.name: column for column in self.feed.columns} if self.feed else {}

    def _label(self, name: str) -> Any:
        return self._columns[name].label if name in self._columns else name

    def _place(self, name: str) -> int:
        """As in the file: JSON in the database keeps no order."""
        order = list(self._columns)
        return order.index(name) if name in order else len(order)

    def _value(self, name: str, value: str | None) -> Any:
        """Yes, no and codes in words."""
        kind = self._columns[name].kind if name in self._columns else None
        if isinstance(kind, YesNo) and value is not None:
            return YES if value == "true" else NO
        if isinstance(kind, Choice) and value is not None:
            return kind.choices.get(value, value)
        return value

    @property
    def questions(self) -> list[dict[str, Any]]:
        return [question | {"label": self._label(question["column"])} for question in self.delivery.questions]

    @property
    def preview(self) -> tuple[list[tuple[str, Any]], list[tuple[int, list[str]]]]:
        """Headers with the column each was matched to (None: not used), and the first rows."""
        of = {index: self._label(name) for name, index in self.delivery.mapping.items() if index is not None}
        headers = [(header, of.get(index)) for index, header in enumerate(self.delivery.headers)]
        width = len(headers)
        rows = [
            (number, [*cells[:width], *[""] * (width - len(cells))])
            for number, cells in self.delivery.preview
        ]
        return headers, rows
