"""What a delivery tells of its flaws, for tests."""

from __future__ import annotations

from feeds.models import Delivery


def file(header: str, *rows: str) -> str:
    """A CSV file of these lines."""
    return "\r\n".join([header, *rows]) + "\r\n"


def codes(delivery: Delivery) -> set[tuple[int, str, str]]:
    """Row, column and code of each flaw."""
    return {(flaw["row"], flaw["column"], flaw["code"]) for flaw in delivery.errors}


def rules(delivery: Delivery) -> list[str]:
    """The flaws' sentences, in English."""
    return [str(flaw["rule"]["en"]) for flaw in delivery.errors]
