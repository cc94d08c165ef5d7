"""The demo's mailbox page shows what was mailed, safely, and is nowhere in production."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope
from django.conf import settings as project
from django.test import Client

from portal.embedded.mailbox import Mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path) -> Mailbox:
    settings.MAILBOX_DIR = tmp_path
    return Mailbox(tmp_path)


def arrive(mailbox: Mailbox, to: str = "reader@people.example", subject: str = "Hello", **extra: str) -> str:
    """A mail arrives; returns the name of its file."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Portway <portal@portway.example>", to, subject
    mail["Message-ID"] = extra.get("message_id", f"<{uuid.uuid4()}@portway.example>")
    mail.set_content(extra.get("text", "Look at https://portal.example/deals/1/ now."))
    if "html" in extra:
        mail.add_alternative(extra["html"], subtype="html")
    envelope = Envelope()
    envelope.mail_from, envelope.rcpt_tos, envelope.content = "portal@portway.example", [to], mail.as_bytes()
    before = set(mailbox.directory.glob("*.eml"))
    # In a thread of its own: in this one a browser of other tests may keep its event loop.
    with ThreadPoolExecutor(1) as server:
        server.submit(asyncio.run, mailbox.handle_DATA(None, None, envelope)).result()  # type: ignore[arg-type]
    new = set(mailbox.directory.glob("*.eml")) - before
    return new.pop().stem if new else ""


class TestTheList:
    def test_shows_the_newest_first(self, client: Client, mailbox: Mailbox) -> None:
        arrive(mailbox, subject="First")
        arrive(mailbox, subject="Second – żółw مرحبا")
        shown = client.get("/dev/mail/").content.decode()
        assert shown.index("Second – żółw مرحبا") < shown.index("First")

    def test_is_searched_by_recipient_and_subject(self, client: Client, mailbox: Mailbox) -> None:
        arrive(mailbox, "nadia@nile.example", "For Nadia")
        arrive(mailbox, "ewa@vistula.example", "For Ewa")
        for wanted in ("NILE", "for nadia"):
            shown = client.get("/dev/mail/", {"q": wanted}).content.decode()
            assert "nadia@nile.example" in shown
            assert "ewa@vistula.example" not in shown

    def test_has_pages(self, client: Client, mailbox: Mailbox) -> None:
        names = [arrive(mailbox, subject=f"Mail {number:02}.") for number in range(52)]
        assert "Mail 01." not in client.get("/dev/mail/").content.decode()
        older = client.get("/dev/mail/", {"before": names[2]}).content.decode()
        assert "Mail 01." in older
        assert "Mail 02." not in older

    def test_is_empty_at_first(self, client: Client, mailbox: Mailbox) -> None:
        assert "No mail yet" in client.get("/dev/mail/").content.decode()

    def test_keeps_what_is_sent_twice_once(self, client: Client, mailbox: Mailbox) -> None:
        arrive(mailbox, message_id="<1@x>")
        arrive(mailbox, message_id="<1@x>")
        arrive(mailbox, "another@people.example", message_id="<1@x>")
        arrive(Mailbox(mailbox.directory), message_id="<1@x>")  # after a restart, too
        assert len(list(mailbox.directory.glob("*.eml"))) == 2


class TestAMail:
    def test_is_shown_as_text_with_its_links(self, client: Client, mailbox: Mailbox) -> None:
        shown = client.get(f"/dev/mail/{arrive(mailbox)}/").content.decode()
        assert 'href="https://portal.example/deals/1/"' in shown
        assert "reader@people.example" in shown

    def test_cannot_put_anything_into_the_page(self, client: Client, mailbox: Mailbox) -> None:
        name = arrive(mailbox, subject="<script>1</script>", text="<script>2</script>")
        for address in ("/dev/mail/", f"/dev/mail/{name}/"):
            assert "<script>1" not in client.get(address).content.decode()
            assert "<script>2" not in client.get(address).content.decode()

    def test_is_framed_as_html_that_may_do_nothing(self, client: Client, mailbox: Mailbox) -> None:
        name = arrive(mailbox, html="<html><head></head><body><b>Hello</b></body></html>")
        page = client.get(f"/dev/mail/{name}/")
        assert f'<iframe class="mail-frame" src="/dev/mail/{name}/html/" sandbox=' in page.content.decode()
        assert "frame-src 'self'" in page["Content-Security-Policy"]
        framed = client.get(f"/dev/mail/{name}/html/")
        policy = framed["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "sandbox" in policy
        assert "allow-scripts" not in policy
        assert framed["X-Frame-Options"] == "SAMEORIGIN"
        assert '<head><base target="_top">' in framed.content.decode()

    def test_without_html_has_no_frame(self, client: Client, mailbox: Mailbox) -> None:
        name = arrive(mailbox)
        assert "<iframe" not in client.get(f"/dev/mail/{name}/").content.decode()
        assert client.get(f"/dev/mail/{name}/html/").status_code == 404

    def test_can_be_downloaded_as_it_came(self, client: Client, mailbox: Mailbox) -> None:
        response = client.get(f"/dev/mail/{arrive(mailbox)}/mail.eml")
        assert response["Content-Type"] == "message/rfc822"
        assert b"Subject: Hello" in b"".join(response.streaming_content)  # type: ignore[attr-defined]
        response.close()

    @pytest.mark.parametrize("name", ["nothing", "0000000000000000001-0123456789abcdef", "..%2F..%2Fsecret"])
    def test_that_does_not_exist_is_not_found(self, client: Client, mailbox: Mailbox, name: str) -> None:
        (mailbox.directory.parent / "secret.eml").write_text("secret")
        for part in ("", "html/", "mail.eml"):
            assert client.get(f"/dev/mail/{name}/{part}").status_code == 404


class TestInProduction:
    def test_there_is_no_such_page(self) -> None:
        ask = (
            "import django; django.setup()\n"
            "from django.urls import resolve, Resolver404\n"
            "try: resolve('/dev/mail/'); print('there')\n"
            "except Resolver404: print('not there')"
        )
        environment = os.environ | {
            "PORTAL_MODE": "production", "SECRET_KEY": "x" * 60, "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PORTAL_URL": "https://portal.example",
        }  # fmt: skip
        said = subprocess.check_output([sys.executable, "-c", ask], env=environment, cwd=project.BASE_DIR)
        assert said.decode().strip() == "not there"
