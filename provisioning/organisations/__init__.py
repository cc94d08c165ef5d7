"""Customers' organisations, as the partner sees them that administers them."""
