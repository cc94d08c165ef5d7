"""Handing out an attachment."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from identity.filestore import Stored
from identity.serving import serve

from .attachments import FILES
from .models import DealAttachment


def file_response(request: HttpRequest, attachment: DealAttachment) -> HttpResponseBase:
    stored = Stored(attachment.stored, attachment.size, attachment.sha256)
    return serve(request, FILES, stored, name=attachment.name, content_type=attachment.content_type)
