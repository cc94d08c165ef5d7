"""`/api/v1/notes/`: drafts of notes for programs, from the same five facts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cosell.models import Feeling, NotesDraft, NotesFailure, NotesOutcome
from deals.api.input import CURRENCY_CHOICES, AmountField, minor_units
from identity.api import Conflict, Input, Refused, ResourceViewSet
from identity.limits import seconds_left
from identity.places import countries
from identity.privileges import Privilege

from .actions import LONGEST_COMMENT, End, Piece, TooLate, begin_draft, rate_draft, write_draft
from .facts import LONGEST_NAME, LONGEST_SOLUTION, MOST_SOLUTIONS, MissingFacts, facts_of
from .faring import Line, comments, faring
from .generating import generator
from .limits import may_draft
from .words import told_of

P = Privilege


class NotesIn(Input):
    """All that notes are drafted from, besides the name of your company."""

    value = AmountField(help_text="What the deal is worth.")
    currency = serializers.ChoiceField(CURRENCY_CHOICES)
    solutions = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_SOLUTION), min_length=1, max_length=MOST_SOLUTIONS,
        help_text="Their names.",
    )  # fmt: skip
    customer = serializers.CharField(max_length=LONGEST_NAME, help_text="The company's name.")
    country = serializers.RegexField("^[A-Z]{2}$", help_text="ISO 3166-1, two capitals.")
    variant = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=999, help_text="Another number, other words."
    )

    def validate_country(self, country: str) -> str:
        if country not in countries():
            raise serializers.ValidationError(_("There is no country of this code."))
        return country


class NotesOut(serializers.Serializer[Any]):
    """A draft, which is kept nowhere; with `failed`, what came of it, and why no more did."""

    id = serializers.CharField(help_text="By which you can say what you think of it.")
    outcome = serializers.ChoiceField(NotesOutcome.choices)
    failure = serializers.CharField(help_text="Empty unless it failed: away, slow, busy, refused, empty, …")
    message = serializers.CharField(help_text="The same in words, in your language; else empty.")
    text = serializers.CharField(help_text="Plain text. Read it before you use it.")
    language = serializers.ChoiceField(settings.LANGUAGES)
    generator = serializers.CharField(help_text="`built-in`, or the model that was asked.")


class NotesFeedbackIn(Input):
    feeling = serializers.ChoiceField(Feeling.choices)
    comment = serializers.CharField(
        max_length=LONGEST_COMMENT, required=False, default="", allow_blank=True,
        help_text="Name nobody; addresses and numbers are taken out.",
    )  # fmt: skip


class NotesLineOut(serializers.Serializer[Line]):
    of = serializers.CharField(help_text="A month's first day, a writer's name, or a language; of all empty.")
    asked = serializers.IntegerField()
    made = serializers.IntegerField()
    failed = serializers.IntegerField()
    left = serializers.IntegerField(help_text="Cancelled by their readers.")
    good = serializers.IntegerField(help_text="Found of use.")
    bad = serializers.IntegerField(help_text="Found of no use.")
    seconds = serializers.FloatField(
        allow_null=True, help_text="That it took, on average of those that were made."
    )


class NotesFailureOut(serializers.Serializer[Any]):
    failure = serializers.ChoiceField(NotesFailure.choices)
    message = serializers.CharField(help_text="The same in words, in your language.")
    number = serializers.IntegerField()


class NotesCommentOut(serializers.Serializer[NotesDraft]):
    feeling = serializers.ChoiceField(Feeling.choices)
    comment = serializers.CharField()
    site = serializers.CharField(source="site.number", help_text="The partner's number, 7 digits as text.")
    generator = serializers.CharField()
    language = serializers.CharField()
    said_at = serializers.DateTimeField(source="felt_at")


class NotesFaringOut(serializers.Serializer[Any]):
    whole = NotesLineOut()
    months = NotesLineOut(many=True, help_text="The newest first.")
    generators = NotesLineOut(many=True)
    languages = NotesLineOut(many=True)
    failures = NotesFailureOut(many=True, help_text="The most frequent first.")
    comments = NotesCommentOut(many=True, help_text="The newest that say something, at most 50.")


class NotesViewSet(ResourceViewSet):
    """Notes for a co-sell deal, drafted from five facts: nothing else of it is asked for, and nothing is kept."""

    privileges: ClassVar = {
        "create": P.REFERRAL_WORK, "feedback": P.REFERRAL_WORK, "faring": (P.SETTING_VIEW, P.COSELL_DECIDE),
    }  # fmt: skip
    answers: ClassVar = {
        TooLate: Conflict(
            "too_late", gettext_lazy("This draft is more than a week old; opinions are taken on newer ones.")
        )
    }

    def _claim(self, request: Request, key: str) -> None:
        """A draft that is asked for again is written again: to repeat it, it would have to be kept."""
        if self.action != "create":
            super()._claim(request, key)

    @extend_schema(summary="Draft notes", request=NotesIn, responses={201: NotesOut})
    def create(self, request: Request) -> Response:
        """In your language. It is answered when the draft is whole, after some seconds at most.

        A draft that fails is an answer as well: `outcome` says so, and `message` why. An `Idempotency-Key` has no
        effect here, since no draft is kept.
        """
        given, now = self.valid(NotesIn), self.now
        amount = minor_units(given["value"], given["currency"])
        wait = seconds_left(now)
        if not may_draft(self.actor.user_id, now):
            message = _("These were many drafts in a minute. Wait a moment, then try again.")
            raise Refused(429, "too_many_drafts", message, wait=wait)
        try:
            facts = facts_of(
                amount=amount, currency=given["currency"], solutions=given["solutions"],
                customer=given["customer"], partner=self.actor.site_name, country=given["country"],
            )  # fmt: skip
        except MissingFacts as missing:
            raise serializers.ValidationError(
                {name: [text] for name, text in missing.errors.items()}
            ) from None
        writer, language = generator(given["variant"]), translation.get_language() or "en"
        draft = begin_draft(writer, language, by=self.actor, now=now)
        parts = list(write_draft(draft, writer, facts, by=self.actor))
        return Response(NotesOut(_told(draft, parts)).data, status=201)

    @extend_schema(summary="Say what you think of a draft", request=NotesFeedbackIn, responses={204: None})
    @action(detail=True, methods=["post"])
    def feedback(self, request: Request, public_id: str) -> Response:
        """Noted without your name; another opinion takes the place of this one."""
        draft = self.found(NotesDraft.objects.all(), public_id)
        given = self.valid(NotesFeedbackIn)
        rate_draft(draft, Feeling(given["feeling"]), given["comment"], by=self.actor, now=timezone.now())
        return Response(status=204)

    @extend_schema(summary="How drafts fare", responses={200: NotesFaringOut})
    @action(detail=False, methods=["get"], pagination_class=None)
    def faring(self, request: Request) -> Response:
        """Of the last twelve months, in figures, with what partners say. For the vendor's people; of no deal."""
        found = faring(self.now)
        failures = [
            {"failure": failure, "message": failure.label, "number": number}
            for failure, number in found.failures
        ]
        told = {
            "whole": found.whole, "months": found.months, "generators": found.generators,
            "languages": found.languages, "failures": failures, "comments": comments(),
        }  # fmt: skip
        return Response(NotesFaringOut(told).data)


def _told(draft: NotesDraft, parts: list[Piece | End]) -> dict[str, str]:
    end = parts[-1]
    assert isinstance(end, End)
    text = "".join(part.text for part in parts if isinstance(part, Piece)).strip()
    return {
        "id": draft.public_id, "outcome": end.outcome, "failure": end.failure,
        "message": told_of(end.failure) if end.failure else "",
        "text": text, "language": draft.language, "generator": draft.generator,
    }  # fmt: skip
