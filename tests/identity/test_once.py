"""The same deed asked for twice is done once."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from identity import tenancy
from identity.models import Submission
from identity.once import once
from tests.cast import Cast, actor

pytestmark = pytest.mark.django_db


class Deed:
    """A view that counts how often it was really run."""

    def __init__(self, answer: str = "redirect") -> None:
        self.times = 0
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.times += 1
        if self.answer == "redirect":
            return HttpResponseRedirect(f"/done/{self.times}/")
        return HttpResponse("mistakes", status=int(self.answer))


def send(deed: Deed, who: object, path: str = "/register/", **fields: str) -> HttpResponse:
    request = RequestFactory().post(path, fields)
    request.actor = actor(who)
    with tenancy.scope(request.actor):
        return once(deed)(request)


class TestAFormSentTwice:
    def test_is_acted_on_once_and_answered_with_the_first_answer(self, cast: Cast) -> None:
        deed = Deed()
        first = send(deed, cast.sales, form_token="t1", name="A")
        second = send(deed, cast.sales, form_token="t1", name="A", csrfmiddlewaretoken="other")
        assert (first.status_code, first["Location"]) == (302, "/done/1/")
        assert (second.status_code, second["Location"]) == (302, "/done/1/")
        assert deed.times == 1

    def test_is_acted_on_again_when_it_was_filled_in_anew(self, cast: Cast) -> None:
        deed = Deed()
        send(deed, cast.sales, form_token="t1", name="A")
        assert send(deed, cast.sales, form_token="t2", name="A")["Location"] == "/done/2/"

    def test_is_acted_on_again_when_something_was_changed(self, cast: Cast) -> None:
        deed = Deed()
        send(deed, cast.sales, form_token="t1", name="A")
        assert send(deed, cast.sales, form_token="t1", name="B")["Location"] == "/done/2/"

    @pytest.mark.parametrize("status", ["200", "400", "409"])
    def test_with_mistakes_leaves_the_token_usable(self, cast: Cast, status: str) -> None:
        deed = Deed(status)
        send(deed, cast.sales, form_token="t1", name="A")
        deed.answer = "redirect"
        assert send(deed, cast.sales, form_token="t1", name="A")["Location"] == "/done/2/"

    def test_by_somebody_else_is_another_deed(self, cast: Cast) -> None:
        deed = Deed()
        send(deed, cast.sales, form_token="t1", name="A")
        assert send(deed, cast.rival, form_token="t1", name="A")["Location"] == "/done/2/"
        assert send(deed, cast.care, form_token="t1", name="A")["Location"] == "/done/3/"
        assert send(deed, cast.applicant, form_token="t1", name="A")["Location"] == "/done/4/"
        with tenancy.scope(actor(cast.sales)):
            assert Submission.objects.count() == 1

    def test_without_a_token_is_acted_on_each_time(self, cast: Cast) -> None:
        deed = Deed()
        send(deed, cast.sales, name="A")
        assert send(deed, cast.sales, name="A")["Location"] == "/done/2/"
