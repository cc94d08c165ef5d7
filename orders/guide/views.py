"""Guided selling for resellers: one question at a time, then what is proposed, then a quote of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from identity.access import demand, requires
from identity.models import Site
from identity.once import once
from identity.privileges import Privilege

from ..quotes import WantedLine, begin_quote
from ..quotes.actions.ground import day_at
from ..quotes.currencies import currency_for
from ..quotes.possible import demand_maker
from . import asking
from .choosing import Chosen
from .logic import Answers, Interview, interview
from .reading import Guide, guide
from .seller import demand_seller
from .suggesting import Suggested, suggest

P = Privilege


@requires(P.GUIDED_SELLING_USE)
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The next question. What was answered so far is in the address."""
    demand_seller(request.actor)
    of = guide()
    now = so_far(of, request.GET)
    if now.next is None and of.rules and of.questions:
        return HttpResponseRedirect(f"{reverse('guide:suggestion')}?{asking.as_query(now.answers)}")
    wrong = asking.problem(now.next, request.GET) if now.next else ""
    context = {
        "question": now.next and of.questions[now.next.code],
        "choices": list(of.answers.get(now.next.code, {}).values()) if now.next else [],
        "problem": wrong,
        "sent": request.GET.get(now.next.code, "") if now.next else "",
        "kept": [pair for code, given in now.answers.items() for pair in asking.pairs_of(code, given)],
        "told": answered(of, now.answers),
        "is_empty": not (of.questions and of.rules),
    }
    return render(request, "orders/guide/ask.html", context, status=422 if wrong else 200)


def so_far(of: Guide, data: QueryDict) -> Interview:
    questions = of.as_questions()
    return interview(questions, asking.answers_in(data, questions))


def answered(of: Guide, answers: Answers) -> list[dict[str, Any]]:
    """What was answered, each with the way back to its question: later answers stay."""
    return [
        {
            "question": of.questions[code],
            "number": given if isinstance(given, int) else None,
            "words": [] if isinstance(given, int) else [of.answers[code][each] for each in sorted(given)],
            "change": f"{reverse('guide:ask')}?{asking.as_query(answers, without=code)}",
        }
        for code, given in answers.items()
    ]


@requires(P.GUIDED_SELLING_USE)
@require_safe
def suggestion(request: HttpRequest) -> HttpResponse:
    """What is proposed for the answers in the address."""
    demand_seller(request.actor)
    of = guide()
    now = so_far(of, request.GET)
    if now.next is not None or not of.questions:
        return HttpResponseRedirect(f"{reverse('guide:ask')}?{asking.as_query(now.answers)}")
    return _suggestion_page(request, of, now.answers)


def _suggestion_page(
    request: HttpRequest, of: Guide, answers: Answers, chosen: Chosen | None = None
) -> HttpResponse:
    found = suggested(request, of, answers)
    chosen = chosen or Chosen.all_of(found)
    context = {
        "found": found,
        "rows": chosen.beside(found),
        "problem": chosen.problem,
        "told": answered(of, answers),
        "query": asking.as_query(answers),
    }
    return render(
        request, "orders/guide/suggestion.html", context, status=422 if chosen.has_problems else 200
    )


def suggested(request: HttpRequest, of: Guide, answers: Answers) -> Suggested:
    """At the prices of the site's country today."""
    site = Site.objects.get(id=request.actor.site_id)
    today = day_at(site, timezone.now())
    currency = currency_for(site.country, today)
    return suggest(of, answers, country=site.country, currency=currency, today=today)


@requires(P.GUIDED_SELLING_USE)
@require_POST
@once
def make_quote(request: HttpRequest) -> HttpResponse:
    """A proposal of the parts that were ticked, in the quantities entered. The answers are in the address still."""
    demand(request.actor, P.QUOTE_MANAGE)
    demand_seller(request.actor)
    demand_maker(request.actor)
    of = guide()
    now = so_far(of, request.GET)
    if now.next is not None:
        return HttpResponseRedirect(f"{reverse('guide:ask')}?{asking.as_query(now.answers)}")
    chosen = Chosen.of(request.POST)
    if chosen.has_problems:
        return _suggestion_page(request, of, now.answers, chosen)
    known = {line.part.number for line in suggested(request, of, now.answers).lines}
    wanted = [WantedLine(part_number=n, quantity=q) for n, q in chosen.quantities.items() if n in known]
    if not wanted:
        return _suggestion_page(request, of, now.answers, Chosen.nothing())
    quote = begin_quote(by=request.actor, now=timezone.now(), lines=wanted)
    return redirect("quotes:quote", quote.public_id)
