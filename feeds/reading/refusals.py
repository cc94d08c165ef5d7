"""Why a file is not read at all."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise, lazy


class Refused(Exception):
    """The file is not read: `reason` says why in the reader's language, `code` says it to programs.

    `params` go where the reason has `%(name)s`.
    """

    def __init__(self, reason: str | Promise, code: str, **params: Any) -> None:
        super().__init__(code)
        self.reason = _filled(reason, params) if params else reason
        self.code = code

    def __str__(self) -> str:
        return str(self.reason)


def _said(reason: str | Promise, params: dict[str, Any]) -> str:
    return str(reason) % params


_filled = lazy(_said, str)
