"""What happened to a solution, from the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from identity.history import Titles

from ..models import Incentive

TITLES: Titles = {
    "solution.written": (gettext_lazy("Written as a draft"), "neutral", "pencil"),
    "solution.edited": (pgettext_lazy("solution", "Changed"), "neutral", "pencil"),
    "solution.published": (pgettext_lazy("solution", "Published"), "info", "eye"),
    "solution.asked": (gettext_lazy("The vendor was asked to make it co-sell ready"), "info", "send"),
    "solution.taken_back": (gettext_lazy("The vendor is no longer asked"), "neutral", "arrow-back-up"),
    "solution.retired": (pgettext_lazy("solution", "Retired"), "warn", "archive"),
    "solution.brought_back": (gettext_lazy("Brought back as a draft"), "neutral", "refresh"),
    "solution.made_ready": (gettext_lazy("Made co-sell ready"), "good", "circle-check"),
    "solution.sent_back": (gettext_lazy("Sent back by the vendor"), "warn", "message"),
    "solution.withdrawn": (gettext_lazy("No longer co-sell ready"), "bad", "circle-x"),
}


def sentences(detail: dict[str, Any]) -> Iterator[str]:
    if detail.get("again"):
        yield _("The vendor looks at it again.")
    if detail.get("incentive") in Incentive.values:
        yield _("Incentive: %(name)s.") % {"name": Incentive(detail["incentive"]).label}
    if detail.get("note"):
        yield str(detail["note"])
