"""Orders, quotes, and how far services are."""

from .fulfilment import DataElement, Fulfilment, FulfilmentStatus
from .orders import Order, OrderLine, OrderStatus
from .quotes import CutReason, Quote, QuoteKind, QuoteLine, QuoteStatus

__all__ = [
    "CutReason",
    "DataElement",
    "Fulfilment",
    "FulfilmentStatus",
    "Order",
    "OrderLine",
    "OrderStatus",
    "Quote",
    "QuoteKind",
    "QuoteLine",
    "QuoteStatus",
]
