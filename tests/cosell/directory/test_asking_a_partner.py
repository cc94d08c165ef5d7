"""An enquiry of a customer's: what becomes of it, and of what only looks like one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cosell.directory import guards
from cosell.leads.content import Enquiry
from cosell.models import Lead, Profile
from identity import tenancy
from notifications.models import Notice
from tests.cast import Cast, signed_in
from tests.cosell.factories import make_profile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_asked_before() -> None:
    cache.clear()


@pytest.fixture
def profile(cast: Cast) -> Profile:
    return make_profile(cast.site, name="Nile Cloud", tags=["product-cloud"])


def written(**other: Any) -> dict[str, Any]:
    """What a customer sends, a while after the form was shown."""
    shown = other.pop("shown", timezone.now() - timedelta(minutes=2))
    fields = {
        "stamp": guards.new_stamp(shown), "homepage": "", "company": "Cotton Mill", "size": "10-50", "country": "EG",
        "first_name": "Mona", "last_name": "Saleh", "email": "mona@cotton.example", "tags": ["product-cloud"],
        "wish": "We want to move our stock keeping to the cloud before the summer.", "consent_share": "on",
        "consent_contact": "on", "wants_contact": "on",
    }  # fmt: skip
    return {name: value for name, value in (fields | other).items() if value is not None}


def ask(client: Client, profile: Profile, **other: Any) -> Any:
    return client.post(reverse("directory:enquire", args=[profile.public_id]), written(**other))


def leads() -> list[Lead]:
    with tenancy.as_system():
        return list(Lead.objects.order_by("id"))


def confirmations() -> list[Notice]:
    with tenancy.as_system():
        return list(Notice.objects.filter(kind__startswith="enquiry.").order_by("id"))


class TestAnEnquiry:
    def test_it_becomes_a_lead_of_the_partner_and_its_sender_is_thanked_and_mailed(
        self, client: Client, cast: Cast, profile: Profile
    ) -> None:
        answer = ask(client, profile)
        assert answer.status_code == 302
        assert client.get(answer["Location"]).status_code == 200
        (lead,) = leads()
        assert (lead.site_id, lead.stage, lead.contact_email) == (
            cast.site.id,
            "received",
            "mona@cotton.example",
        )
        (mail,) = confirmations()
        assert mail.audiences == [{"to": "address", "email": "mona@cotton.example", "language": "en"}]

    def test_nothing_that_was_typed_is_in_the_mail_to_an_address_that_anybody_can_type(
        self, client: Client, profile: Profile
    ) -> None:
        ask(client, profile, company="BUY NOW", wish="Cheap pills for everybody, today only.")
        (mail,) = confirmations()
        assert mail.context == {"partner": "Nile Cloud"}

    def test_a_rival_who_is_signed_in_asks_like_everybody_and_sees_no_lead(
        self, cast: Cast, profile: Profile
    ) -> None:
        assert ask(signed_in(cast.rival), profile).status_code == 302
        assert leads()[0].site_id == cast.site.id

    @pytest.mark.parametrize("field", ["consent_share", "consent_contact"])
    def test_without_consent_nothing_is_kept_and_everything_typed_comes_back(
        self, client: Client, profile: Profile, field: str
    ) -> None:
        answer = ask(client, profile, **{field: None})
        assert answer.status_code == 422
        assert "stock keeping" in answer.content.decode()
        assert leads() == []

    @pytest.mark.parametrize(
        "wrong",
        [
            {"email": "nobody"}, {"country": "ZZ"}, {"size": "17"}, {"company": "x" * 201}, {"wish": "x" * 2001},
            {"tags": ["service-training"]}, {"first_name": " "},
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_refused_at_its_field(
        self, client: Client, profile: Profile, wrong: dict[str, Any]
    ) -> None:
        answer = ask(client, profile, **wrong)
        assert answer.status_code == 422
        assert f"#id_{next(iter(wrong))}" in answer.content.decode()
        assert leads() == []

    def test_the_same_form_sent_twice_is_one_enquiry(self, client: Client, profile: Profile) -> None:
        fields = written()
        for _time in range(2):
            address = reverse("directory:enquire", args=[profile.public_id])
            assert client.post(address, fields).status_code == 302
        assert len(leads()) == 1
        assert len(confirmations()) == 1

    def test_a_company_of_another_size_is_told_so_at_once_where_the_partner_wants_that(
        self, client: Client, cast: Cast
    ) -> None:
        profile = make_profile(cast.site, sizes=["251-1000"], turns_away=True)
        answer = ask(client, profile, tags=None)
        assert answer["Location"].endswith("?size=other")
        (lead,) = leads()
        assert (lead.stage, lead.reason) == ("archived", "size")
        assert [mail.kind for mail in confirmations()] == ["enquiry.turned_away"]


class TestWhatIsSuspected:
    @pytest.mark.parametrize(
        "sign",
        [
            {"homepage": "https://spam.example"},
            {"shown": datetime(2100, 1, 1, tzinfo=UTC)},
            {"stamp": "forged"},
            {"stamp": ""},
            {"wish": "http://a.example https://b.example www.c.example"},
            {"company": "www.spam.example"},
        ],
    )
    def test_it_is_kept_as_spam_and_its_sender_comes_to_the_same_page(
        self, client: Client, profile: Profile, sign: dict[str, Any]
    ) -> None:
        expected = reverse("directory:thanks", args=[profile.public_id])
        answer = ask(client, profile, **sign)
        assert (answer.status_code, answer["Location"]) == (302, expected)
        (lead,) = leads()
        assert (lead.stage, lead.reason) == ("archived", "spam")
        assert confirmations() == []

    def test_a_form_that_is_back_at_once_or_after_half_a_day(self, client: Client, profile: Profile) -> None:
        now = timezone.now()
        for shown in (now, now - timedelta(hours=13)):
            ask(client, profile, shown=shown, email=f"{shown:%H%M}@cotton.example")
        assert [lead.reason for lead in leads()] == ["spam", "spam"]

    def test_too_many_from_one_address_in_a_minute_and_far_too_many_are_refused(
        self, client: Client, profile: Profile, settings: Any
    ) -> None:
        settings.ENQUIRIES_PER_MINUTE = 1
        now = timezone.now()
        enquiry = Enquiry("Mill", "Mona", "Saleh", "mona@cotton.example", "Help.", "EG")
        stamp = guards.read_stamp(guards.new_stamp(now - timedelta(minutes=1)))
        first, second = (
            guards.suspicions(enquiry, trap="", stamp=stamp, address="2001:db8::1", now=now) for _ in range(2)
        )
        assert (first, second) == ([], ["address", "email"])
        flooded = [guards.floods("2001:db8::1", now=now) for _ in range(guards.FLOOD + 1)]
        assert flooded == [False] * guards.FLOOD + [True]

    def test_a_flood_is_told_to_wait_and_loses_nothing_it_typed(
        self, client: Client, profile: Profile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(guards, "floods", lambda address, now: True)
        answer = ask(client, profile)
        assert answer.status_code == 429
        assert "Retry-After" in answer
        assert "stock keeping" in answer.content.decode()
        assert leads() == []
