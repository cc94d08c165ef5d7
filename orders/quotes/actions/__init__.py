"""Every change of a quote."""

from .arranging import merge_quotes, mergeable_with, split_by_site
from .beginning import begin_quote, discard_quote
from .deals import deal_numbered
from .ground import (
    CurrencyUnknown,
    CustomerMissing,
    DealNotUsable,
    DistributorUnknown,
    InvalidDay,
    LineUnknown,
    NotAlike,
    NotAnniversary,
    NotASeller,
    OneSiteOnly,
    PartsUnknown,
    PricesChanged,
    QuoteChanged,
    QuoteNotOpen,
    ReasonMissing,
    TooManyLines,
    day_at,
    lines_of,
    seller,
)
from .lines import LineChange, add_lines, change_lines, coterm_lines, reprice_quote
from .offering import close_quote, default_valid_until, expire_quote, open_quote, revise_quote
from .terms import change_quote

__all__ = [
    "CurrencyUnknown",
    "CustomerMissing",
    "DealNotUsable",
    "DistributorUnknown",
    "InvalidDay",
    "LineChange",
    "LineUnknown",
    "NotASeller",
    "NotAlike",
    "NotAnniversary",
    "OneSiteOnly",
    "PartsUnknown",
    "PricesChanged",
    "QuoteChanged",
    "QuoteNotOpen",
    "ReasonMissing",
    "TooManyLines",
    "add_lines",
    "begin_quote",
    "change_lines",
    "change_quote",
    "close_quote",
    "coterm_lines",
    "day_at",
    "deal_numbered",
    "default_valid_until",
    "discard_quote",
    "expire_quote",
    "lines_of",
    "merge_quotes",
    "mergeable_with",
    "open_quote",
    "reprice_quote",
    "revise_quote",
    "seller",
    "split_by_site",
]
