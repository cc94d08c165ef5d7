"""Telling is writing a row: in the deed's transaction, by anybody, once."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from identity import tenancy
from identity.actors import Actor
from notifications.actions import Audience, post_mail, tell
from notifications.kinds import NoticeKind, register
from notifications.models import Mail, Notice
from notifications.values import Amount, pack, unpack
from tests.cast import Cast, actor

pytestmark = pytest.mark.django_db

HELLO = register(
    NoticeKind(
        name="test.hello",
        group="Tests",
        title="A greeting",
        subject="Hello %(name)s",
        body="Hello, %(name)s.",
    )
)


def say_hello(by: Actor, key: str = "hello:1", site_id: int = 1) -> None:
    tell(
        HELLO, to=[Audience.site(site_id)], by=by, now=timezone.now(), dedupe_key=key, href="/x/",
        context={"name": "Nadia"},
    )  # fmt: skip


def notices() -> list[Notice]:
    with tenancy.as_system():
        return list(Notice.objects.order_by("id"))


class TestEverybodyMayTell:
    @pytest.mark.parametrize("who", ["sales", "distributor", "deal_desk", "applicant"])
    def test_a_person_tells_from_their_own_scope(self, cast: Cast, who: str) -> None:
        by = actor(getattr(cast, who))
        with tenancy.scope(by):
            say_hello(by)
        (notice,) = notices()
        assert (notice.site_id, notice.actor_user_id) == (by.site_id, by.user_id)

    def test_so_does_a_job(self, cast: Cast) -> None:
        with tenancy.as_system():
            say_hello(Actor.system())
        assert len(notices()) == 1

    def test_so_does_somebody_on_the_way_in(self, cast: Cast) -> None:
        with tenancy.door():
            say_hello(actor(cast.sales))
        assert notices()[0].site_id is None


class TestNobodyReadsTheOutbox:
    @pytest.mark.parametrize("who", ["sales", "distributor", "deal_desk", "applicant"])
    @pytest.mark.parametrize("model", [Notice, Mail])
    def test_not_even_what_they_wrote(self, cast: Cast, who: str, model: type) -> None:
        with tenancy.scope(actor(getattr(cast, who))):
            say_hello(actor(cast.sales))
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                model.objects.count()

    def test_no_partner_writes_for_another_site(self, cast: Cast) -> None:
        now, theirs = timezone.now(), cast.rival_site.id
        row = Notice(kind="x", audiences=[], dedupe_key="x", site_id=theirs, created_at=now, due_at=now)
        with tenancy.scope(actor(cast.sales)), pytest.raises(DatabaseError, match="row-level security"):
            Notice.objects.bulk_create([row], ignore_conflicts=True)


class TestTellingTwice:
    def test_the_second_is_not_kept_and_fails_nothing(self, cast: Cast) -> None:
        by = actor(cast.sales)
        with tenancy.scope(by):
            say_hello(by)
            say_hello(by)
        assert len(notices()) == 1

    def test_nothing_is_told_of_a_deed_that_failed(self, cast: Cast) -> None:
        by = actor(cast.sales)
        with contextlib.suppress(RuntimeError), tenancy.scope(by):
            say_hello(by)
            raise RuntimeError
        assert notices() == []

    def test_a_value_forgotten_is_noticed_at_once(self, cast: Cast) -> None:
        with tenancy.as_system(), pytest.raises(KeyError):
            tell(HELLO, to=[], by=Actor.system(), now=timezone.now(), dedupe_key="x")


class TestMailToAnAddress:
    @pytest.mark.parametrize("who", ["sales", "distributor", "deal_desk", "applicant"])
    def test_is_written_by_anybody(self, cast: Cast, who: str) -> None:
        with tenancy.scope(actor(getattr(cast, who))):
            post_mail("new@people.example", subject="Hi", paragraphs=["Hello."], action=None, language="pl")
        with tenancy.as_system():
            assert Mail.objects.get().to == "new@people.example"

    def test_and_by_nobody_signed_in(self) -> None:
        with tenancy.door():
            post_mail(
                "new@people.example", subject="Hi", paragraphs=[], action=("Go", "http://x/"), language="ar",
                sensitive=True, code="123456",
            )  # fmt: skip
        with tenancy.as_system():
            assert Mail.objects.get().letter["code"] == "123456"


class TestValues:
    def test_are_put_into_the_readers_words(self) -> None:
        packed = pack(
            {
                "day": dt.date(2026, 3, 5),
                "moment": dt.datetime(2026, 3, 5, 14, 5, tzinfo=dt.UTC),
                "value": Amount(1234500, "EUR"),
                "label": _("Reseller"),
                "n": 3,
            }
        )
        with translation.override("pl"):
            words = unpack(packed)
        assert words["day"] == "5 mar 2026"
        assert "14:05" in words["moment"]
        assert words["value"].replace("\xa0", " ") == "12 345,00 €"
        assert words["n"] == 3

    def test_what_cannot_be_kept_is_refused(self) -> None:
        with pytest.raises(TypeError):
            pack({"x": object()})
