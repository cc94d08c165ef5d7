"""Why a file is not read at all."""

from __future__ import annotations

from django.utils.functional import Promise


class Refused(Exception):
    """The file is not read: `reason` says why in the reader's language, `code` says it to programs."""

    def __init__(self, reason: str | Promise, code: str) -> None:
        super().__init__(code)
        self.reason = reason
        self.code = code

    def __str__(self) -> str:
        return str(self.reason)
