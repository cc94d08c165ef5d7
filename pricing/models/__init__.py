"""What is sold, for how much, and in which files partners get it."""

from .changes import ChangeKind, PriceChange, changes_between
from .files import FileFormat, FileSet, PriceDownload, PriceFile, Window
from .prices import (
    COLUMNS,
    LEVELS,
    BookKind,
    EditionStatus,
    Offer,
    Price,
    PriceBook,
    PriceEdition,
    PriceList,
    columns_of,
)
from .products import Metric, Part, PartType, ProductLine
from .rates import ExchangeRate

__all__ = [
    "COLUMNS",
    "LEVELS",
    "BookKind",
    "ChangeKind",
    "EditionStatus",
    "ExchangeRate",
    "FileFormat",
    "FileSet",
    "Metric",
    "Offer",
    "Part",
    "PartType",
    "Price",
    "PriceBook",
    "PriceChange",
    "PriceDownload",
    "PriceEdition",
    "PriceFile",
    "PriceList",
    "ProductLine",
    "Window",
    "changes_between",
    "columns_of",
]
