"""What is asked for comes to the forms of lines, and follows what the vendor asks for."""

from __future__ import annotations

import pytest
from django.utils import timezone

from identity import tenancy
from orders.models import DataElement
from provisioning.models import LineStatus, PartElement, SetupLine
from tests.cast import Cast, actor
from tests.deals.factories import make_part
from tests.provisioning.elements.asked import ask_for, form_of, rows_of, take_up
from tests.provisioning.made import make_line, make_organisation, make_setup_part

pytestmark = pytest.mark.django_db


def change(element: PartElement, **values: object) -> None:
    with tenancy.as_system():
        PartElement.objects.filter(id=element.id).update(**values)


def fill(line: SetupLine, value: str) -> None:
    with tenancy.as_system():
        DataElement.objects.filter(fulfilment_id=line.fulfilment_id).update(value=value)


class TestWhatIsAskedFor:
    def test_comes_to_a_line_that_appears(self, cast: Cast) -> None:
        ask_for("Main number")
        ask_for("Go-live date", kind="date", required=False)
        line = make_line(cast.site)
        assert form_of(line) == {}
        assert take_up() == 2
        number, day = sorted(rows_of(line), key=lambda row: row.element, reverse=True)
        assert (number.element, number.required, number.missing) == ("Main number", True, True)
        assert (day.element, day.required, day.missing) == ("Go-live date", False, False)

    def test_comes_to_lines_that_are_there_when_it_does(self, cast: Cast) -> None:
        line = make_line(cast.site, status=LineStatus.AWAITING_DETAILS)
        ask_for("Main number")
        take_up()
        assert form_of(line) == {"Main number": ""}

    def test_is_seen_by_whoever_sees_the_line(self, cast: Cast) -> None:
        ask_for()
        line = make_line(cast.site, distributor=cast.distributor_site)
        take_up()
        for who, sees in ((cast.primary, True), (cast.distributor, True), (cast.rival, False)):
            with tenancy.scope(actor(who)):
                assert DataElement.objects.filter(fulfilment_id=line.fulfilment_id).exists() is sees
        (row,) = rows_of(line)
        assert (row.customer_name, row.reseller_number) == (line.customer_name, line.reseller_number)

    def test_comes_once(self, cast: Cast) -> None:
        ask_for()
        line = make_line(cast.site)
        assert (take_up(), take_up()) == (1, 0)
        assert len(rows_of(line)) == 1

    def test_comes_to_no_line_of_another_part(self, cast: Cast) -> None:
        make_setup_part()
        ask_for(part=make_part("S0OTHER"))
        line = make_line(cast.site)
        take_up()
        assert form_of(line) == {}

    @pytest.mark.parametrize("status", [LineStatus.ACTIVE, LineStatus.CANCELLED, LineStatus.CLOSED])
    def test_comes_to_no_line_that_is_over(self, cast: Cast, status: str) -> None:
        ask_for()
        over = {"organisation": make_organisation(), "activated_at": timezone.now()}
        line = make_line(cast.site, status=status, **(over if status == LineStatus.ACTIVE else {}))
        take_up()
        assert form_of(line) == {}

    def test_is_asked_for_no_longer_where_it_was_not_filled_in(self, cast: Cast) -> None:
        element, line = ask_for(), make_line(cast.site)
        take_up()
        change(element, retired_at=timezone.now())
        take_up()
        assert form_of(line) == {}
        change(element, retired_at=None)
        take_up()
        assert form_of(line) == {"Main number": ""}

    def test_keeps_what_was_filled_in_though_it_is_retired(self, cast: Cast) -> None:
        element, line = ask_for(), make_line(cast.site)
        take_up()
        fill(line, "+20 2 555 0100")
        change(element, retired_at=timezone.now())
        take_up()
        (row,) = rows_of(line)
        assert (row.value, row.required) == ("+20 2 555 0100", False)

    def test_becomes_required_where_it_was_not(self, cast: Cast) -> None:
        element, line = ask_for(required=False), make_line(cast.site)
        take_up()
        change(element, required=True)
        take_up()
        assert rows_of(line)[0].missing

    def test_leaves_alone_what_the_vendors_systems_asked_for(self, cast: Cast) -> None:
        ask_for(required=False)
        line = make_line(cast.site)
        parties = (
            "customer_site_id",
            "customer_id",
            "reseller_id",
            "order_number",
            "line_number",
            "part_number",
        )
        with tenancy.as_system():
            DataElement.objects.create(
                fulfilment_id=line.fulfilment_id, element="Cost centre",
                **{name: getattr(line, name) for name in parties},
            )  # fmt: skip
        take_up()
        assert form_of(line) == {"Cost centre": "", "Main number": ""}
        assert {row.element for row in rows_of(line) if row.missing} == {"Cost centre"}
