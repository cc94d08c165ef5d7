"""The jobs of every room, where the worker looks for them."""

from .letterhead.tasks import forget_logos
from .quotes.expiring import expire_quotes

__all__ = ["expire_quotes", "forget_logos"]
