"""XML as it flows by: nothing is kept of it, and nothing in it is expanded.

Expat itself, since what stands on it costs several times as much per cell; as defusedxml does, it refuses a document
type, without which there are no entities, and so no bombs made of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from .limits import MAX_DEPTH, MAX_TOKEN
from .refusals import Refused

CHUNK = 64 * 1024

Start = Callable[[str, dict[str, str]], Any]
End = Callable[[str], Any]
Words = Callable[[str], Any]


def damaged() -> Refused:
    return Refused(_("This workbook is damaged. Open it in a spreadsheet, and save it again."), "damaged")


def bomb() -> Refused:
    return Refused(_("This workbook is made to use up memory. It is not read."), "bomb")


def parse(
    part: IO[bytes], start: Start, end: End | None = None, words: Words | None = None
) -> Iterator[None]:
    """Call the handlers for what is in a part; yields after every chunk. Raises Refused.

    Names come without their prefix. `words` gets text in pieces.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_types
    parser.StartElementHandler = start
    if end:
        parser.EndElementHandler = end
    if words:
        parser.CharacterDataHandler = words
    fed = 0
    try:
        while chunk := part.read(CHUNK):
            fed += len(chunk)
            parser.Parse(chunk, False)
            if fed - parser.CurrentByteIndex > MAX_TOKEN:
                raise bomb()
            yield
        parser.Parse(b"", True)
        yield
    except (expat.ExpatError, ValueError, LookupError):
        raise damaged() from None
    finally:
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None


def _refuse_types(*_declaration: Any) -> None:
    raise bomb()


def local(name: str) -> str:
    """A name without its prefix: "x:row" is "row"."""
    return name[name.find(":") + 1 :]


def elements(part: IO[bytes]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The elements of a small part in their order: the one around it, its own name, its attributes by local name."""
    path = [""]
    found: list[tuple[str, str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        found.append((path[-1], name, {local(key): value for key, value in attributes.items()}))
        path.append(name)
        if len(path) > MAX_DEPTH:
            raise bomb()

    for _chunk in parse(part, start, lambda _name: path.pop()):
        yield from found
        found.clear()
