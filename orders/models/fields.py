"""Bounds that quotes and orders share."""

LARGEST_QUANTITY = 999_999
LINES = 500  # of one quote or order placed here
