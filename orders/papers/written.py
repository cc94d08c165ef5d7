"""Text that somebody wrote, as it goes onto paper: no signs that turn the writing around it, words that can break."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import get_language_bidi

ISOLATE, LEFT_TO_RIGHT, END = "\u2068", "\u2066", "\u2069"
BREAK = "\u200b"  # where a line may end, without a sign
LONGEST_WORD = 24
_LONG = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")


def written(text: str) -> str:
    """What somebody wrote, kept apart from the direction of the words around it; "" for nothing."""
    lines = (_LONG.sub(rf"\g<0>{BREAK}", line) for line in plain(text).split("\n"))
    return "\n".join(f"{ISOLATE}{line}{END}" if line and _turns(line) else line for line in lines)


def figure(text: str) -> str:
    """A number, an amount, a part number: from left to right in every language."""
    return f"{LEFT_TO_RIGHT}{text}{END}" if get_language_bidi() else text


def _turns(line: str) -> bool:
    """Whether it could turn what stands beside it. What runs our way anyhow is spared the marks: copied, they stay."""
    return get_language_bidi() or any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in line)


def plain(text: str) -> str:
    """The text without what cannot be seen and could turn the words after it around; lines stay lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(filter(_is_seen, line)).strip() for line in lines)


def _is_seen(sign: str) -> bool:
    """Controls, marks of direction and the like are not; joiners are, since Arabic and emoji are written with them."""
    return sign in "\u200c\u200d" or unicodedata.category(sign) not in (
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
        "Zl",
        "Zp",
    )
