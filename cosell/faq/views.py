"""The page of questions and answers: for everybody, signed in or not, since it tells nothing of anybody."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity.access import open_to_all
from identity.lists import typed

from .entries import ENTRIES
from .search import LONGEST, find


@open_to_all
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """All questions by what they are about; or, with `?q=`, those that are found, the best first."""
    sought = typed(request.GET, most=LONGEST)
    found = find(sought) if sought else []
    groups = [(group, list(entries)) for group, entries in groupby(ENTRIES, key=lambda each: each.group)]
    context = {
        "sought": sought,
        "found": found,
        "groups": [(str(group.value), group.name.lower(), entries) for group, entries in groups],
    }
    return render(request, "cosell/questions.html", context)
