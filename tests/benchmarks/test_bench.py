"""The benchmarks at a tiny size: that they run, measure the real page, and say so when it is another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg2
import pytest

from benchmarks import deals
from benchmarks.ground import Ground, Size
from benchmarks.load import Request, WrongAnswer
from benchmarks.registry import Benchmark, Comparison, chosen
from portal.database import drop_database
from portal.embedded.console import Trouble
from portal.embedded.house import ROOT

RUN = f"{os.environ.get('PORTAL_TEST_SUFFIX', '')}_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
SIZE = Size(
    deals=2000,
    few_deals=600,
    sites=12,
    customers=300,
    prices=600,
    parts=200,
    lines=5000,
    items=4000,
    names=2000,
    due=150,
    profiles=120,
    uploaded=30,
    rounds=1,
    seconds=0.2,
    database=f"test_bench_{RUN}",
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def databases_are_dropped(django_db_setup: None) -> Iterator[None]:
    """They are copied from the template that the tests' own database comes from."""
    yield
    admin = os.environ["DATABASE_ADMIN_URL"]
    with closing(psycopg2.connect(admin)) as db, db.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"{SIZE.database}_"]
        )
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        drop_database(admin, name)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ExitStack() as stack:
        yield Ground(SIZE, tmp_path_factory.mktemp("var"), stack)


class TestThePageMeasured:
    def test_is_the_newest_fifty_deals_through_every_middleware(self, ground: Ground) -> None:
        _web, request = deals.page(ground, ground.large)

        answer = request.send().decode()

        head, _, body = answer.partition("\r\n\r\n")
        assert "Content-Security-Policy:" in head
        assert "X-Request-ID:" in head
        assert "person2@people.example" in body
        assert body.count("<tr") == 1 + 50

    def test_is_refused_when_it_shows_other_deals(
        self, ground: Ground, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(deals, "PATH", "/deals/?show=closed")

        with pytest.raises(Trouble, match="not the page to measure"):
            deals.page(ground, ground.large)

    def test_is_refused_to_whoever_is_not_signed_in(self, ground: Ground) -> None:
        _web, request = deals.page(ground, ground.large)

        with pytest.raises(WrongAnswer, match="302"):
            Request(request.url, request.marker).send()

    def test_and_the_baseline_read_the_same_rows_under_the_same_policies(self, ground: Ground) -> None:
        scope, query = deals.scope_and_query(ground, ground.large)

        assert "portal_reseller" in scope
        assert 'FROM "deals_deal"' in query
        assert "site_id" not in query.partition(" FROM ")[2]  # it is the policy that says whose


class TestTheCommand:
    def test_prints_a_table_and_writes_it_as_json(self, tmp_path: Path) -> None:
        sizes = {f"BENCH_{name.upper()}": str(value) for name, value in vars(SIZE).items()}
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks"],
            env=os.environ | sizes | {"VAR_DIR": str(tmp_path)},
            cwd=ROOT,
            capture_output=True,
            text=True,
        )

        assert done.returncode == 0, done.stderr
        rows = json.loads((tmp_path / "bench.json").read_text())
        assert [row["name"] for row in rows] == [benchmark.name for benchmark in chosen([])]
        assert {
            "deal_page",
            "customer_search",
            "conflict_verdict",
            "register_api",
            "expire_million",
            "price_load",
            "price_build",
            "due_queue",
            "availability",
            "profile_ranking",
            "bulk_upload",
        } <= {row["name"] for row in rows}
        for row in rows:
            assert set(row) == {"name", "value", "unit", "baseline", "baseline_name", "ratio", "goal"}
            assert row["value"] > 0
            assert row["baseline"] > 0
            assert row["name"] in done.stdout

    def test_knows_which_benchmarks_there_are(self) -> None:
        with pytest.raises(Trouble, match="There are: deal_page, "):
            chosen(["no_such_benchmark"])


class TestARow:
    def test_takes_the_median_of_the_rounds_ratios(self) -> None:
        disturbed = [(2.0, 1.0), (9.0, 1.0), (6.0, 3.0), (8.0, 4.0), (4.0, 1.0)]

        row = Benchmark("page", 2.0, lambda ground: Comparison("ms", "", [])).row(
            Comparison("ms", "the least program", disturbed)
        )

        assert (row.value, row.baseline, row.ratio) == (6.0, 1.0, 2.0)
        assert row.met

    def test_that_misses_its_goal_says_so(self) -> None:
        row = Benchmark("page", 1.9, lambda ground: Comparison("ms", "", [])).row(
            Comparison("ms", "", [(2.0, 1.0)])
        )

        assert not row.met
