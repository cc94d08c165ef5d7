"""What a feed's file looks like: the header and one row, to begin with."""

from __future__ import annotations

import csv
import io

from .declared import Feed


def example_csv(feed: Feed) -> bytes:
    """As UTF-8 with a mark, so that spreadsheets open it rightly."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.name for column in feed.columns])
    writer.writerow([column.example for column in feed.columns])
    return out.getvalue().encode("utf-8-sig")
