"""The pages on which the vendor's people look after product lines and parts."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from identity import tenancy
from identity.models import AuditEvent, StaffRole, User
from pricing.models import Part, ProductLine
from pricing.products import actions, queries
from tests.cast import Cast, actor, signed_in
from tests.deals.factories import make_part
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PARTS = "/settings/products/"
LINES = "/settings/products/lines/"
NEW = {"number": "D9ZZZLL", "description": "Gangway, licence", "line": "SENTINEL", "type": "licence"}


@pytest.fixture
def pricer() -> User:
    return make_user("Yusuf Price", staff_roles=[StaffRole.PRICING])


@pytest.fixture
def pricing(pricer: User) -> Client:
    return signed_in(pricer)


@pytest.fixture
def part() -> Part:
    return make_part("D0ABCLL", description="Sentinel Edge, licence")


def part_now(number: str = "D0ABCLL") -> Part:
    with tenancy.as_system():
        return Part.objects.select_related("line").get(number=number)


def line_now(code: str = "SENTINEL") -> ProductLine:
    with tenancy.as_system():
        return ProductLine.objects.get(code=code)


def events() -> list[str]:
    kinds = ("part", "product_line")
    with tenancy.as_system():
        found = AuditEvent.objects.filter(object_type__in=kinds).order_by("id")
        return list(found.values_list("event", flat=True))


def changed(part: Part, **more: Any) -> dict[str, Any]:
    fields = {"description": part.description, "line": part.line.code, "type": part.type}
    return fields | {"version": str(part.version)} | more


class TestLooking:
    @pytest.mark.parametrize("who", ["deal_desk", "care"])
    def test_everybody_at_the_vendor_may(self, cast: Cast, part: Part, who: str) -> None:
        theirs = signed_in(getattr(cast, who))
        for path in (PARTS, f"{PARTS}D0ABCLL/", LINES, f"{LINES}SENTINEL/"):
            shown = theirs.get(path)
            assert shown.status_code == 200
            assert "This belongs to another team of the vendor." in shown.content.decode()

    def test_partners_may_not(self, cast: Cast, part: Part) -> None:
        for path in (PARTS, f"{PARTS}D0ABCLL/", LINES, f"{LINES}SENTINEL/"):
            assert signed_in(cast.primary).get(path).status_code == 403

    def test_what_is_not_there_is_not_found(self, pricing: Client) -> None:
        assert pricing.get(f"{PARTS}D0NONEX/").status_code == 404
        assert pricing.get(f"{LINES}NOTHING/").status_code == 404


class TestTheList:
    @pytest.fixture(autouse=True)
    def parts(self, part: Part) -> None:
        make_part("D0ABDRN", description="Sentinel Edge, renewal")
        make_part("D1HARLL", line="HARBOUR", description="Harbour Backup, licence", is_active=False)

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [
            ({}, {"D0ABCLL", "D0ABDRN", "D1HARLL"}),
            ({"q": "d0ab"}, {"D0ABCLL", "D0ABDRN"}),
            ({"q": "licence edge"}, {"D0ABCLL"}),
            ({"line": "HARBOUR"}, {"D1HARLL"}),
            ({"state": "sold"}, {"D0ABCLL", "D0ABDRN"}),
            ({"state": "retired"}, {"D1HARLL"}),
            ({"state": "sold", "line": "HARBOUR"}, set()),
            ({"state": "nonsense", "line": "NONSENSE"}, {"D0ABCLL", "D0ABDRN", "D1HARLL"}),
        ],
    )
    def test_is_narrowed(self, pricing: Client, query: dict, numbers: set[str]) -> None:
        shown = pricing.get(PARTS, query).content.decode()
        assert {number for number in ("D0ABCLL", "D0ABDRN", "D1HARLL") if number in shown} == numbers

    def test_goes_on_page_by_page(self, pricing: Client) -> None:
        for number in range(60):
            make_part(f"E{number:05d}L")
        first = pricing.get(PARTS).content.decode()
        assert "cursor=" in first
        assert "E00059L" not in first


class TestAdding:
    def test_sells_a_part(self, pricing: Client, part: Part) -> None:
        answer = pricing.post(f"{PARTS}new/", NEW | {"number": " d9 zzz ll "})
        assert answer.url == f"{PARTS}D9ZZZLL/"
        assert part_now("D9ZZZLL").is_active
        assert events() == ["part.added"]

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"number": "D9ZZZL"}, "A part number has seven characters"),
            ({"number": "D9ZZZLLL"}, "A part number has seven characters"),
            ({"number": "D9-ZZLL"}, "A part number has seven characters"),
            ({"number": "D0ABCLL"}, "There is a part of this number."),
            ({"line": "NOTHING"}, "Choose a product line that takes parts."),
            ({"type": "gift"}, "Select a valid choice."),
            ({"description": ""}, "This field is required."),
            ({"description": "x" * 201}, "Ensure this value has at most 200 characters"),
        ],
    )
    def test_says_at_the_field_what_is_wrong(
        self, pricing: Client, part: Part, wrong: dict, said: str
    ) -> None:
        answer = pricing.post(f"{PARTS}new/", NEW | wrong)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert events() == []

    def test_adds_a_line_once(self, pricing: Client) -> None:
        assert pricing.post(f"{LINES}new/", {"code": "gangway", "name": "Gangway"}).url == f"{LINES}GANGWAY/"
        again = pricing.post(f"{LINES}new/", {"code": "GANGWAY", "name": "Other"})
        assert again.status_code == 422
        assert pricing.post(f"{LINES}new/", {"code": "a/b", "name": "Other"}).status_code == 422
        assert line_now("GANGWAY").name == "Gangway"
        assert events() == ["product_line.added"]

    @pytest.mark.parametrize("who", ["deal_desk", "care"])
    def test_and_all_else_is_for_pricing_and_channel_operations(
        self, cast: Cast, part: Part, who: str
    ) -> None:
        theirs = signed_in(getattr(cast, who))
        assert theirs.post(f"{PARTS}new/", NEW).status_code == 403
        assert theirs.post(f"{LINES}new/", {"code": "GANGWAY", "name": "Gangway"}).status_code == 403
        for deed in ("change", "retire", "bring-back"):
            assert theirs.post(f"{PARTS}D0ABCLL/{deed}/", changed(part)).status_code == 403
            assert theirs.post(f"{LINES}SENTINEL/{deed}/", {"version": "1", "name": "X"}).status_code == 403
        assert events() == []
        operations = signed_in(make_user("Olga Ops", staff_roles=[StaffRole.CHANNEL_OPERATIONS]))
        assert operations.post(f"{PARTS}new/", NEW).status_code == 302


class TestChanging:
    def test_keeps_what_was_there_in_the_history(self, pricing: Client, part: Part) -> None:
        make_part(line="HARBOUR")
        answer = pricing.post(
            f"{PARTS}D0ABCLL/change/", changed(part, description="Sentinel, licence", line="HARBOUR")
        )
        assert answer.status_code == 302
        after = part_now()
        assert (after.description, after.line.code, after.version) == ("Sentinel, licence", "HARBOUR", 2)
        shown = pricing.get(f"{PARTS}D0ABCLL/").content.decode()
        assert "SENTINEL → HARBOUR" in shown

    def test_of_nothing_leaves_no_trace(self, pricing: Client, part: Part) -> None:
        pricing.post(f"{PARTS}D0ABCLL/change/", changed(part))
        assert part_now().version == 1
        assert events() == []

    def test_that_came_too_late_is_refused_and_kept(self, pricing: Client, part: Part) -> None:
        pricing.post(f"{PARTS}D0ABCLL/change/", changed(part, description="First"))
        answer = pricing.post(f"{PARTS}D0ABCLL/change/", changed(part, description="Second"))
        assert answer.status_code == 409
        assert 'value="Second"' in answer.content.decode()
        assert part_now().description == "First"
        pricing.post(f"{PARTS}D0ABCLL/change/", changed(part, description="Second", version="2"))
        assert part_now().description == "Second"

    def test_says_at_the_field_what_is_wrong(self, pricing: Client, part: Part) -> None:
        answer = pricing.post(f"{PARTS}D0ABCLL/change/", changed(part, description=""))
        assert answer.status_code == 422
        assert part_now().description == part.description

    def test_of_a_line_is_of_its_name(self, pricing: Client, part: Part) -> None:
        pricing.post(f"{LINES}SENTINEL/change/", {"name": "Sentinel Edge", "version": "1"})
        assert line_now().name == "Sentinel Edge"
        late = pricing.post(f"{LINES}SENTINEL/change/", {"name": "Sentry", "version": "1"})
        assert late.status_code == 409
        assert 'value="Sentry"' in late.content.decode()

    def test_never_touches_number_and_code_not_even_in_the_database(self, pricer: User, part: Part) -> None:
        with tenancy.scope(actor(pricer)):
            for rows, name in ((Part.objects.all(), "number"), (ProductLine.objects.all(), "code")):
                with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
                    rows.update(**{name: "D9ZZZLL"})
            assert Part.objects.update(description="Other") == 1


class TestRetiring:
    def test_a_part_is_no_longer_offered(self, cast: Cast, pricing: Client, part: Part) -> None:
        assert pricing.post(f"{PARTS}D0ABCLL/retire/", {"version": "1"}).status_code == 302
        with tenancy.scope(actor(cast.sales)):
            assert queries.find_parts("D0ABC") == []
            assert queries.parts_by_number(["D0ABCLL"]) == {}
            assert list(queries.parts_by_number(["D0ABCLL"], kept=["D0ABCLL"])) == ["D0ABCLL"]
        assert "It is not offered for new deals." in pricing.get(f"{PARTS}D0ABCLL/").content.decode()

    def test_a_part_is_offered_again_when_it_is_brought_back(
        self, cast: Cast, pricing: Client, part: Part
    ) -> None:
        pricing.post(f"{PARTS}D0ABCLL/retire/", {"version": "1"})
        pricing.post(f"{PARTS}D0ABCLL/bring-back/", {"version": "2"})
        with tenancy.scope(actor(cast.sales)):
            assert [found.number for found in queries.find_parts("D0ABC")] == ["D0ABCLL"]
        assert events() == ["part.retired", "part.brought_back"]

    def test_is_refused_when_it_was_changed_meanwhile(self, pricing: Client, part: Part) -> None:
        pricing.post(f"{PARTS}D0ABCLL/retire/", {"version": "7"})
        pricing.post(f"{PARTS}D0ABCLL/retire/", {})
        assert part_now().is_active

    def test_a_line_waits_until_none_of_its_parts_is_sold(self, pricing: Client, part: Part) -> None:
        pricing.post(f"{LINES}SENTINEL/retire/", {"version": "1"})
        assert line_now().is_active
        assert "1 part of this line is still sold." in pricing.get(f"{LINES}SENTINEL/").content.decode()
        pricing.post(f"{PARTS}D0ABCLL/retire/", {"version": "1"})
        pricing.post(f"{LINES}SENTINEL/retire/", {"version": "1"})
        assert not line_now().is_active

    def test_a_retired_line_takes_no_parts_until_it_is_back(self, pricer: User, pricing: Client) -> None:
        part = make_part("D0ABCLL", is_active=False)
        by, now = actor(pricer), timezone.now()
        with tenancy.scope(by):
            line = actions.retire_line("SENTINEL", version=1, by=by, now=now)
            with pytest.raises(actions.LineRetired):
                actions.bring_part_back("D0ABCLL", version=part.version, by=by, now=now)
        assert pricing.post(f"{PARTS}new/", NEW).status_code == 422
        pricing.post(f"{PARTS}D0ABCLL/bring-back/", {"version": "1"})
        assert not part_now().is_active
        pricing.post(f"{LINES}SENTINEL/bring-back/", {"version": line.version})
        pricing.post(f"{PARTS}D0ABCLL/bring-back/", {"version": "1"})
        assert part_now().is_active
        assert pricing.post(f"{PARTS}new/", NEW).status_code == 302
