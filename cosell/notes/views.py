"""What the button of a deal's form asks for: a look at the five facts, a draft of them, and an opinion on it."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cosell.models import Feeling, NotesDraft, NotesOutcome
from identity.access import requires
from identity.limits import seconds_left
from identity.privileges import Privilege

from .actions import LONGEST_COMMENT, End, Piece, TooLate, begin_draft, rate_draft, write_draft
from .facts import MissingFacts, amount_of, facts_of, shown
from .faring import comments, faring
from .generating import Facts, generator
from .limits import may_draft
from .words import told_of

P = Privilege


@requires(P.REFERRAL_WORK)
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """The five facts exactly as they would be passed on, and to where; 422 with what is missing."""
    try:
        facts = _facts(request)
    except MissingFacts as missing:
        return JsonResponse({"errors": missing.errors}, status=422)
    return JsonResponse({"facts": shown(facts), "to": generator().host})


@requires(P.REFERRAL_WORK)
@require_POST
def draft(request: HttpRequest) -> HttpResponseBase:
    """A draft of notes from the five facts of the form, as events while it is being written.

    `piece` has text; the last one is `made`, or `failed` with what to tell. 422 with what is missing, 429 for too many.
    """
    now = timezone.now()
    try:
        facts = _facts(request)
    except MissingFacts as missing:
        return JsonResponse({"errors": missing.errors}, status=422)
    if not may_draft(request.actor.user_id, now):
        message = _("These were many drafts in a minute. Wait a moment, then try again.")
        return JsonResponse({"message": message}, status=429, headers={"Retry-After": str(seconds_left(now))})
    language = translation.get_language() or "en"
    writer = generator(_variant(request))
    begun = begin_draft(writer, language, by=request.actor, now=now)
    response = StreamingHttpResponse(
        _events(begun.public_id, write_draft(begun, writer, facts, by=request.actor), language),
        content_type="text/event-stream; charset=utf-8",
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Accel-Buffering"] = (
        "no"  # proxies that wait for the end of an answer should not, here
    )
    return response


def _facts(request: HttpRequest) -> Facts:
    """The five facts, of what was sent; the partner is the reader's own site. Raises MissingFacts."""
    sent = request.POST
    currency = sent.get("currency", "")
    return facts_of(
        amount=amount_of(sent.get("value", ""), currency),
        currency=currency,
        solutions=sent.getlist("solutions"),
        customer=sent.get("customer", ""),
        partner=request.actor.site_name,
        country=sent.get("country", ""),
    )


def _variant(request: HttpRequest) -> int:
    text = request.POST.get("variant", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _events(public_id: str, parts: Generator[Piece | End], language: str) -> Iterator[bytes]:
    yield _event("begun", {"id": public_id})
    try:
        for part in parts:
            if isinstance(part, Piece):
                yield _event("piece", {"text": part.text})
            elif part.outcome is NotesOutcome.MADE:
                yield _event("made", {})
            else:
                with translation.override(language):
                    yield _event("failed", {"reason": part.failure, "message": told_of(part.failure)})
    finally:
        parts.close()  # cancelled: it is noted, and nothing more is fetched


def _event(name: str, data: dict[str, str]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


@requires(P.REFERRAL_WORK)
@require_POST
def feedback(request: HttpRequest, public_id: str) -> HttpResponse:
    """Whether somebody found a draft of use, and perhaps a comment."""
    draft = get_object_or_404(NotesDraft, public_id=public_id)
    feeling, comment = request.POST.get("feeling", ""), request.POST.get("comment", "").replace("\0", "")
    if feeling not in Feeling.values:
        return JsonResponse({"message": _("Say whether it was of use: yes or no.")}, status=422)
    if len(comment) > LONGEST_COMMENT:
        return JsonResponse({"message": _("This is too long.")}, status=422)
    try:
        rate_draft(draft, Feeling(feeling), comment, by=request.actor, now=timezone.now())
    except TooLate:
        message = _("This draft is more than a week old; opinions are taken on newer ones.")
        return JsonResponse({"message": message}, status=409)
    return HttpResponse(status=204)


@requires(P.SETTING_VIEW, P.COSELL_DECIDE)
@require_safe
def fare(request: HttpRequest) -> HttpResponse:
    """How notes fare: by month, by what wrote them and by language, with what people said of them."""
    now = timezone.now()
    languages = dict(settings.LANGUAGES)
    context = {"faring": faring(now), "comments": comments(), "languages": languages}
    return render(request, "cosell/notes.html", context)
