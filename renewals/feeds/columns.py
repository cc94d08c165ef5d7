"""Columns that several files about renewals have."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from feeds import values
from feeds.declared import FeedColumn, Words

MOST = 999_999_999  # of what is measured


def reference(label: Words, example: str, *aliases: str) -> FeedColumn:
    """The vendor's name for a row."""
    return FeedColumn(
        "reference",
        label,
        values.Text(24, upper=True),
        aliases=("id", *aliases),
        text=_("The vendor's; never changed."),
        example=example,
    )


def subscription(*, required: bool = True) -> FeedColumn:
    return FeedColumn(
        "subscription_number",
        _("Subscription"),
        values.Text(24, upper=True),
        required=required,
        aliases=("subscription", "subscription no", "subscription id"),
        example="SUB-204417",
    )


def count(name: str, label: Words, *aliases: str, least: int = 0, example: str = "100") -> FeedColumn:
    return FeedColumn(name, label, values.Whole(min=least, max=MOST), aliases=aliases, example=example)
