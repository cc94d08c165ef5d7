"""The page that the deal desk works with all day: its queue, the soonest promise first."""

from __future__ import annotations

import re

from portal.embedded.console import Trouble

from . import deals
from .deals import costs
from .ground import Ground
from .load import Request
from .registry import Comparison, benchmark
from .web import Web
from .world import DESK_EMAIL

PATH = "/deals/desk/"
ROWS = 50


@benchmark(name="desk_page", goal=10)
def desk_page(ground: Ground) -> Comparison:
    """The whole page, its clocks reckoned by the calendars of the partners' countries, against the query alone."""
    world = ground.large
    statements = ground.visit(world, PATH, DESK_EMAIL).statements
    scope = next(text for text in statements if "SET LOCAL ROLE portal_staff" in text)
    queries = [text for text in statements if 'FROM "deals_deal"' in text and "LIMIT" in text]
    if len(queries) != 1:
        raise Trouble(f"{PATH} reads deals {len(queries)} times; one statement was expected.")
    bare = ground.serve(
        "benchmarks.bare:application", "bench_bare_desk", world, BENCH_SCOPE=scope, BENCH_QUERY=queries[0]
    )
    baseline = Request(bare.address, b'{"deals": [[')
    return costs(ground, _page(ground), (bare, baseline), "bare WSGI: same query, JSON")


@benchmark(name="desk_page_cost", goal=1)
def desk_page_cost(ground: Ground) -> Comparison:
    """The desk's queue, against the opportunity manager of a reseller who has a tenth of these deals."""
    return costs(ground, _page(ground), deals.page(ground, ground.large), "the opportunity manager")


def _page(ground: Ground) -> tuple[Web, Request]:
    """The portal and the request to measure, once it is certain that it answers with a whole page of deals."""
    world = ground.large
    visit, web = ground.visit(world, PATH, DESK_EMAIL), ground.portal(world)
    request = Request(web.address + PATH, b"</html>", visit.cookies)
    shown = set(re.findall(rb"/deals/(d[2-9a-h]{11})/", request.send()))
    if len(shown) != ROWS:
        raise Trouble(f"{PATH} shows {len(shown)} deals, not {ROWS}: it is not the page to measure.")
    return web, request
