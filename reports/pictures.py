"""A chart's data, as `ui.chart` draws it. The same figures always stand in a table beside it.

Picture(labels=("Jan", "Feb"), series=(Series(_("Won"), (3, 5), tone="good"), Series(_("Lost"), (1, 0))), stacked=True)
{{ ui.chart(picture, _("Won and lost by month")) }}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django.utils.functional import Promise

Words = str | Promise
#: A colour without a meaning, for the n-th series; theme and contrast are the style sheet's.
PLAIN = ("accent", "info", "warn", "good", "bad", "neutral")


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one colour of bars. `values` beside the labels; None leaves a gap. Amounts in minor units.

    `tone`: accent, info, good, warn, bad, neutral; the n-th of PLAIN if not given.
    """

    label: Words
    values: tuple[int | float | Decimal | None, ...]
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """`kind`: bar or line; `stepped`: a line that keeps its value until the next. `currency`: of amounts."""

    labels: tuple[Words, ...]
    series: tuple[Series, ...]
    kind: str = "bar"
    stacked: bool = False
    stepped: bool = False
    currency: str = ""

    def json(self) -> str:
        """For the page's script."""
        return json.dumps(
            {
                "kind": self.kind,
                "stacked": self.stacked,
                "stepped": self.stepped,
                "currency": self.currency,
                "labels": [str(label) for label in self.labels],
                "series": [
                    {
                        "label": str(each.label),
                        "tone": each.tone or PLAIN[place % len(PLAIN)],
                        "values": [self._plain(value) for value in each.values],
                    }
                    for place, each in enumerate(self.series)
                ],
            },
            ensure_ascii=False,
        )

    def _plain(self, value: Any) -> float | int | None:
        if value is None or not self.currency:
            return float(value) if isinstance(value, Decimal) else value
        return float(Decimal(value).scaleb(-get_currency_precision(self.currency)))
