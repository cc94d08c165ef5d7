"""Making the papers of a quote for whoever may read it, for pages and the API alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.http import content_disposition_header

from identity.models import Site

from ..letterhead.logos import LOGOS
from ..models import Letterhead, Quote, QuoteLine
from .document import Sender, document, file_name
from .typesetting import typeset
from .workbook import workbook

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class LanguageUnknown(ValueError):
    """Papers are not written in this language."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file, and what it is saved as."""

    content: bytes
    name: str
    media_type: str


def paper(quote: Quote, format: str, *, language: str, now: datetime) -> Paper:
    """The quote as "pdf" or "xlsx" in one of the portal's languages ("": the reader's). Raises LanguageUnknown."""
    language = language or translation.get_language() or "en"
    if language not in dict(settings.LANGUAGES):
        raise LanguageUnknown(language)
    lines = list(QuoteLine.objects.filter(quote=quote).order_by("position"))
    site = Site.objects.get(id=quote.site_id)
    sender, pictures = _sender(site)
    today = now.astimezone(ZoneInfo(site.time_zone)).date()
    with translation.override(language):
        if format == "xlsx":
            content = workbook(quote, lines, sender=sender, today=today)
        else:
            said = document(quote, lines, sender=sender, today=today)
            content = typeset(said, moment=quote.updated_at, pictures=pictures)
    return Paper(content, file_name(quote, format), MEDIA_TYPES[format])


def _sender(site: Site) -> tuple[Sender, Path | None]:
    """Whose paper it is, and the folder that the logo is in. A logo that the disk has lost is left out."""
    found = Letterhead.objects.filter(site_id=site.id).first()
    if found is None:
        return Sender(site.name), None
    path = LOGOS.path_of(found.logo) if found.logo else None
    if path is None or not path.is_file():
        return Sender(site.name, found.address), None
    return Sender(site.name, found.address, path.name), path.parent


def response(made: Paper) -> HttpResponse:
    """As a download, never as a page of ours."""
    head = {
        "Content-Disposition": content_disposition_header(True, made.name) or "attachment",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(made.content, content_type=made.media_type, headers=head)
