"""Each condition and mask of the view that shows prices, taken away in turn: somebody then sees what is not theirs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from pricing.models import COLUMNS
from tests.conftest import connect_as
from tests.pricing.priced import offers_of
from tests.pricing.test_offers import COST, OTHERS, PRICES, QUOTING, SITES, make_priced, somebody


class TestALoosenedView:
    @pytest.fixture
    def priced(self, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
        """In a superuser's session: scopes still work under their roles, and the view can be changed between them."""
        with django_db_blocker.unblock():
            connect_as(os.environ["TEST_DATABASE_ADMIN_URL"])
            with transaction.atomic():
                make_priced()
                yield
                transaction.set_rollback(True)
            connect_as(os.environ["TEST_DATABASE_URL"])

    def test_is_noticed_by_what_readers_see(self, priced: None) -> None:
        readers = [somebody(tools, **_site(each)) for each in SITES for tools in ([], PRICES, COST)]
        readers.append(somebody(COST, is_active=False))
        readers.append(somebody(OTHERS))
        readers += [somebody([tool]) for tool in QUOTING]
        whole = [offers_of(reader) for reader in readers]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_viewdef('pricing_offer'::regclass)")
            definition = cursor.fetchone()[0].rstrip(";")
        survivors, tried = [], list(mutants(definition))
        for name, mutant in tried:
            with _replaced(mutant):
                if [offers_of(reader) for reader in readers] == whole:
                    survivors.append(name)
        # Each masked column, three conditions, and each privilege that is enough, with one too many.
        assert len(tried) == len(COLUMNS) - 2 + 3 + 4 + 1
        assert survivors == []


def _site(each: tuple[str, str, str, str]) -> dict[str, str]:
    return {"kind": each[0], "programme": each[1], "price_level": each[2]}


def mutants(definition: str) -> Iterator[tuple[str, str]]:
    """The view without each of its conditions and masks, and with other privileges to read it."""
    columns, where = definition.rsplit("\n  WHERE ", 1)
    for masked in re.finditer(r"^        CASE\n.*?^        END AS (\w+)", columns, re.DOTALL | re.MULTILINE):
        yield f"unmasked {masked[1]}", definition.replace(masked[0], f"p.{masked[1]}", 1)
    for condition in _conditions(where):
        yield f"without {condition}", f"{columns}\n  WHERE {where.replace(condition, 'true', 1)}"
    for privilege in re.findall(r"'(\w+)'::text", where.split("&&", 1)[1].split("]", 1)[0]):
        yield f"not for {privilege}", definition.replace(f"'{privilege}'::text", "'nobody'::text")
    more = where.replace("ARRAY[", "ARRAY['partner_cost_view'::text, ", 1)
    yield "for cost alone", f"{columns}\n  WHERE {more}"


def _conditions(where: str) -> list[str]:
    """The conditions joined by AND at the top of a WHERE."""
    text = where.strip()
    text = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    depth, start, found = 0, 0, []
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and text.startswith(" AND ", place):
            found.append(text[start:place].strip())
            start = place + 5
    return [*found, text[start:].strip()]


@contextmanager
def _replaced(definition: str) -> Iterator[None]:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
                cursor.execute(
                    f"CREATE OR REPLACE VIEW pricing_offer WITH (security_barrier) AS {definition}"
                )
            yield
            raise _Undo
    except _Undo:
        pass


class _Undo(Exception):
    pass
