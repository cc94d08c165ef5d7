"""What a mail says: put into words once, then laid out as plain text and as HTML."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from email.utils import formatdate
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from identity.filestore import Store

from .kinds import NoticeKind
from .values import END, ISOLATE, unpack

CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
WIDTH = 72
NAME = re.compile(f"{ISOLATE}[^{ISOLATE}{END}\n]{{1,60}}{END}")
GLUE = "\ue000"  # of the private use area: nobody writes it, and lines are not broken at it


def one_line(text: str, limit: int = 200) -> str:
    """Text that is safe in a header: no line breaks or other control characters, and not endless."""
    line = " ".join(CONTROL.sub(" ", text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


class Words(NamedTuple):
    """A notice in the active language."""

    subject: str
    paragraphs: list[str]


def words_of(kind: NoticeKind, context: Mapping[str, Any]) -> Words:
    """A notice's words. A translation with a mistake in its placeholders gives way to the original."""
    try:
        return _words(kind, unpack(context))
    except (KeyError, TypeError, ValueError):
        with translation.override(None):
            return _words(kind, unpack(context))


def _words(kind: NoticeKind, values: dict[str, Any]) -> Words:
    body = str(kind.body % values)
    return Words(one_line(str(kind.subject % values)), [p.strip() for p in body.split("\n\n") if p.strip()])


def full_address(path: str) -> str:
    return settings.PORTAL_URL + path


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored file to go along with a mail: where it is (see identity.filestore), and what its reader gets.

    The mail holds only this, and the file is read when it is sent: if it is gone by then, the mail goes without.
    """

    folder: str
    stored: str
    name: str
    content_type: str

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    def content(self) -> bytes | None:
        try:
            return Store(self.folder).path_of(self.stored).read_bytes()
        except FileNotFoundError:
            return None


@dataclass(frozen=True, slots=True)
class Entry:
    """One notice in a daily mail."""

    subject: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """What a daily mail says of one site ("" for what concerns the reader alone)."""

    site: str
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in the reader's language. `action` is (what the button says, the full address it leads to)."""

    subject: str
    paragraphs: list[str]
    action: tuple[str, str] | None = None
    code: str | None = None
    site: str = ""  # which site it concerns, for people with several
    why: str = ""  # why one gets it, in a sentence
    can_refuse: bool = False  # whether its reader may choose not to get such mails
    sections: list[Section] = field(default_factory=list)  # of a daily mail
    reply_to: str = ""  # whom an answer goes to, where that is not the portal

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Letter:
        action = data.get("action")
        return cls(**(data | {"action": tuple(action) if action else None, "sections": _sections(data)}))


def _sections(data: dict[str, Any]) -> list[Section]:
    return [
        Section(section["site"], [Entry(**entry) for entry in section["entries"]])
        for section in data.get("sections", ())
    ]


def message(
    letter: Letter, *, to: str, language: str, message_id: str, attachment: Attachment | None = None
) -> bytes:
    """The mail as it goes out: multipart/alternative, plain text first; with a file, that beside it."""
    preferences = full_address(reverse("notifications:preferences"))
    headers = {
        "Message-ID": message_id,
        "Date": formatdate(),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Content-Language": translation.to_locale(language).replace("_", "-"),
    }
    if letter.can_refuse:
        headers["List-Unsubscribe"] = f"<{preferences}>"
    with translation.override(language):
        why = letter.why or _("You get this mail because this address was given on %(portal)s.") % {
            "portal": settings.PORTAL_NAME
        }
        page = {
            "letter": letter,
            "why": why,
            "preferences": preferences if letter.can_refuse else "",
            "portal": settings.PORTAL_NAME,
            "portal_url": settings.PORTAL_URL,
            "language": headers["Content-Language"],
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
        }
        answers_to = [letter.reply_to] if letter.reply_to else None
        mail = EmailMultiAlternatives(
            letter.subject, as_text(page), None, [to], headers=headers, reply_to=answers_to
        )
        mail.attach_alternative(render_to_string("notifications/mail.html", page), "text/html")
        if attachment is not None and (content := attachment.content()) is not None:
            mail.attach(attachment.name, content, attachment.content_type)
    return mail.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]


def as_text(page: dict[str, Any]) -> str:
    """The plain text: wrapped for old readers, addresses whole on lines of their own."""
    letter: Letter = page["letter"]
    blocks = [letter.site] if letter.site else []
    blocks += [wrapped(paragraph) for paragraph in letter.paragraphs]
    if letter.code:
        blocks.append(f"    {letter.code}")
    for section in letter.sections:
        if section.site:
            blocks.append(f"{section.site}\n{'-' * min(len(section.site), WIDTH)}")
        blocks += [_entry_text(entry) for entry in section.entries]
    if letter.action:
        label, address = letter.action
        blocks.append(f"{label}:\n{address}")
    foot = [f"-- \n{page['portal']}\n{page['portal_url']}", wrapped(page["why"])]
    if page["preferences"]:
        foot.append(f"{_('Choose what you get by e-mail')}:\n{page['preferences']}")
    return "\n\n".join(blocks + foot) + "\n"


def _entry_text(entry: Entry) -> str:
    lines = [wrapped(f"* {entry.subject}", "  "), wrapped(f"  {entry.text}", "  "), f"  {entry.url}"]
    return "\n".join(line for line in lines if line.strip())


def wrapped(text: str, indent: str = "") -> str:
    """Text in lines of 72 characters; a name of another direction stays on one line, where its isolation holds."""
    whole = NAME.sub(lambda name: name[0].replace(" ", GLUE), text)
    lines = [
        textwrap.fill(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
        for line in whole.splitlines()
    ]
    return "\n".join(lines).replace(GLUE, " ")
