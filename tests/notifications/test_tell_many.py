"""Telling of very many things at once: the same as one by one, once each, and after everything else."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from identity import tenancy
from identity.actors import Actor
from notifications import expansion
from notifications.actions import Audience, tell, tell_many
from notifications.models import Mail, MailStatus, Notice, Priority
from notifications.post import _claim
from notifications.values import pack
from tests.cast import Cast

from .world import AT_ONCE, say

pytestmark = pytest.mark.django_db

ROWS = """
SELECT jsonb_build_array(jsonb_build_object('to', 'primary', 'site_id', %(site)s::bigint)) AS audiences,
    jsonb_build_object('reference', 'number ' || i) AS context,
    '/deals/' || i || '/' AS href, 'many:' || i AS dedupe_key
FROM generate_series(1, %(number)s) i
"""


def told_many(cast: Cast, number: int) -> int:
    params = {"site": cast.site.id, "number": number}
    with tenancy.as_system():
        return tell_many(AT_ONCE, ROWS, params, by=Actor.system(), now=timezone.now())


def rows() -> list[Notice]:
    with tenancy.as_system():
        return list(Notice.objects.order_by("id"))


def test_it_is_as_if_each_were_told_alone(cast: Cast) -> None:
    now = timezone.now()
    with tenancy.as_system():
        tell(
            AT_ONCE,
            to=[Audience.primary(cast.site.id)],
            by=Actor.system(),
            now=now,
            dedupe_key="alone",
            href="/deals/1/",
            context={"reference": "number 1"},
        )
        tell_many(AT_ONCE, ROWS, {"site": cast.site.id, "number": 1}, by=Actor.system(), now=now)
    alone, among_many = ({**vars(row), "_state": None} for row in rows())
    differing = {name for name in alone if alone[name] != among_many[name]}
    assert differing == {"id", "dedupe_key", "priority"}
    assert among_many["context"] == pack({"reference": "number 1"})


def test_what_was_told_before_is_not_told_again(cast: Cast) -> None:
    assert [told_many(cast, 3), told_many(cast, 5)] == [3, 2]
    assert len(rows()) == 5


def test_whatever_else_is_told_goes_first(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(expansion, "BATCH", 2)
    told_many(cast, 10)
    say(AT_ONCE, Audience.primary(cast.site.id), key="later, but somebody waits for it")
    expansion.expand_due()
    done = [row.dedupe_key for row in rows() if row.status == "done"]
    assert done == ["many:1", "later, but somebody waits for it"]


def test_so_do_its_mails(cast: Cast) -> None:
    told_many(cast, 2)
    expansion.expand_due()
    say(AT_ONCE, Audience.primary(cast.site.id), key="later, but somebody waits for it")
    expansion.expand_due()
    with tenancy.as_system():
        assert list(Mail.objects.order_by("id").values_list("priority", flat=True)) == [
            Priority.BULK,
            Priority.BULK,
            Priority.NOTICE,
        ]
        first = _claim(timezone.now())
    assert first
    assert (first.priority, first.status) == (Priority.NOTICE, MailStatus.WAITING)
