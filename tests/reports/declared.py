"""Deals to report on, and how a report's page and tables are read in tests."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from identity import tenancy
from identity.actors import Actor
from identity.models import Tool
from reports.columns import sources
from reports.tables import Table, table_of
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_deal
from tests.factories import make_member


def reporter(cast: Cast, site: Any = None, name: str = "Rania Report", **more: Any) -> Any:
    """Somebody of a site (ours, if none is given) who sees deals and reports."""
    return make_member(site or cast.site, name, tools=[Tool.DEAL_REGISTRATION, Tool.REPORTING], **more)


def table(who: Any, key: str, query: str = "", level: str = "detail") -> tuple[Table, list[dict[str, Any]]]:
    """A report's table, and its rows by field."""
    person = who if isinstance(who, Actor) else actor(who)
    with tenancy.scope(person), timezone.override(person.time_zone or "UTC"):
        found = table_of(key, query, level=level, actor=person)
        fields = sources(found.columns)
        return found, [dict(zip(fields, row, strict=True)) for row in found.rows.values_list(*fields)]


def page(who: Any, key: str, query: str = "", status: int = 200) -> str:
    answer = signed_in(who).get(f"/reports/{key}/" + (f"?{query}" if query else ""))
    assert answer.status_code == status, (answer.status_code, answer.get("Location"))
    return html.unescape(answer.content.decode())


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.split("<main", 1)[1]))


def day(number: int) -> date:
    return (timezone.now() + timedelta(days=number)).date()


__all__ = ["Cast", "day", "make_deal", "page", "reporter", "table", "text_of"]
