"""Reports of what is to be renewed, of inventory, and of what the vendor tells of subscriptions. Importing this
registers them.
"""

from . import coming, inventory, prices, usage  # noqa: F401
