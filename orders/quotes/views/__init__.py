"""The pages of quotes."""

from .list import counts, quote_list
from .quote import quote_detail

__all__ = ["counts", "quote_detail", "quote_list"]
