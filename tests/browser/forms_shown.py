"""Provisioning forms, for the pages that are looked at. Comes after the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.provisioning.elements.asked import ask_for, take_up

if TYPE_CHECKING:
    from tests.browser.exhibition import Exhibition


def show_forms(shown: Exhibition) -> None:
    ask_for("Main number", position=1, help="With the country code.")
    plan = ask_for("Plan", kind="choice", choices=["Basic", "Full"], position=2)
    ask_for("Time zone of the site", kind="time_zone", required=False, position=3)
    ask_for("Go-live", kind="date", position=4)
    take_up()
    shown.things |= {"element": plan}
