"""The benchmark of papers at a tiny size: that both sides set the whole quote, and nothing of it stays."""

from __future__ import annotations

import pytest
from django.utils import translation

from benchmarks.printer import measure
from identity import tenancy
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_both_sides_set_the_same_quote_in_turn(cast: Cast) -> None:
    with tenancy.as_system(), translation.override("en"):
        found = measure(30, 2)
    assert len(found["rounds"]) == 2
    assert all(ours > 0 and bare > 0 for ours, bare in found["rounds"])
    assert found["pages"] > 1
    assert found["bytes"] > 20_000
