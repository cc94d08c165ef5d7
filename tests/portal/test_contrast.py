"""The colours of static/css/portway.css, measured: WCAG 2.2 AA in light and dark."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

TEXT, SIGN = 4.5, 3.0  # WCAG 1.4.3 for words, 1.4.11 for borders and signs

GROUNDS = ["canvas", "surface", "sunken", "raised", "hover", "field"]
TONES = ["info", "good", "warn", "bad", "accent"]
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-2", "ink-3", "accent") for ground in GROUNDS),
    *((tone, f"{tone}-soft", TEXT) for tone in TONES),
    *((tone, ground, TEXT) for tone in TONES for ground in ("canvas", "surface", "raised")),
    *(("ink", f"{tone}-soft", TEXT) for tone in TONES),
    ("ink-2", "accent-soft", TEXT),
    ("accent-strong", "accent-soft", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("on-bad", "bad-strong", TEXT),
    *(("line-strong", ground, SIGN) for ground in ("canvas", "surface", "raised", "field")),
    *(("accent", ground, SIGN) for ground in GROUNDS),  # the focus ring
]


def colours() -> dict[str, tuple[str, str]]:
    source = (settings.BASE_DIR / "static/css/portway.css").read_text()
    found = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", source)
    return {name: (light, dark) for name, light, dark in found}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


class TestContrast:
    @pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
    @pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
    def test_is_enough_to_read(self, front: str, ground: str, least: float, theme: int) -> None:
        palette = colours()

        assert contrast(palette[front][theme], palette[ground][theme]) >= least

    def test_is_measured_as_the_standard_says(self) -> None:
        assert contrast("#000000", "#ffffff") == pytest.approx(21)
        assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
