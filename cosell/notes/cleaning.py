"""What a writer says, made into plain text: whatever it was told to say, nothing but words reaches the form.

Names in the facts are other people's text, and a writer may be talked into anything by them. So nothing that it
writes is trusted: no markup, no addresses to follow, nobody's number or e-mail, no signs that hide or turn text around.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

from cosell.models import NotesFailure

from .generating import LONGEST, Facts, NotWritten

#: Characters that a writer may send altogether for a draft of LONGEST, markup included. More is not read.
MOST_RECEIVED = 16 * LONGEST
MOST_HELD = 2 * LONGEST
# Joiners that some scripts need, and the pair that keeps a name from scrambling the sentence around it.
_KEPT_SIGNS = frozenset("\u200c\u200d\u2068\u2069")

_ELEMENTS = re.compile(r"<(script|style)\b.*?</\1\s*>", re.I | re.S)
_TAG = re.compile(r"<[^<>]*>")
_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"(\*{1,3}|_{2,3}|~~|`{1,3})")
_HEADING = re.compile(r"^[ \t]*(#{1,6}|>+)[ \t]*", re.M)
_ADDRESS = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]{1,15}://|www\.|(?:mailto|tel|javascript|data|file|sms):)\S*", re.I
)
_EMAIL = re.compile(r"[^\s@<>()\[\],;:]+@[^\s@<>()\[\],;:]+")
_DOMAIN = re.compile(
    r"(?<![\w.@-])(?:[\w-]+\.)+(?:com|net|org|info|biz|io|ai|app|dev|co|xyz|top|site|online|shop|link|click|ru|cn|"
    r"example|invalid|test)(?![\w-])(?:/\S*)?"
)
_PHONE = re.compile(r"(?<![\w.,٬٫])(?:\+|00)?\(?\d[\d\s().\-/\u00a0\u202f]{5,30}\d(?![\w])")
# Where a text can be cut without cutting an address or a number in two: after a sentence or a line that is followed by
# the beginning of a word.
_BOUNDARY = re.compile(r"(?:(?<=[.!?؟…。])[ \t]+|\n+[ \t]*)(?=[^\s\d+(\u0660-\u0669\u06f0-\u06f9])")


def cleaned(text: str, known: frozenset[str] = frozenset()) -> str:
    """A text without markup, addresses, telephone numbers and hidden signs. `known` are digits that are no number."""
    for _layer in range(2):  # what was escaped once more is opened as well
        text = html.unescape(text)
    text = "".join(_sign(each) for each in text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _TAG.sub("", _ELEMENTS.sub("", text))
    text = _LINK.sub(r"\1", _PICTURE.sub(r"\1", text))
    text = text.replace("<", "").replace(">", "")
    text = _HEADING.sub("", _MARKS.sub("", text))
    text = _DOMAIN.sub("", _EMAIL.sub("", _ADDRESS.sub("", text)))
    text = _PHONE.sub(lambda found: found[0] if _is_no_phone(found[0], known) else "", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]{2,}", " ", text))


def _sign(sign: str) -> str:
    """One character; a blank or nothing for those that control, hide, or are no characters at all."""
    if sign == "\n" or sign in _KEPT_SIGNS:
        return sign
    category = unicodedata.category(sign)
    if category in ("Zl", "Zp"):
        return "\n"
    if sign == "\t":
        return " "
    return "" if category in ("Cc", "Cf", "Cs", "Co", "Cn") or sign == "\ufffd" else sign


def _is_no_phone(text: str, known: frozenset[str]) -> bool:
    """Whether so many digits are no telephone number: too few of them, or an amount that is among the facts."""
    digits = digits_of(text)
    if digits in known:
        return True
    return len(digits) < (7 if text.startswith(("+", "00", "(")) else 9)


def digits_of(text: str) -> str:
    """The digits in a text, of whatever script, as ASCII."""
    return "".join(str(unicodedata.digit(sign)) for sign in text if unicodedata.category(sign) == "Nd")


def _known_in(facts: Facts) -> frozenset[str]:
    """The numbers that may be told, since they are facts: the value with and without its decimals, digits of names."""
    texts = [facts.value, re.split(r"[.,٫](?=\D*\d{1,3}\D*$)", facts.value)[0], facts.customer, facts.partner]
    return frozenset(filter(None, (digits_of(text) for text in (*texts, *facts.solutions))))


def clean_pieces(pieces: Iterator[str], facts: Facts, longest: int = LONGEST) -> Iterator[str]:
    """The same for a text that comes in pieces, sentence by sentence, cut to `longest` characters.

    What could still become an address, a number or a tag is held back until it is whole. Raises NotWritten where far
    too much comes, and where nothing is left. Closes `pieces` when no more of them is wanted.
    """
    known, given = _known_in(facts), ""
    try:
        for ready in _sentences(pieces):
            text, full = _fitting(cleaned(ready, known), given, longest)
            given += text
            if text:
                yield text
            if full:
                break
    finally:
        close = getattr(pieces, "close", None)
        if close:
            close()
    if not given.strip():
        raise NotWritten(NotesFailure.EMPTY)


def _sentences(pieces: Iterator[str]) -> Iterator[str]:
    """The text in parts of which each can be cleaned by itself. Raises NotWritten where far too much comes."""
    held, received = "", 0
    for piece in pieces:
        received += len(piece)
        if received > MOST_RECEIVED:
            raise NotWritten(NotesFailure.TOO_MUCH, f"more than {MOST_RECEIVED} characters")
        ready, held = _split(held + piece)
        if ready:
            yield ready
    yield held


def _split(held: str) -> tuple[str, str]:
    """What can be cleaned by itself, and what has to wait for more. Nothing is given while a tag is open.

    What has waited for very long does not end up in a draft anyway, and waits no longer.
    """
    if len(held) > MOST_HELD:
        return held, ""
    cut, seen, tags, brackets = 0, 0, 0, 0
    for found in _BOUNDARY.finditer(held):
        end = found.end()
        tags += held.count("<", seen, end) - held.count(">", seen, end)
        brackets += held.count("[", seen, end) - held.count("]", seen, end)
        seen = end
        if tags == brackets == 0:
            cut = end
    return held[:cut], held[cut:]


def _fitting(text: str, given: str, longest: int) -> tuple[str, bool]:
    """What of a piece comes after what was given, and whether that fills it: nothing goes beyond the limit."""
    if not given:
        text = text.lstrip()
    elif given[-1].isspace():
        text = text.lstrip(" ")
    room = longest - len(given)
    if len(text) < room:
        return text, False
    shorter = text[:room]
    at = max(shorter.rfind(" "), shorter.rfind("\n"))
    whole = len(text) == room or (at < 0 and not given)
    return (shorter if whole else shorter[: max(at, 0)]).rstrip(), True
