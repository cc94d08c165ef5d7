"""The pages of quotes."""

from .begin import begin, edit
from .deeds import close, discard, merge, open_, reprice, revise, split
from .list import counts, quote_list
from .order import order
from .quote import add, lines, quote_detail

__all__ = [
    "add",
    "begin",
    "close",
    "counts",
    "discard",
    "edit",
    "lines",
    "merge",
    "open_",
    "order",
    "quote_detail",
    "quote_list",
    "reprice",
    "revise",
    "split",
]
