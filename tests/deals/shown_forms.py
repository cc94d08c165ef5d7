"""The forms of a page, read back as a browser would send them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class Shown(HTMLParser):
    """The fields of a page by name, as they are filled in, and what is wrong with which."""

    def __init__(self, page: Any) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.wrong: set[str] = set()
        self.select = self.area = ""
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        name = had.get("name", "")
        if "-error" in had.get("aria-describedby", ""):
            self.wrong.add(name)
        if tag == "select":
            self.select = name
            self.fields.setdefault(name, "")
        elif tag == "option" and "selected" in had:
            self.fields[self.select] = had.get("value", "")
        elif tag == "textarea":
            self.area = name
            self.fields[name] = ""
        elif tag == "input" and had.get("type") in ("checkbox", "radio"):
            if "checked" in had:
                self.fields[name] = had.get("value", "on")
        elif tag == "input" and name:
            self.fields[name] = had.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""


def filled(browser: Client, path: str) -> dict[str, Any]:
    """A page's form as it is shown, without its one-time id."""
    fields = Shown(browser.get(path)).fields
    return {
        name: value for name, value in fields.items() if name not in ("form_token", "csrfmiddlewaretoken")
    }
