"""How orders are coloured."""

from __future__ import annotations

from ..models import OrderStatus

TONES: dict[str, str] = {
    OrderStatus.PLACED: "info",
    OrderStatus.ACCEPTED: "accent",
    OrderStatus.FULFILLED: "good",
    OrderStatus.REJECTED: "bad",
    OrderStatus.CANCELLED: "neutral",
}
