"""The pages of orders."""

from .order import accept, cancel, order_detail, reject
from .orders import counts, order_list
from .place import place

__all__ = ["accept", "cancel", "counts", "order_detail", "order_list", "place", "reject"]
