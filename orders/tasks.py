"""The jobs of every room, where the worker looks for them."""

from .letterhead.tasks import forget_logos

__all__ = ["forget_logos"]
