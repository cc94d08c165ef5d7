"""Reports of what was ordered, and of how far its services are. Importing this registers them."""

from . import history, services  # noqa: F401
