"""Messy CSV and XLSX files become tables of text, then columns of typed values. README.md tells the rules."""

from .opening import open_table
from .refusals import Refused
from .sheet import Exact, Facts, Rows, Sheet

__all__ = ["Exact", "Facts", "Refused", "Rows", "Sheet", "open_table"]
