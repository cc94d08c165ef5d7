"""Drafts of notes by the built-in writer, and what people thought of them (C12)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import translation

from identity import tenancy
from identity.demo import World
from pricing.money import currency_of

from ..models import Feeling
from ..notes.actions import begin_draft, rate_draft, write_draft
from ..notes.builtin import BuiltInWriter
from ..notes.facts import facts_of
from .ground import Company

#: Days ago, and what was thought of it.
FELT = (
    (9, Feeling.GOOD, "Ready to send; I only added the date of the visit."),
    (4, Feeling.GOOD, ""),
    (2, Feeling.BAD, "Too long for a note. Two sentences would do."),
    (1, None, ""),
)  # fmt: skip


def build(world: World, company: Company) -> None:
    by, country = company.admin, company.site.country
    language = world.language_of(company.site)
    for number, (days, feeling, comment) in enumerate(FELT):
        now = world.now - timedelta(days=days)
        writer = BuiltInWriter(number)
        with tenancy.scope(by), translation.override(language):
            facts = facts_of(
                amount=4_200_000 + 300_000 * number, currency=currency_of(country),
                solutions=[company.solutions[number % len(company.solutions)].name], customer="Blue Ferries",
                partner=company.site.name, country=country,
            )  # fmt: skip
            draft = begin_draft(writer, language, by=by, now=now)
            for _piece in write_draft(draft, writer, facts, by=by):
                pass
            if feeling is not None:
                rate_draft(draft, feeling, comment, by=by, now=now + timedelta(minutes=2))
