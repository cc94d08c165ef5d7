"""The demo's mailbox page: what the portal mailed to anybody, as it arrived. Never in production."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from itertools import islice
from pathlib import Path

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import urlize
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET
from markupsafe import Markup

from identity.access import open_to_all

NAME = re.compile(r"\d{19}-[0-9a-f]{8,64}")  # as portal.embedded.mailbox names its files
PER_PAGE = 50
HEAD_BYTES = 16 * 1024

# A mail is somebody else's page: no script, no form, nothing fetched; its links lead out of the frame.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
MAIL_POLICY = (
    f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox {SANDBOX}"
)


@dataclass(frozen=True, slots=True)
class Received:
    """What the list shows of a mail."""

    name: str
    to: str
    subject: str
    at: datetime


@open_to_all
@require_GET
@never_cache
def mail_list(request: HttpRequest) -> HttpResponse:
    """The newest first; `q` finds recipients and subjects."""
    wanted, before = request.GET.get("q", "").strip()[:200], request.GET.get("before", "")
    found = list(islice(_received(wanted.lower(), before), PER_PAGE + 1))
    return render(
        request,
        "dev/mail_list.html",
        {
            "mails": found[:PER_PAGE],
            "q": wanted,
            "older": found[PER_PAGE - 1].name if len(found) > PER_PAGE else None,
        },
    )


@open_to_all
@require_GET
@never_cache
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: what a mail program shows of it, as HTML and as plain text."""
    message = _message(name)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    context = {
        "mail": _head(name, message),
        "sender": str(message["From"] or ""),
        # Escaped by urlize itself, which makes links of the addresses.
        "text": Markup(urlize(_content(text), autoescape=True)) if text else None,  # noqa: S704
        "has_html": html is not None,
        "sandbox": SANDBOX,
    }
    return render(request, "dev/mail_detail.html", context)


@open_to_all
@require_GET
@never_cache
@xframe_options_sameorigin
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """The mail's HTML alone, for the frame; its links lead out of it."""
    html = _message(name).get_body(("html",))
    if html is None:
        raise Http404
    page = re.sub(r"(?i)<head>", '<head><base target="_top">', _content(html), count=1)
    return HttpResponse(page, headers={"Content-Security-Policy": MAIL_POLICY})


@open_to_all
@require_GET
def mail_file(request: HttpRequest, name: str) -> FileResponse:
    """The mail as a file, as it came over the wire."""
    return FileResponse(_file(name).open("rb"), as_attachment=True, content_type="message/rfc822")


# ------------------------------------------------------------------------------------------------ files


def _received(wanted: str, before: str) -> Iterator[Received]:
    names = sorted((file.stem for file in Path(settings.MAILBOX_DIR).glob("*.eml")), reverse=True)
    for name in names:
        if NAME.fullmatch(name) and (not before or name < before):
            mail = _head(name, _headers(name))
            if wanted in f"{mail.to}\n{mail.subject}".lower():
                yield mail


def _file(name: str) -> Path:
    """The file of a mail. Raises Http404 for what is no mail here."""
    file = Path(settings.MAILBOX_DIR) / f"{name}.eml"
    if not NAME.fullmatch(name) or not file.is_file():
        raise Http404
    return file


def _headers(name: str) -> Message:
    with _file(name).open("rb") as file:
        return BytesHeaderParser(policy=email.policy.default).parsebytes(file.read(HEAD_BYTES))


def _message(name: str) -> EmailMessage:
    return email.message_from_bytes(_file(name).read_bytes(), policy=email.policy.default)


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode(part.get_content_charset("utf-8"), "replace") if isinstance(payload, bytes) else ""


def _head(name: str, message: Message) -> Received:
    arrived = datetime.fromtimestamp(int(name.partition("-")[0]) / 1e9, UTC)
    # Whom it was handed over for, which in a mail to several may be one of them.
    to = ", ".join(message.get_all("X-Envelope-To") or [str(message["To"] or "")])
    return Received(name, to, str(message["Subject"] or ""), arrived)
