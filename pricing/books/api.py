"""`/api/v1/price-books/` and `/api/v1/price-editions/`: looking after price books, publishing and withdrawing."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api import CHANGED, Conflict, Input, Refused, ResourceViewSet
from identity.places import countries, time_zones
from identity.privileges import Privilege

from ..models import BookKind, EditionStatus, PriceBook, PriceEdition
from ..money import CURRENCIES
from ..words import day_taken
from . import publishing
from . import queries as price_queries

VIEW, EDIT, PUBLISH = Privilege.SETTING_VIEW, Privilege.PRICE_EDIT, Privilege.PRICE_PUBLISH
READ = Privilege.PRICE_FILE_VIEW  # by which partners see their country's
FILE_STATES = ("ready", "building", "failed")
ANSWERS: dict[type[Exception], Any] = {
    publishing.BookChanged: CHANGED,
    publishing.EditionChanged: CHANGED,
    publishing.BookTaken: Conflict(
        "book_taken", gettext_lazy("There is a price book of this country, currency and kind.")
    ),
    publishing.DayTaken: Conflict(
        "day_taken", gettext_lazy("Another edition of the book takes effect on that day.")
    ),
    publishing.DayPassed: Conflict(
        "day_passed", gettext_lazy("Prices are announced ahead: the day is over in the book's country.")
    ),
    publishing.NotADraft: Conflict(
        "not_a_draft", gettext_lazy("The edition was published: nothing in it is changed any more.")
    ),
    publishing.NotPublished: Conflict(
        "not_published", gettext_lazy("Only a published edition can be withdrawn.")
    ),
    publishing.NoPrices: Conflict("no_prices", gettext_lazy("The edition has no prices yet.")),
}


class FileProgressOut(serializers.Serializer[Any]):
    valid_on = serializers.DateField(
        source="file_set.current.effective_on",
        default=None,
        allow_null=True,
        help_text="The first day of the files; null until the book's first edition takes effect.",
    )
    state = serializers.ChoiceField(FILE_STATES, help_text="ready: offered to partners.")
    built = serializers.IntegerField(help_text="Files that are there.")
    wanted = serializers.IntegerField(help_text="Files that the country's sites are entitled to.")
    problem = serializers.CharField(source="file_set.problem", help_text="Of the last attempt.")
    completed_at = serializers.DateTimeField(source="file_set.completed_at", allow_null=True)


class PriceBookOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    country = serializers.CharField(help_text="ISO 3166-1.")
    currency = serializers.CharField(help_text="ISO 4217.")
    kind = serializers.ChoiceField(BookKind.choices)
    time_zone = serializers.CharField(help_text="In which dates begin.")


class PriceBookChangeIn(Input):
    time_zone = serializers.CharField(max_length=64)

    def validate_time_zone(self, name: str) -> str:
        if name not in time_zones():
            raise serializers.ValidationError(_("There is no such time zone."))
        return name


class PriceBookIn(PriceBookChangeIn):
    country = serializers.CharField(max_length=2)
    currency = serializers.ChoiceField(sorted(CURRENCIES))
    kind = serializers.ChoiceField(BookKind.choices)

    def validate_country(self, code: str) -> str:
        if code not in countries():
            raise serializers.ValidationError(_("There is no such country."))
        return code


class EditionFilters(serializers.Serializer[Any]):
    book = serializers.CharField(max_length=12, required=False, help_text="A price book's id.")
    status = serializers.ChoiceField(EditionStatus.choices, required=False)


class PriceEditionOut(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    book = serializers.CharField(source="book.public_id", help_text="The price book's id.")
    announcement_no = serializers.CharField(source="name")
    effective_on = serializers.DateField(help_text="The first day, in the book's time zone.")
    status = serializers.ChoiceField(EditionStatus.choices)
    parts = serializers.IntegerField(help_text="How many parts it has prices of.")
    published_at = serializers.DateTimeField(allow_null=True)
    announced_at = serializers.DateTimeField(
        allow_null=True, help_text="When its files were ready and partners were told."
    )
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    withdrawn_reason = serializers.CharField()


class PriceEditionChangeIn(Input):
    announcement_no = serializers.CharField(max_length=40, source="name", required=False)
    effective_on = serializers.DateField(required=False)


class PriceEditionIn(Input):
    book = serializers.CharField(max_length=12, help_text="A price book's id.")
    announcement_no = serializers.CharField(max_length=40, source="name")
    effective_on = serializers.DateField()

    def validate_book(self, public_id: str) -> PriceBook:
        book = PriceBook.objects.filter(public_id=public_id).first()
        if book is None:
            raise serializers.ValidationError(_("There is no such price book."))
        return book


class EditionChangesOut(serializers.Serializer[Any]):
    compared_with = serializers.CharField(
        source="previous.public_id",
        default=None,
        allow_null=True,
        help_text="The edition before; null for a book's first.",
    )
    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    dropped = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    average_percent = serializers.DecimalField(
        12, 1, source="percent", allow_null=True, help_text="By which retail prices change on average."
    )


class EditionDownloadOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    person = serializers.CharField(source="user_name")
    site_number = serializers.CharField(source="site.number", default=None, allow_null=True)
    file_name = serializers.CharField()
    sha256 = serializers.CharField()
    complete = serializers.BooleanField(help_text="Up to the file's end.")


class EmptyEditionIn(Input):
    """An empty object, or no body at all."""


class WithdrawalIn(Input):
    reason = serializers.CharField(max_length=500, help_text="Whoever downloaded the prices reads it.")


class PriceBookViewSet(ResourceViewSet):
    """What parts cost in a country and currency."""

    privileges: ClassVar = {
        "list": (VIEW, READ), "retrieve": (VIEW, READ),
        "files": VIEW, "create": EDIT, "partial_update": EDIT,
    }  # fmt: skip
    answers: ClassVar = ANSWERS
    ordering = ("country", "kind", "currency", "id")

    def _book(self, public_id: str) -> PriceBook:
        book: PriceBook = self.found(PriceBook.objects.all(), public_id)
        return book

    @extend_schema(summary="Price books", responses={200: PriceBookOut(many=True)})
    def list(self, request: Request) -> Response:
        """By country."""
        return self.page_of(PriceBook.objects.all(), PriceBookOut)

    @extend_schema(summary="A price book", responses={200: PriceBookOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self._book(public_id), PriceBookOut)

    @extend_schema(summary="Add a price book", request=PriceBookIn, responses={201: PriceBookOut})
    def create(self, request: Request) -> Response:
        """Country, currency and kind are never changed."""
        book = publishing.add_book(**self.valid(PriceBookIn), by=self.actor, now=self.now)
        return self.one(book, PriceBookOut, status=201, at=("api-price-books-detail", book.public_id))

    @extend_schema(summary="Change a price book", request=PriceBookChangeIn, responses={200: PriceBookOut})
    def partial_update(self, request: Request, public_id: str) -> Response:
        book = self._book(public_id)
        self.match(book)
        given = self.valid(PriceBookChangeIn)
        changed = publishing.change_book(
            public_id, **given, version=book.version, by=self.actor, now=self.now
        )
        return self.one(changed, PriceBookOut)

    @extend_schema(summary="How far its files are", responses={200: FileProgressOut(many=True)})
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Request, public_id: str) -> Response:
        """Built ahead, for today and for each day on which prices change."""
        return Response(FileProgressOut(price_queries.progress_of(self._book(public_id)), many=True).data)


class PriceEditionViewSet(ResourceViewSet):
    """All prices of a book from a day on. Once published nothing in it is changed."""

    privileges: ClassVar = {
        "list": VIEW, "retrieve": VIEW, "changes": VIEW, "downloads": VIEW,
        "create": EDIT, "partial_update": EDIT, "discard": EDIT, "publish": PUBLISH, "withdraw": PUBLISH,
    }  # fmt: skip
    answers: ClassVar = ANSWERS
    matched = ("discard", "publish", "withdraw")
    ordering: ClassVar = ("-effective_on", "-id")

    def _edition(self, public_id: str) -> PriceEdition:
        edition: PriceEdition = self.found(price_queries.editions(), public_id)
        return edition

    @extend_schema(
        summary="Price editions", parameters=[EditionFilters], responses={200: PriceEditionOut(many=True)}
    )
    def list(self, request: Request) -> Response:
        """The latest first."""
        asked = self.asked(EditionFilters)
        found = price_queries.editions(status=asked.get("status", ""))
        if "book" in asked:
            found = found.filter(book__public_id=asked["book"])
        return self.page_of(found, PriceEditionOut)

    @extend_schema(summary="A price edition", responses={200: PriceEditionOut})
    def retrieve(self, request: Request, public_id: str) -> Response:
        return self.one(self._edition(public_id), PriceEditionOut)

    @extend_schema(summary="Begin an edition", request=PriceEditionIn, responses={201: PriceEditionOut})
    def create(self, request: Request) -> Response:
        """A draft without prices; a file of prices fills it."""
        edition = publishing.begin_edition(**self.valid(PriceEditionIn), by=self.actor, now=self.now)
        found = self._edition(edition.public_id)
        return self.one(found, PriceEditionOut, status=201, at=("api-price-editions-detail", found.public_id))

    @extend_schema(summary="Change a draft", request=PriceEditionChangeIn, responses={200: PriceEditionOut})
    def partial_update(self, request: Request, public_id: str) -> Response:
        edition = self._edition(public_id)
        self.match(edition)
        changes = self.valid(PriceEditionChangeIn)
        publishing.change_edition(public_id, changes, version=edition.version, by=self.actor, now=self.now)
        return self.one(self._edition(public_id), PriceEditionOut)

    @extend_schema(summary="Throw a draft away", request=EmptyEditionIn, responses={204: None})
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, public_id: str) -> Response:
        self.valid(EmptyEditionIn)
        edition = self._seen(public_id)
        publishing.discard_edition(public_id, version=edition.version, by=self.actor, now=self.now)
        return Response(status=204)

    @extend_schema(summary="Publish an edition", request=EmptyEditionIn, responses={200: PriceEditionOut})
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, public_id: str) -> Response:
        """Its files are built at once; partners are told when they are ready."""
        self.valid(EmptyEditionIn)
        edition = self._seen(public_id)
        try:
            publishing.publish_edition(public_id, version=edition.version, by=self.actor, now=self.now)
        except publishing.DayPassed as passed:
            today = {"today": passed.today.isoformat()}
            raise Refused(
                409, "day_passed", str(ANSWERS[publishing.DayPassed].message), details=today
            ) from None
        except publishing.DayTaken:
            raise Refused(409, "day_taken", day_taken()) from None
        return self.one(self._edition(public_id), PriceEditionOut)

    @extend_schema(summary="Withdraw an edition", request=WithdrawalIn, responses={200: PriceEditionOut})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, public_id: str) -> Response:
        """For good: nobody is offered its prices any more, and whoever downloaded them is told why."""
        given = self.valid(WithdrawalIn)
        edition = self._seen(public_id)
        publishing.withdraw_edition(
            public_id, reason=given["reason"], version=edition.version, by=self.actor, now=self.now
        )
        return self.one(self._edition(public_id), PriceEditionOut)

    def _seen(self, public_id: str) -> PriceEdition:
        edition = self._edition(public_id)
        self.match(edition)
        return edition

    @extend_schema(summary="What an edition changes", responses={200: EditionChangesOut})
    @action(detail=True, methods=["get"], pagination_class=None)
    def changes(self, request: Request, public_id: str) -> Response:
        """Against the published edition whose place it takes."""
        return Response(EditionChangesOut(price_queries.changes_in(self._edition(public_id))).data)

    @extend_schema(
        summary="Who downloaded an edition's prices", responses={200: EditionDownloadOut(many=True)}
    )
    @action(detail=True, methods=["get"], ordering=("-at", "-id"))
    def downloads(self, request: Request, public_id: str) -> Response:
        """The latest first."""
        return self.page_of(price_queries.downloads_of(self._edition(public_id)), EditionDownloadOut)
