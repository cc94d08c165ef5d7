"""What no view should have to look at: bodies too large, damaged requests, characters a database cannot keep.

One place for pages and API alike. It stands behind the middleware that knows who is asking and in which
language, so that the answer is a page of theirs (or the API's JSON), and before everything that reads what
was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError

from identity.uploads import upload_limit

from . import errors

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
DRAINED = 16 * 1024 * 1024


class GuardMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            check_size(request)
            check_address(request)
            check_form(request)
        except RequestDataTooBig:
            drain(request)
            return errors.too_large(request)
        except (BadRequest, SuspiciousOperation, MultiPartParserError) as error:
            return errors.bad_request(request, error)
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            return errors.method_not_allowed(request, response)
        return response


def check_size(request: HttpRequest) -> None:
    """Raises RequestDataTooBig; BadRequest for a body without a length, which would not be read at all."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isascii() or not length.isdigit():
        raise BadRequest("The Content-Length is not a number.")
    if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and int(length) > _limit_of_files(request):
        raise RequestDataTooBig
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        raise BadRequest("Send a Content-Length; chunked bodies are not accepted.")


def _limit_of_files(request: HttpRequest) -> int:
    """Files are taken where a view says so, and from somebody who at least claims to be known."""
    known = settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
    if not known or request.content_type != "multipart/form-data":
        return 0
    return upload_limit(request.path_info) or 0


def check_address(request: HttpRequest) -> None:
    """Raises BadRequest for NUL characters, and for a query that is not UTF-8."""
    query = unquote_to_bytes(request.META.get("QUERY_STRING", "").replace("+", " "))
    try:
        query.decode()
    except UnicodeDecodeError:
        raise BadRequest("The query is not UTF-8.") from None
    refuse_nul([request.path, query.decode(), *request.COOKIES.values()])
    request.GET  # noqa: B018 - raises TooManyFieldsSent


def check_form(request: HttpRequest) -> None:
    """Reads the form, as the view would. Raises what is wrong with it."""
    if request.content_type not in FORMS or errors.is_api(request):
        return
    if (request.content_params or {}).get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise BadRequest("Forms are sent in UTF-8.")
    for name, values in request.POST.lists():
        refuse_nul([name, *values])


def refuse_nul(texts: Iterable[str]) -> None:
    if any("\0" in text for text in texts):
        raise BadRequest("NUL characters are not accepted.")


def drain(request: HttpRequest) -> None:
    """Read on, up to a point: whoever is still sending would otherwise see a broken connection."""
    left = DRAINED
    while left > 0 and (chunk := request.read(min(left, 65536))):
        left -= len(chunk)
