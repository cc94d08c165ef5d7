"""What is sold, for how much, and in which files partners get it."""

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
from .products import Part, PartType, ProductLine
from .rates import ExchangeRate

__all__ = [
    "COLUMNS",
    "LEVELS",
    "BookKind",
    "EditionStatus",
    "ExchangeRate",
    "FileFormat",
    "FileSet",
    "Offer",
    "Part",
    "PartType",
    "Price",
    "PriceBook",
    "PriceDownload",
    "PriceEdition",
    "PriceFile",
    "PriceList",
    "ProductLine",
    "Window",
    "columns_of",
]
