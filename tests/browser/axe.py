"""axe-core on a page: what keeps it from WCAG 2.2 AA."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal
from weakref import WeakSet

from django.conf import settings
from playwright.sync_api import BrowserContext, Page

Scheme = Literal["light", "dark"]
# By tag, or by name.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Those that go by colour and size alone: enough for another look at a page that was looked at with all of them.
LOOKS = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
# Half-way through a transition every colour is a wrong one: two frames later what has changed has begun to move, and
# is waited for.
RUN = """async rules => {
    if (!('axe' in window)) return null;
    const frame = () => new Promise(requestAnimationFrame);
    await frame(); await frame();
    await Promise.all(document.getAnimations().map(each => each.finished.catch(() => null)));
    const found = await axe.run(document, {runOnly: rules, resultTypes: ['violations']});
    return found.violations.flatMap(({id, nodes}) =>
        nodes.map(({html, failureSummary}) => `${id}: ${html.slice(0, 160)} ${failureSummary}`));
}"""


_prepared: WeakSet[BrowserContext] = WeakSet()


@lru_cache(maxsize=1)
def _source() -> str:
    return (settings.BASE_DIR / "node_modules/axe-core/axe.min.js").read_text()


def violations(page: Page, *, rules: list[str] = RULES, scheme: Scheme | None = None) -> list[str]:
    """Each violation in a line: the rule, the element, and what is wrong. Empty when all is well."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found: list[str] | None = page.evaluate(RUN, rules)
    if found is None:
        _prepare(page)
        found = page.evaluate(RUN, rules)
        assert found is not None
    return found


def _prepare(page: Page) -> None:
    page.evaluate(_source())  # not as a script element: the page's policy rightly refuses those
    if page.context not in _prepared:  # whoever is looked at once is looked at again
        page.context.add_init_script(_source())
        _prepared.add(page.context)
