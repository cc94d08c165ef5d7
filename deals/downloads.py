"""Handing out an attachment: as a download, never as a page of ours."""

from __future__ import annotations

from django.http import FileResponse

from .attachments import FILES
from .models import DealAttachment


def file_response(attachment: DealAttachment) -> FileResponse:
    response = FileResponse(
        FILES.path_of(attachment.stored).open("rb"),
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.content_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
