"""A WSGI application that hands out one stored file, as a view of the portal does; for gunicorn in tests."""

from __future__ import annotations

import os

import django
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponseBase

django.setup()

from identity.filestore import Store, Stored  # noqa: E402
from identity.serving import serve  # noqa: E402

NAME, SIZE, SHA256 = os.environ["SERVED"].split()


class OneFile(WSGIHandler):
    def load_middleware(self, is_async: bool = False) -> None:
        """None: the answer goes straight from the view to the server."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:  # type: ignore[override]
        stored = Stored(NAME, int(SIZE), SHA256)
        return serve(request, Store("served"), stored, name="prices.csv", content_type="text/csv")


application = OneFile()
