"""Icons of Tabler (MIT), put into the page as SVG: no request, no flash, and in the colour of the text."""

from __future__ import annotations

import re
from functools import lru_cache

from django.conf import settings
from markupsafe import Markup

# Icons that point along the reading direction; they are mirrored in right-to-left languages.
DIRECTIONAL = frozenset(
    {
        "arrow-back-up",
        "arrow-forward-up",
        "arrow-left",
        "arrow-narrow-right",
        "arrow-right",
        "chevron-left",
        "chevron-right",
        "chevrons-right",
        "external-link",
        "list-details",
        "login",
        "logout",
        "message",
        "messages",
        "send",
        "trending-up",
    }
)


class UnknownIcon(LookupError):
    """No such icon. Names are those of tabler.io/icons; packages come with `npm ci`."""


@lru_cache(maxsize=512)
def icon(name: str) -> Markup:
    """The outline icon `name`, hidden from assistive technology: the words beside it say what it means."""
    path = settings.BASE_DIR / "node_modules/@tabler/icons/icons/outline" / f"{name}.svg"
    try:
        source = path.read_text()
    except OSError as error:
        raise UnknownIcon(f"{name}: {path} cannot be read (has `npm ci` run?)") from error
    shapes = re.findall(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*>", source)
    body = "".join(re.sub(r"\s+/>", "/>", shape) for shape in shapes if 'stroke="none"' not in shape)
    mirrored = " icon-directional" if name in DIRECTIONAL else ""
    return Markup(
        f'<svg class="icon{mirrored}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{body}</svg>'
    )
