"""Who is to be told, within the same transaction, that something was ordered here.

    from orders.placing.ordered import when_ordered

    @when_ordered
    def settle_renewals(order, lines, by, now): ...   # lines: [(QuoteLine, quantity)], empty without a quote

Registered when an app starts. What it raises undoes the order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from identity.actors import Actor

from ..models import Order, QuoteLine

Ordered = Sequence[tuple[QuoteLine, int]]
Hook = Callable[[Order, Ordered, Actor, datetime], None]
_hooks: list[Hook] = []


def when_ordered(hook: Hook) -> Hook:
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


def tell(order: Order, lines: Ordered, *, by: Actor, now: datetime) -> None:
    """Call everybody who asked for it, in the order in which they did."""
    for hook in _hooks:
        hook(order, lines, by, now)
