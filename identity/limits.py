"""How often somebody may do something, counted by the minute in Redis; nobody is refused while it is away."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _


def within(what: str, who: object, *, per_minute: int, now: datetime) -> bool:
    """Whether this is one of the first `per_minute` times in this minute; every call counts as one."""
    counter = f"{what}:{who}:{now:%Y%m%d%H%M}"
    if cache.add(counter, 1, timeout=120):
        return True
    try:
        return int(cache.incr(counter)) <= per_minute
    except ValueError:  # it expired between the two calls
        return True


def seconds_left(now: datetime) -> int:
    """Until the next minute, when everybody may begin anew."""
    return 60 - now.second


def suggestions(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """View decorator: `settings.SUGGESTIONS_PER_MINUTE` for each person, over all views that suggest as one types.

    More than anybody types, and too few to copy what can be found.
    """

    @functools.wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        if within("suggestions", request.actor.user_id, per_minute=settings.SUGGESTIONS_PER_MINUTE, now=now):
            return view(request, *args, **kwargs)
        message = _("That was very quick. Wait a moment, then try again.")
        return JsonResponse({"message": message}, status=429, headers={"Retry-After": str(seconds_left(now))})

    return limited
