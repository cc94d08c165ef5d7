"""Addresses that take files. Everywhere else a request is as small as a form (see portal/guard.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.urls import Resolver404, resolve

V = TypeVar("V", bound=Callable[..., Any])
AROUND = 64 * 1024  # bytes for what comes with a file: fields, headers, boundaries


def receives_files(largest: int) -> Callable[[V], V]:
    """View decorator: a request to this view may carry a file of so many bytes, sent as multipart/form-data."""

    def mark(view: V) -> V:
        view.upload_limit = largest + AROUND  # type: ignore[attr-defined]
        return view

    return mark


def upload_limit(path: str) -> int | None:
    """How many bytes a request to this path may have because files are taken there; None where none are.

    A resource of the API says it by action in `upload_limits`.
    """
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    if (limit := getattr(view, "upload_limit", None)) is not None:
        return limit
    limits = getattr(getattr(view, "cls", None), "upload_limits", {})
    largest = limits.get(getattr(view, "actions", {}).get("post"))
    return None if largest is None else largest + AROUND
