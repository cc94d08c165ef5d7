"""Leads, and how partners are matched: how its pages are looked at, and of which pictures are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.shots import Shot
from tests.browser.states import State

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition


def show(shown: Exhibition) -> None:
    """Make what the pages are looked at with."""


PAGES: dict[str, tuple[State, ...]] = {}
NO_PAGES: dict[str, str] = {}
#: Pictures by the demo account that they are of: reseller_primary, staff_deal_desk, …
SHOTS: dict[str, tuple[Shot, ...]] = {}
