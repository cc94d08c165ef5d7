"""The same deed asked for twice is done once: a form sent twice, an API call tried again.

A `Submission` row is written in the deed's own transaction, unique for person, site and key. Whoever comes
second waits at that row until the first has committed, and is then given the first's answer. When the first
came to nothing (an error page, a form with mistakes, a rolled-back transaction), the key is free again.

For a form: put `{{ ui.form_token() }}` into it and `@once` under the other decorators of its view:

    @requires(Privilege.DEAL_REGISTER)
    @require_http_methods(["GET", "POST"])
    @once
    def register(request): …

Only a redirect counts as success. A page shown again (200 or 4xx) leaves the token usable. The same token
with other content is another deed: somebody went back, changed something and sent it again.

The API's views get the same from `identity.api.ResourceViewSet` through the header `Idempotency-Key`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from hashlib import sha256
from typing import Any, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, connection, transaction
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from .models import Submission
from .tenancy import SITE, USER

KEPT_FOR = timedelta(hours=24)
PATIENCE = "10s"  # how long a second one waits for the first
KEPT_HEADERS = ("Content-Type", "Location", "ETag", "HX-Redirect", "HX-Location")

V = TypeVar("V", bound=Callable[..., HttpResponse])


class KeyReused(Exception):
    """The key was used before, for something else."""


class StillRunning(Exception):
    """The first one with this key has not come to an end yet."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the first one was answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, response: HttpResponse) -> Answer:
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        return cls(response.status_code, headers, response.content)

    def response(self) -> HttpResponse:
        if 300 <= self.status < 400 and "Location" in self.headers:
            return HttpResponseRedirect(self.headers["Location"], status=self.status)
        return HttpResponse(self.body, status=self.status, headers=self.headers)


def fingerprint(*parts: Any) -> str:
    """What makes two requests the same, as one short text."""
    return sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


# The person and the site are those of the running scope, as in the policies. A row without a status is of
# one that came to nothing: it is taken over.
CLAIM = f"""
INSERT INTO identity_submission (user_id, site_id, key, fingerprint, at, headers, body)
VALUES ({USER}, {SITE}, %s, %s, %s, '{{}}', '')
ON CONFLICT (user_id, site_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, at = excluded.at
WHERE identity_submission.status IS NULL
"""  # noqa: S608 - made of our own constants


def claim(key: str, print_: str, *, now: datetime) -> Answer | None:
    """Take a key for what is about to be done. None: go ahead, then `settle`; else the first answer.

    Raises KeyReused when it was used for something else, StillRunning when the first takes too long.
    """
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
                cursor.execute(CLAIM, [key, print_, now])
                claimed = cursor.rowcount == 1
                cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
        except OperationalError as error:
            raise StillRunning from error
        if claimed:
            return None
    first = _of_this_scope(key).get()
    if first.fingerprint != print_:
        raise KeyReused
    return Answer(first.status, first.headers, bytes(first.body))


def settle(key: str, answer: Answer) -> None:
    """Remember the answer to what was claimed, in the transaction of the deed itself."""
    _of_this_scope(key).update(status=answer.status, headers=answer.headers, body=answer.body)


def _of_this_scope(key: str) -> Any:
    own = RawSQL(f"user_id = {USER} AND site_id IS NOT DISTINCT FROM {SITE}", [], BooleanField())  # noqa: S611
    return Submission.objects.filter(own, key=key)


def once(view: V) -> V:
    """View decorator: a form sent twice with the same `form_token` is acted on once."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        token = request.POST.get("form_token", "") if request.method == "POST" else ""
        if not token or not request.actor.signed_in:
            return view(request, *args, **kwargs)
        print_ = fingerprint(token, request.path, _content(request))
        key = f"form:{print_}"
        try:
            first = claim(key, print_, now=timezone.now())
        except StillRunning:
            return render(request, "errors/409.html", status=409)
        if first is not None:
            return first.response()
        response = view(request, *args, **kwargs)
        if 300 <= response.status_code < 400 or "HX-Redirect" in response.headers:
            settle(key, Answer.of(response))
        return response

    return wrapped  # type: ignore[return-value]


def _content(request: HttpRequest) -> Any:
    """What was filled in, without what differs from one sending to the next."""
    fields = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    return [fields, files_in(request)]


def files_in(request: HttpRequest) -> dict[str, Any]:
    """The files that were sent, as names and digests."""
    return {name: [(f.name, _hash(f)) for f in found] for name, found in request.FILES.lists()}


def _hash(file: UploadedFile) -> str:
    found = sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()


def sweep(*, now: datetime) -> int:
    """Forget what is older than a day; returns how many. Safe to run twice."""
    return Submission.objects.filter(at__lt=now - KEPT_FOR).delete()[0]
