"""Damaged, oversized and hostile requests are answered clearly, and never with a 500."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.test import Client

from tests.api.calls import caller
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.django_db

BIG = 2 * 1024 * 1024 + 1
PAGES = ("/", "/keys/", "/keys/new/", "/api/v1/me/", "/nowhere/")


@pytest.fixture
def browser(cast: Cast) -> Client:
    return signed_in(cast.sales)


class TestABodyThatIsTooLarge:
    def test_is_a_413_page_for_a_form(self, browser: Client) -> None:
        answer = browser.post("/keys/new/", {"name": "x" * BIG})
        assert answer.status_code == 413
        assert "what you typed is kept" in answer.content.decode()

    def test_is_a_413_of_the_api(self, cast: Cast) -> None:
        answer = caller(cast.sales).send("post", "/api/v1/me/", {"name": "x" * BIG})
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert answer.json()["details"] == {"limit": BIG - 1}

    def test_one_byte_less_is_read(self, browser: Client) -> None:
        name = "x" * (BIG - 1 - len("name="))
        answer = browser.generic("POST", "/keys/new/", f"name={name}", "application/x-www-form-urlencoded")
        assert answer.status_code == 200

    def test_too_many_fields_are_a_400(self, browser: Client) -> None:
        assert browser.post("/keys/new/", {f"f{n}": "x" for n in range(1001)}).status_code == 400
        assert browser.get("/keys/?" + "&".join(f"f{n}=x" for n in range(1001))).status_code == 400


class TestCharactersThatNoDatabaseKeeps:
    @pytest.mark.parametrize("page", PAGES)
    @pytest.mark.parametrize("query", ["q=%00", "%00=q", "q=a%00b&cursor=x"])
    def test_nul_in_a_query_is_a_400(self, browser: Client, page: str, query: str) -> None:
        assert browser.get(f"{page}?{query}").status_code == 400

    @pytest.mark.parametrize("page", ["/%00", "/keys/%00/", "/api/v1/me/%00", "/keys/a%00b/revoke/"])
    def test_nul_in_an_address_is_a_400(self, browser: Client, page: str) -> None:
        assert browser.get(page).status_code == 400
        assert browser.post(page).status_code == 400

    @pytest.mark.parametrize("fields", [{"name": "a\0b"}, {"a\0b": "c"}, {"form_token": "\0"}])
    def test_nul_in_a_form_is_a_400_however_it_is_sent(self, browser: Client, fields: dict) -> None:
        assert browser.post("/keys/new/", fields).status_code == 400
        body = "&".join(f"{quote(name)}={quote(value)}" for name, value in fields.items())
        kind = "application/x-www-form-urlencoded"
        assert browser.generic("POST", "/keys/new/", body, kind).status_code == 400

    @pytest.mark.parametrize("cookie", ["portway_session", "portway_language", "theme", "portway_new_key"])
    def test_nul_in_a_cookie_is_no_500(self, cast: Cast, cookie: str) -> None:
        answer = Client(headers={"Cookie": f'{cookie}="a\\000bcdefgh"'}).get("/keys/")
        assert answer.status_code in (302, 400)

    @pytest.mark.parametrize("query", ["q=%FF", "q=%C3%28", "%ED%A0%80=x", "cursor=%80"])
    def test_a_query_that_is_not_utf_8_is_a_400(self, browser: Client, query: str) -> None:
        for page in PAGES:
            assert browser.get(f"{page}?{query}").status_code == 400

    def test_arabic_and_polish_are_fine(self, browser: Client) -> None:
        assert browser.get("/keys/?q=" + quote("شركة żółć")).status_code == 200

    def test_an_address_that_is_not_utf_8_is_a_404(self, browser: Client) -> None:
        assert browser.get("/keys/%FF/").status_code == 404


class TestDamagedForms:
    @pytest.mark.parametrize(
        "content_type",
        [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=é",
            "application/x-www-form-urlencoded; charset=utf-16",
            "application/x-www-form-urlencoded; charset=hex",
            "multipart/form-data; boundary=x; charset=rot13",
        ],
    )
    def test_are_a_400(self, browser: Client, content_type: str) -> None:
        assert browser.generic("POST", "/keys/new/", b"--x\r\nnonsense", content_type).status_code == 400

    @pytest.mark.parametrize("content_type", ["text/plain", "application/json", "", "///", "a/b; c"])
    def test_of_another_kind_are_no_form_at_all(self, browser: Client, content_type: str) -> None:
        answer = browser.generic("POST", "/keys/new/", b'{"name": "\\u0000"}', content_type)
        assert answer.status_code == 200
        assert "field-bad" in answer.content.decode()

    @pytest.mark.parametrize("length", ["-1", "abc", "1e3", "٣"])
    def test_with_a_length_that_is_no_number_are_a_400(self, browser: Client, length: str) -> None:
        assert browser.get("/keys/", CONTENT_LENGTH=length).status_code == 400

    def test_sent_in_pieces_of_unknown_length_are_a_400(self, browser: Client) -> None:
        answer = browser.post("/keys/new/", headers={"Transfer-Encoding": "chunked"})
        assert answer.status_code == 400


class TestDamagedJson:
    @pytest.mark.parametrize(
        "body",
        [
            b"{",
            b"\xff",
            b'{"a": NaN}',
            b'{"a": Infinity}',
            b'{"a": "\\u0000"}',
            b'{"\\u0000": 1}',
            b'{"a": ["\\ud800"]}',
            b'{"a": "\x00"}',
            b'{"a": ' + b"9" * 5000 + b"}",
            b"[" * 100_000,
            b"[" * 40 + b"]" * 40,
        ],
    )
    def test_is_a_400_of_the_api(self, cast: Cast, body: bytes) -> None:
        answer = caller(cast.sales).generic("POST", POST_HERE, body, "application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")

    def test_what_only_looks_so_is_fine(self, cast: Cast) -> None:
        answer = caller(cast.sales).generic(
            "POST", POST_HERE, b'{"a": "\\\\u0000 \xf0\x9f\x98\x80"}', "application/json"
        )
        assert answer.status_code == 200


class TestAMethodThatIsNotThere:
    def test_is_a_page_that_says_so(self, browser: Client) -> None:
        answer = browser.get("/sites/switch/")
        assert (answer.status_code, answer["Allow"]) == (405, "POST")
        assert "405" in answer.content.decode()


POST_HERE = "/api/v1/notifications/read/"
