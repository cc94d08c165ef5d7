"""What is kept of a text that somebody typed or pasted."""

from __future__ import annotations

import pytest

from feeds.words import printable


class TestPrintable:
    @pytest.mark.parametrize(
        "text", ["PLN\u00a060,000.00", "12\u202f500,00\u00a0€", "東京\u3000支店", "عرض السعر"], ids=ascii
    )
    def test_keeps_blanks_of_every_kind(self, text: str) -> None:
        assert printable(text) == text

    @pytest.mark.parametrize("sign", ["\x00", "\x1b", "\n", "\u200b", "\u202e", "\ufeff"], ids=ascii)
    def test_leaves_out_what_controls_or_hides(self, sign: str) -> None:
        assert printable(f"one{sign}two") == "onetwo"

    def test_keeps_what_it_is_asked_to_besides(self) -> None:
        assert printable("one\ntwo\x00", besides="\n") == "one\ntwo"
