"""The pages on which the vendor's people write what guided selling asks and proposes, and try it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import requires
from identity.models import AuditEvent
from identity.once import once
from identity.privileges import Privilege

from ..models import GuideAnswer, GuideQuestion, GuideRule
from . import actions, asking, history
from .forms import AnswerForm, GuideForm, QuestionForm, RuleForm
from .logic import evaluate
from .overview import overview
from .reading import guide
from .suggesting import parts_for, told
from .views import so_far

P = Privilege
KINDS: dict[str, Any] = {
    "questions": GuideQuestion,
    "answers": GuideAnswer,
    "rules": GuideRule,
}


@requires(P.SETTING_VIEW)
@require_safe
def guide_list(request: HttpRequest) -> HttpResponse:
    """All questions and rules, and what is wrong with them."""
    return render(request, "orders/guide/settings/list.html", overview())


@requires(P.SETTING_VIEW)
@require_safe
def question_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """A question with its answers, and what was changed."""
    question = get_object_or_404(GuideQuestion, public_id=public_id)
    context = overview() | {
        "question": question,
        "answers": question.answers.order_by("position", "id"),
        "flaws": overview()["flaws"].get(question.public_id, []),
        "events": _events(question),
    }
    return render(request, "orders/guide/settings/question.html", context)


@requires(P.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_question(request: HttpRequest) -> HttpResponse:
    form = QuestionForm(request.POST or None, guide=guide())
    if request.method == "POST" and form.is_valid():
        row = _added(form, GuideQuestion, request)
        if row is not None:
            messages.success(
                request, _("The question was added. Now give it its answers, and rules that use them.")
            )
            return redirect("guide_settings:question", row.public_id)
    return _form_page(request, form, "question")


@requires(P.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def change_question(request: HttpRequest, public_id: str) -> HttpResponse:
    row = get_object_or_404(GuideQuestion, public_id=public_id)
    form = QuestionForm(request.POST or None, guide=guide(), row=row)
    back = reverse("guide_settings:question", args=[row.public_id])
    return _changed(request, form, GuideQuestion, row, "question", back)


@requires(P.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    question = get_object_or_404(GuideQuestion, public_id=public_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _added(form, GuideAnswer, request, question=question):
        messages.success(request, _("The answer was added."))
        return redirect("guide_settings:question", question.public_id)
    return _form_page(request, form, "answer", question=question)


@requires(P.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def change_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    row = get_object_or_404(GuideAnswer.objects.select_related("question"), public_id=public_id)
    form = AnswerForm(request.POST or None, row=row)
    back = reverse("guide_settings:question", args=[row.question.public_id])
    return _changed(request, form, GuideAnswer, row, "answer", back, question=row.question)


@requires(P.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def add_rule(request: HttpRequest) -> HttpResponse:
    form = RuleForm(request.POST or None, guide=guide())
    if request.method == "POST" and form.is_valid() and _added(form, GuideRule, request) is not None:
        messages.success(request, _("The rule was added. It proposes from now on."))
        return redirect("guide_settings:list")
    return _form_page(request, form, "rule")


@requires(P.SETTING_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def change_rule(request: HttpRequest, public_id: str) -> HttpResponse:
    row = get_object_or_404(GuideRule.objects.select_related("part", "line", "counted"), public_id=public_id)
    form = RuleForm(request.POST or None, guide=guide(), row=row)
    return _changed(request, form, GuideRule, row, "rule", reverse("guide_settings:list"))


@requires(P.SETTING_EDIT)
@require_POST
@once
def retire(request: HttpRequest, what: str, public_id: str) -> HttpResponse:
    """Ask or propose something no longer; or again."""
    if what not in KINDS:
        raise Http404
    row = get_object_or_404(KINDS[what], public_id=public_id)
    version, retired = request.POST.get("version", ""), request.POST.get("retired") == "1"
    try:
        actions.retire(
            KINDS[what],
            public_id,
            retired=retired,
            version=int(version) if version.isdecimal() and len(version) < 9 else 0,
            by=request.actor,
            now=timezone.now(),
        )
    except actions.GuideChanged:
        messages.error(request, _("This was changed meanwhile. Look at it again."))
    else:
        messages.success(request, _("It is retired.") if retired else _("It is in use again."))
    if isinstance(row, GuideRule):
        return redirect("guide_settings:list")
    return redirect(
        "guide_settings:question", (row.question if isinstance(row, GuideAnswer) else row).public_id
    )


@requires(P.SETTING_VIEW)
@require_safe
def try_it(request: HttpRequest) -> HttpResponse:
    """All questions on one page; and for the answers given, what is asked and proposed, and why the rest is not."""
    of = guide()
    now = so_far(of, request.GET)
    proposed, passed_over = evaluate(of.as_rules(), now.answers) if now.is_over else ([], [])
    parts = parts_for([of.rules[each.rule] for each in proposed])
    asked = {question.code for question in now.asked}
    context = {
        "rows": [
            {
                "question": row,
                "choices": list(of.answers.get(code, {}).values()),
                "given": now.answers.get(code),
                "problem": asking.problem(now.next, request.GET)
                if now.next and now.next.code == code
                else "",
                "is_asked": code in asked,
            }
            for code, row in of.questions.items()
        ],
        "next": now.next and of.questions[now.next.code],
        "is_over": now.is_over and bool(of.questions),
        "proposed": [(of.rules[each.rule], each.quantity, parts[each.rule][:1]) for each in proposed],
        "passed_over": [
            (of.rules[each.rule], [told(condition, of) for condition in each.failing]) for each in passed_over
        ],
    }
    return render(request, "orders/guide/settings/try.html", context)


# ------------------------------------------------------------------------------------------ pieces


def _added(form: Any, kind: Any, request: HttpRequest, **more: Any) -> Any:
    """The new row; None where its code is taken, which the form says then."""
    try:
        return actions.add(kind, form.values() | more, by=request.actor, now=timezone.now())
    except actions.CodeTaken:
        form.add_error("code", _("This code is taken already, perhaps by something retired."))
        return None


def _changed(
    request: HttpRequest, form: Any, kind: Any, row: Any, what: str, back: str, **context: Any
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            actions.change(
                kind, row.public_id, form.values(), version=version, by=request.actor, now=timezone.now()
            )
        except actions.GuideChanged as stale:
            form.data = _again(request, stale.now.version)
            return _form_page(request, form, what, row=row, stale=_events(stale.now)[:3], **context)
        messages.success(request, _("Saved. Whoever begins now is asked and shown this."))
        return redirect(back)
    return _form_page(request, form, what, row=row, events=_events(row), **context)


def _again(request: HttpRequest, version: int) -> QueryDict:
    """What was sent, to be sent again on the newer version once its author has looked."""
    data = request.POST.copy()
    data["version"] = str(version)
    return data


def _form_page(
    request: HttpRequest, form: GuideForm | Form, what: str, *, stale: list[Any] | None = None, **context: Any
) -> HttpResponse:
    status = 409 if stale is not None else 422 if form.is_bound and form.errors else 200
    shown = {"form": form, "what": what, "stale": stale, "row": None, "events": []} | context
    return render(request, "orders/guide/settings/form.html", shown, status=status)


def _events(row: GuideQuestion | GuideAnswer | GuideRule) -> list[Any]:
    found = AuditEvent.objects.filter(object_type=actions.KINDS[type(row)], object_id=row.public_id)
    return history.told(found.order_by("-at", "-id")[:20])
