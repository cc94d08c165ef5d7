"""No mail is lost and none doubled when worker, clock or broker are killed in the middle, with kill -9."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import current_app

from identity import tenancy
from notifications import pulse, tasks
from notifications.actions import Audience
from notifications.models import Mail, Notice
from tests.factories import make_user
from tests.processes import Processes, answers, wait_for

from .world import AT_ONCE, inbox_of, say

WAVE = 25


@pytest.fixture
def processes(request: Any, tmp_path: Path, transactional_db: None, monkeypatch: Any) -> Iterator[Processes]:
    """Running, with the mail server that the test names as the parameter."""
    all_of_them = Processes(tmp_path, request.param)
    # This process, which tells, wakes the workers over the same broker.
    monkeypatch.setattr(tasks, "_broker", lambda: broker(all_of_them.redis_url))
    monkeypatch.setattr(tasks, "QUIET", 0)
    all_of_them.start("valkey", "mail", "worker", "beat")
    try:
        yield all_of_them
    finally:
        all_of_them.kill(*list(all_of_them.running))


def broker(url: str) -> Any:
    impatient = {"socket_connect_timeout": 1, "socket_timeout": 1, "max_retries": 0}
    return current_app.connection_for_write(url, transport_options=impatient)


def tell_wave(name: str) -> set[str]:
    """A wave of notices, one address each; returns the addresses."""
    addresses = {f"reader-{name}-{n}@people.example" for n in range(WAVE)}
    for address in sorted(addresses):
        say(AT_ONCE, Audience.address(address, "en"), key=address)
    return addresses


def tell_and_kill_in_the_middle(processes: Processes, name: str) -> set[str]:
    """Tell waves until a kill comes before the last mail: a busy machine may hold this process up past it."""
    wanted: set[str] = set()
    for attempt in range(10):
        wave = tell_wave(f"first-{attempt}")
        wanted |= wave
        wait_for(lambda wave=wave: len(wave & set(processes.arrived())) >= 5, processes)  # type: ignore[misc]
        processes.kill(name)
        if len(processes.arrived()) < len(wanted):
            return wanted
        processes.start(name)
    raise AssertionError("never killed in the middle")


@pytest.mark.parametrize("processes", ["portal.embedded.mailbox"], indirect=True)
class TestWithAServerThatDropsDoubles:
    def test_each_mail_arrives_exactly_once(self, processes: Processes, settings: Any) -> None:
        reader = make_user("Rana Reader", "rana@people.example")
        wait_for(lambda: answers(processes.smtp_port) and answers(processes.valkey_port), processes)

        wanted = tell_and_kill_in_the_middle(processes, "worker")

        processes.start("worker")
        wanted |= (second := tell_wave("second"))
        wait_for(lambda: len(second & set(processes.arrived())) >= 5, processes)
        processes.kill("valkey", "beat")
        wanted |= tell_wave("third")  # with the broker away, nobody is woken, and no request fails
        say(AT_ONCE, Audience.user(reader.id), key="reader")
        wanted.add(reader.email)
        assert len(processes.arrived()) < len(wanted), "not killed in the middle"

        processes.start("valkey", "beat")
        wait_for(lambda: len(processes.arrived()) >= len(wanted), processes)
        wait_for(nothing_in_hand, processes)

        assert processes.arrived() == Counter(wanted)
        assert [item.kind for item in inbox_of(reader)] == [AT_ONCE.name]
        settings.VAR_DIR = processes.directory
        assert [who for who in (pulse.WORKER, pulse.CLOCK) if pulse.age(who) is None] == []


@pytest.mark.parametrize("processes", ["tests.notifications.sink"], indirect=True)
class TestWithAServerThatKnowsNoDoubles:
    def test_none_is_doubled_and_what_may_be_lost_is_known(self, processes: Processes) -> None:
        wait_for(lambda: answers(processes.smtp_port) and answers(processes.valkey_port), processes)

        wanted = tell_wave("only")
        for arrived in (5, 15):
            wait_for(lambda arrived=arrived: len(processes.arrived()) >= arrived, processes)  # type: ignore[misc]
            processes.kill("worker")
            processes.start("worker")
        wait_for(nothing_in_hand, processes)

        assert processes.arrived() <= Counter(wanted)
        assert wanted - set(processes.arrived()) <= uncertain()


def uncertain() -> set[str]:
    """The addresses of which nobody knows whether the server took their mail; an operator is told."""
    with tenancy.as_system():
        return set(Mail.objects.filter(status="uncertain").values_list("to", flat=True))


def nothing_in_hand() -> bool:
    with tenancy.as_system():
        return (
            not Mail.objects.filter(status__in=["waiting", "sending"]).exists()
            and not Notice.objects.filter(status="waiting").exists()
        )
