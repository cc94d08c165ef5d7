"""A year of deals, in the portal and in a plain-Python model of the rules (tests/deals/year/model.py), side by side.

Small years come from Hypothesis, which finds the shortest one that goes wrong. One large year, with 2,000 deals,
comes from a seed; `YEAR_DEALS=5000 YEAR_SEED=7` makes it larger, or another one. The clock jumps; the jobs run late,
twice, or not at all; rules, tiers and calendars change midway. Nobody may see a difference but the time it takes.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .year import model
from .year.portal import CALENDARS, Portal, utc

pytestmark = pytest.mark.django_db

BEGUN = utc(2026, 1, 1, 6)
PARTNER = (
    "submit",
    "withdraw",
    "win",
    "lose",
    "ask_extension",
    "take_extension_back",
    "amend",
    "update",
    "appeal",
)
DESK = ("take", "approve", "send_back", "reject", "revoke", "ask", "extend", "refuse_extension")
# What somebody who may not do it can try all the same; the rest is refused before it comes to the actions.
TRIED_BY = {"partner": ("take", "send_back", "reject", "revoke"), "desk": ("withdraw", "win", "lose")}
CHANGES = ("rules", "tier", "holiday")


class SideBySide:
    """The portal and the model, and one clock for both."""

    def __init__(self, seed: int, deals: int) -> None:
        self.rng = random.Random(seed)
        self.now = BEGUN
        self.portal = Portal(BEGUN, self.rng)
        self.year = self.portal.year
        self.portal.draft(deals, customers=max(1, deals // 3), now=BEGUN)
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def pass_time(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    def run_jobs(self, times: int = 1) -> None:
        """The model runs its own once: a second time changes nothing."""
        for _ in range(times):
            self.portal.run_jobs(self.now)
        if times:
            self.year.expire(self.now)
            self.year.remind(self.now)
            self.year.escalate(self.now)

    def do(self, name: str, deal: model.Deal, who: str) -> None:
        before = deal.status
        modelled = self.year.deed(name)(deal, who, self.now)
        real = self.portal.do(name, deal, who, self.now)
        deal.story.append(f"{self.now:%d %b %H:%M} {who} {name}: {before} > {deal.status}")
        assert bool(modelled) == bool(real), "\n".join([*deal.story, f"and the portal says {real}"])
        (self.done if modelled else self.refused)[name] += 1
        if isinstance(modelled, model.Deal):
            modelled.story = [*deal.story]
            self.portal.ids[id(modelled)] = real.id

    def change(self, what: str) -> None:
        match what:
            case "rules":
                rules = replace(
                    self.year.rules,
                    valid_days=self.rng.choice((30, 60, 90)),
                    extension_days=self.rng.choice((15, 60)),
                    extensions=self.rng.choice((0, 1, 2)),
                    reminder_days=self.rng.choice(((30, 14, 7, 1), (10, 3, 0), (45,))),
                    decision_days=self.rng.choice((1, 2, 5)),
                    keeps_place_days=self.rng.choice((2, 10)),
                    appeal_days=self.rng.choice((3, 14)),
                    extension_from_days=self.rng.choice((10, 30)),
                )
                self.year.rules = self.portal.change_rules(rules, self.now)
            case "tier":
                place = self.rng.choice(self.portal.places)
                self.portal.set_tier(place, self.rng.choice(("registered", "silver", "gold")), self.now)
            case "holiday":
                day = (self.now + timedelta(days=self.rng.randrange(20))).date()
                self.portal.add_holiday(self.rng.choice(list(CALENDARS)), day)

    def compare(self) -> None:
        differences = self.portal.differences()
        assert not differences, "\n\n".join(differences[:3])
        waiting = [deal for deal in self.year.deals if deal.status in model.WAITING]
        ids = self.portal.ids
        in_order = sorted(waiting, key=lambda deal: (deal.listed_at, ids[id(deal)]))
        assert self.portal.queue() == [ids[id(deal)] for deal in in_order]
        assert self.portal.pace(self.now) == self.year.pace(self.now)


@contextmanager
def undone() -> Iterator[None]:
    """Nothing of what is written within stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# ------------------------------------------------------------------------------------------ small years

steps = st.one_of(
    st.tuples(st.just("pass"), st.sampled_from((0.5, 7, 26, 75, 24 * 9, 24 * 31, 24 * 88)), st.just("")),
    st.tuples(st.just("jobs"), st.sampled_from((1, 2)), st.just("")),
    st.tuples(st.sampled_from(CHANGES), st.just(0), st.just("")),
    st.tuples(st.sampled_from(PARTNER), st.integers(0, 3), st.just("partner")),
    st.tuples(st.sampled_from(DESK), st.integers(0, 3), st.sampled_from(("desk", "colleague"))),
    st.tuples(st.just("comment"), st.integers(0, 3), st.sampled_from(("partner", "desk", "rival"))),
)


class TestSmallYears:
    @settings(
        max_examples=int(os.environ.get("YEAR_EXAMPLES", "12")),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize="YEAR_EXAMPLES" not in os.environ,
    )
    @given(script=st.lists(steps, min_size=5, max_size=40))
    def test_nothing_ever_differs(self, db: None, script: list[tuple[str, float, str]]) -> None:
        with undone():
            both = SideBySide(1, deals=4)
            for name, argument, who in script:
                if name == "pass":
                    both.pass_time(argument)
                elif name == "jobs":
                    both.run_jobs(int(argument))
                elif name in CHANGES:
                    both.change(name)
                else:
                    both.do(name, both.year.deals[int(argument)], who)
            both.run_jobs()
            both.compare()


# ------------------------------------------------------------------------------------------ a large year


def likely(deal: model.Deal, now: datetime, rng: random.Random) -> str:
    """What is likely to be done next with a deal as it is, if anything; now and then, something else."""
    if rng.random() < 0.04:
        return rng.choice((*PARTNER, *DESK, "comment"))
    match deal.status:
        case "draft":
            return "submit"
        case "submitted" | "under_review":
            return rng.choice(("approve",) * 5 + ("take", "send_back", "reject", "ask", "comment", ""))
        case "returned":
            return rng.choice(("submit", "submit", "withdraw", "", ""))
        case "rejected" if not deal.is_appeal and not deal.followers and rng.random() < 0.3:
            return "appeal"
        case "approved" if deal.extension_asked_at:
            return rng.choice(("extend", "extend", "refuse_extension", "take_extension_back", "win", ""))
        case "approved" if deal.expires_at and deal.expires_at < now + timedelta(days=30):
            return rng.choice(("ask_extension", "ask_extension", "win", "lose", "", "", "", "amend"))
        case "approved":
            return rng.choice(("",) * 6 + ("amend", "update", "comment", "win", "lose", "revoke"))
    return ""


def who_does(name: str, rng: random.Random) -> str:
    lot = rng.random()
    if lot < 0.03:
        return "rival"
    own = "partner" if name in PARTNER else rng.choice(("desk", "colleague"))
    if name == "comment":
        return rng.choice(("partner", "desk"))
    other = "desk" if own == "partner" else "partner"
    return other if lot < 0.1 and name in TRIED_BY[other] else own


class TestALargeYear:
    @pytest.mark.slow
    def test_nothing_differs_all_year(self) -> None:
        deals = int(os.environ.get("YEAR_DEALS", "2000"))
        both = SideBySide(int(os.environ.get("YEAR_SEED", "2026")), deals)
        rng = both.rng
        compare_at = BEGUN + timedelta(days=91)
        while both.now < BEGUN + timedelta(days=365):
            both.pass_time(rng.choice((0.01, 3, 14, 26, 40, 52, 75, 24 * 17 if rng.random() < 0.1 else 20)))
            both.run_jobs(rng.choice((0, 1, 1, 1, 2)))
            if rng.random() < 0.05:
                both.change(rng.choice(CHANGES))
            for _ in range(deals // 13):
                deal = rng.choice(both.year.deals)
                if name := likely(deal, both.now, rng):
                    both.do(name, deal, who_does(name, rng))
            if both.now > compare_at:
                both.compare()
                compare_at += timedelta(days=91)
        both.run_jobs()
        both.compare()
        ended = Counter(deal.status for deal in both.year.deals)
        happened = sum((deal.events for deal in both.year.deals), Counter[str]())
        print(
            f"{len(both.year.deals)} deals, {both.done.total()} deeds, {both.refused.total()} refused:",
            happened,
        )
        assert {"won", "lost", "expired", "rejected", "withdrawn", "revoked"} <= set(ended)
        assert set(both.done) >= {*PARTNER, *DESK, "comment"}
        assert min(happened[kind] for kind in ("expired", "reminded", "escalated", "extended")) > 0
