"""The partner's side of prices: downloading a built file, what changed between two editions, finding parts."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from portal.embedded.house import ROOT

from . import cpu, load
from .ground import Ground
from .registry import Comparison, benchmark
from .rounds import in_turn
from .web import CLIENTS, Web
from .world import World, fingerprint


@benchmark(name="price_download", goal=2)
def price_download(ground: Ground) -> Comparison:
    """A built file of a 15,000-part country, through session, entitlement and record; against the same bytes as a
    static file from the same server. Milliseconds a download, so twice as many are half of the throughput.
    """
    world = published(ground)
    file = json.loads(ground.run(world, "-m", "benchmarks.shopper", "file"))
    address = f"/prices/files/{file['id']}/"
    cookies = ground.visit(world, "/prices/", file["email"]).cookies
    static = Path(ground.environment["STATIC_ROOT"]) / "bench" / "prices.csv"
    static.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file["path"], static)
    web = ground.serve("portal.wsgi:application", "bench_price_files", world)
    size = f"Content-Length: {file['size']}".encode()
    ours = load.Request(web.address + address, size, cookies=cookies, accept="*/*")
    theirs = load.Request(f"{web.address}/static/bench/prices.csv", size, accept="*/*")
    duration = ground.size.seconds / 2
    load.drive(ours, clients=CLIENTS, duration=duration)  # once with no account
    load.drive(theirs, clients=CLIENTS, duration=duration)
    before, downloads = _most_memory(web), [0]

    def download() -> float:
        seen = load.drive(ours, clients=CLIENTS, duration=duration)
        downloads[0] += seen.requests
        return 1000 / seen.per_second

    def fetch() -> float:
        return 1000 / load.drive(theirs, clients=CLIENTS, duration=duration).per_second

    rounds = in_turn(download, fetch, ground.size.rounds)
    return Comparison(
        "ms",
        "the same bytes as a static file",
        rounds,
        [
            _sizes(file, rounds),
            _growth(_most_memory(web) - before, downloads[0]),
        ],
    )


@benchmark(name="price_diff", goal=2)
def price_diff(ground: Ground) -> Comparison:
    """Everything that changed between two editions, as a partner reads it, with the rise of each; against the same
    join run raw, by the system, which no policy binds.
    """
    seen = json.loads(
        ground.run(published(ground), "-m", "benchmarks.shopper", "diff", str(ground.size.rounds))
    )
    return Comparison("ms", f"the same join run raw, {seen['rows']:,} rows", seen["rounds"])


@benchmark(name="part_search", goal=20)
def part_search(ground: Ground) -> Comparison:
    """The 95th percentile of finding parts with their prices over all that people type, against the median read of
    one part by its primary key; both through Django, each in the scope of a reseller.
    """
    asked = ("search", str(ground.size.rounds), str(ground.size.seconds))
    seen = json.loads(ground.run(published(ground), "-m", "benchmarks.shopper", *asked))
    rounds = [
        (_p95([took for _, took, _ in each["search"]]), median(each["read"])) for each in seen["rounds"]
    ]
    whole = [_p95(each["whole"]) for each in seen["rounds"]]
    kinds = defaultdict(list)
    for each in seen["rounds"]:
        for kind, took, number in each["search"]:
            kinds[kind].append((took, number))
    return Comparison(
        "ms",
        f"one of {seen['parts']:,} parts by primary key, the median; {seen['prices']:,} prices",
        rounds,
        [
            f"with looking for the books first: 95 % within {median(whole):.1f} ms",
            *(_line(kind, *zip(*found, strict=True)) for kind, found in kinds.items()),
        ],
    )


def published(ground: Ground) -> World:
    """A database with prices of many countries, published, and somebody who reads those of one."""
    parts, prices = ground.size.parts, ground.size.prices
    return ground.kept(
        f"published_{prices}_{parts}",
        fingerprint(f"published {prices} {parts}", [ROOT / "benchmarks" / "shopper.py"]),
        f"{prices:,} published prices of {parts:,} parts",
        lambda world: ground.run(world, "-m", "benchmarks.shopper", "fill", str(parts), str(prices)),
    )


def _sizes(file: dict[str, Any], rounds: Sequence[tuple[float, float]]) -> str:
    ours, theirs = (file["size"] / 1e3 / median(each) for each in zip(*rounds, strict=True))
    size = f"a file of {file['rows']:,} prices, {file['size'] / 1e6:.1f} MB"
    return f"{size}; {ours:.0f} MB/s against {theirs:.0f} MB/s"


def _growth(grown: int, downloads: int) -> str:
    each = f"{grown / downloads / 1e3:.1f} kB for each of {downloads:,} downloads"
    return f"the workers' peak memory grew by {grown / 1e6:.1f} MB, {each}"


def _most_memory(web: Web) -> int:
    """The most that the workers ever had, together, in bytes."""
    return sum(_peak(worker) for worker in cpu.children(web.process))


def _peak(process: int) -> int:
    lines = (cpu.PROC / str(process) / "status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def _line(kind: str, times: Sequence[float], numbers: Sequence[int]) -> str:
    found = sum(number > 0 for number in numbers)
    share = f"{100 * found // len(numbers)} % find something"
    return f"{kind}: {median(times):.2f} ms, 95 % within {_p95(times):.2f} ms; {share}"


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]
