"""Orders, quotes, and how far services are."""

from .fulfilment import DataElement, Fulfilment, FulfilmentStatus
from .guide import GuideAnswer, GuideQuestion, GuideRule, QuestionKind
from .letterhead import Letterhead
from .orders import OVER, Order, OrderLine, OrderStatus
from .quotes import FINAL, ORDERABLE, CutReason, Quote, QuoteKind, QuoteLine, QuoteStatus

__all__ = [
    "FINAL",
    "ORDERABLE",
    "OVER",
    "CutReason",
    "DataElement",
    "Fulfilment",
    "FulfilmentStatus",
    "GuideAnswer",
    "GuideQuestion",
    "GuideRule",
    "Letterhead",
    "Order",
    "OrderLine",
    "OrderStatus",
    "QuestionKind",
    "Quote",
    "QuoteKind",
    "QuoteLine",
    "QuoteStatus",
]
