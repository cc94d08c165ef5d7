"""A browser in which somebody follows a link: without scripts, without cookies, by sending the forms it is shown."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from provisioning.models import SetupLine
from tests.provisioning.made import make_secret

HIDDEN = re.compile(r'<input type="hidden" name="(step|answers)" value="([^"]*)"')


class Walker:
    """Whoever holds a link to this line. `page` is what they look at."""

    def __init__(
        self, line: SetupLine | None = None, *, secret: str = "", client: Client | None = None, **link: Any
    ):
        self.secret = secret or make_secret(line, now=timezone.now(), **link)  # type: ignore[arg-type]
        self.client = client or Client()
        self.page: HttpResponse = HttpResponse()
        self.at = "start"

    def url(self, name: str) -> str:
        return reverse(f"setup:{name}", args=[self.secret])

    def open(self, name: str = "start") -> HttpResponse:
        self.at = name
        self.page = self.client.get(self.url(name))
        return self.page

    def send(self, **fields: Any) -> HttpResponse:
        """Fill in the form of the page, and send it."""
        self.page = self.client.post(self.url(self.at), {**self.hidden, **fields})
        return self.page

    def follow(self) -> HttpResponse:
        """Go where the page leads."""
        assert self.page.status_code == 302, self.page.content.decode()
        self.at = self.page.headers["Location"].rstrip("/").rpartition("/")[2]
        self.page = self.client.get(self.page.headers["Location"])
        return self.page

    @property
    def hidden(self) -> dict[str, str]:
        return {name: unescape(value) for name, value in HIDDEN.findall(self.text)}

    @property
    def step(self) -> str:
        return self.hidden.get("step", "")

    def chosen(self, name: str) -> str:
        """Which of several is marked on the page."""
        found = re.search(rf'name="{name}" value="([^"]*)"[^>]* checked', self.text)
        return found[1] if found else ""

    @property
    def text(self) -> str:
        return unescape(self.page.content.decode())


PARTNER = {
    "name": "Nile Systems",
    "country": "EG",
    "address": "1 Corniche, Cairo",
    "email": "cloud@nile.example",
}
CUSTOMER = {"name": "Oasis Hotels", "country": "EG", "address": "2 Palm Street, Giza"}
ADMINISTRATOR = "boss@oasis.example"


def to_the_partner(line: SetupLine, **link: Any) -> Walker:
    """A partner who sets up themselves, on the page of the partner organisation."""
    walker = Walker(line, **link)
    walker.open()
    walker.send(role="partner")
    walker.send(who="partner")
    return walker


def to_the_administrator(line: SetupLine, **link: Any) -> Walker:
    """The same, on the page of the customer's administrator; the partner organisation is new."""
    walker = to_the_partner(line, **link)
    walker.send(**PARTNER)
    return walker


def to_the_confirmation(line: SetupLine, **link: Any) -> Walker:
    """The same, with a new organisation for the customer."""
    walker = to_the_administrator(line, **link)
    walker.send(email=ADMINISTRATOR)
    walker.send(**CUSTOMER)
    return walker


def to_the_services(line: SetupLine, **link: Any) -> Walker:
    """The same, confirmed, on the first page of the services."""
    walker = to_the_confirmation(line, **link)
    walker.send()
    walker.open("services")
    return walker
