"""Who is to be told, within the same transaction, that something was ordered here.

    from orders.placing.ordered import when_ordered

    @when_ordered
    def settle_renewals(order, lines, by, now): ...   # lines: [(QuoteLine, quantity)], empty without a quote

    @when_undone
    def give_renewals_back(order, by, now): ...      # it was called off, or turned down by somebody here

Registered when an app starts. What it raises undoes the order, or what undid it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from identity.actors import Actor

from ..models import Order, QuoteLine

Ordered = Sequence[tuple[QuoteLine, int]]
Hook = Callable[[Order, Ordered, Actor, datetime], None]
Undone = Callable[[Order, Actor, datetime], None]
_hooks: list[Hook] = []
_undone: list[Undone] = []


def when_ordered(hook: Hook) -> Hook:
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


def tell(order: Order, lines: Ordered, *, by: Actor, now: datetime) -> None:
    """Call everybody who asked for it, in the order in which they did."""
    for hook in _hooks:
        hook(order, lines, by, now)


def when_undone(hook: Undone) -> Undone:
    if hook not in _undone:
        _undone.append(hook)
    return hook


def tell_undone(order: Order, *, by: Actor, now: datetime) -> None:
    """The same for an order that came to nothing."""
    for hook in _undone:
        hook(order, by, now)
