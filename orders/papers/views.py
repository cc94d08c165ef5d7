"""Fetching a quote as a file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from identity.access import requires

from ..models import Quote
from ..quotes.possible import SEERS, demand_reader
from .handing import LanguageUnknown, paper, response


@requires(*SEERS)
@require_safe
def pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    """The quote on paper, in the language asked for, or in the reader's."""
    return _file(request, public_id, "pdf")


@requires(*SEERS)
@require_safe
def xlsx(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same as a workbook."""
    return _file(request, public_id, "xlsx")


def _file(request: HttpRequest, public_id: str, format: str) -> HttpResponse:
    demand_reader(request.actor)
    quote = get_object_or_404(Quote, public_id=public_id)
    try:
        made = paper(quote, format, language=request.GET.get("language", ""), now=timezone.now())
    except LanguageUnknown:
        raise Http404 from None
    return response(made)
