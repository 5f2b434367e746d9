"""Attacks on the server: other sites, other names, too much, paths."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from starlette.datastructures import Headers

from app.served import client
from standoff.app.guard import LOOPBACK, refuse


def refused(method: str = "GET", addresses: bool = False, **headers: str) -> int | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    found = refuse(Headers(named), method, LOOPBACK, addresses, 1000)
    return found[0] if found else None


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8471", "localhost", "LOCALHOST:1", "[::1]:8471", "[::1]"]
)
def test_this_machine_answers_to_its_own_names(host: str) -> None:
    """Whatever the port, which a tunnel may have changed."""
    assert refused(host=host) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8471", "127.0.0.1.evil.example", "localhost.evil.example",
        "evil.example#127.0.0.1", "127.0.0.1@evil.example", "", "192.168.0.7", "[::1].evil.example",
        "127.0.0.1:8471:evil", "127.0.0.1:x",
    ],
)  # fmt: skip
def test_a_rebound_name_is_refused(host: str) -> None:
    """DNS rebinding: a name of another site that points to this machine."""
    assert refused(host=host) == 421


def test_two_host_headers_are_refused() -> None:
    """No proxy in between may see another name than the server."""
    twice = Headers(raw=[(b"host", b"localhost"), (b"host", b"evil.example")])
    found = refuse(twice, "GET", LOOPBACK, False, 1000)
    assert found is not None
    assert found[0] == 421


def test_a_server_for_others_answers_to_addresses_and_to_no_other_name() -> None:
    """No site can make its own name an IP address."""
    assert refused(addresses=True, host="192.168.0.7:8471") is None
    assert refused(addresses=True, host="evil.example") == 421


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://localhost", "http://localhost:3000", "null"]
)
def test_another_origin_is_refused(origin: str) -> None:
    """A script of another site, or of another server on this machine."""
    assert refused(host="localhost:8471", origin=origin) == 403
    assert refused(host="localhost:8471", origin="http://localhost:8471") is None


def test_a_request_that_another_site_made_the_browser_send_is_refused() -> None:
    """Images of another site send no `Origin`, but the browser says whose they are."""
    assert refused(host="localhost", sec_fetch_site="cross-site") == 403
    assert refused(host="localhost", sec_fetch_site="same-site") == 403
    assert refused(host="localhost", sec_fetch_site="same-origin") is None


def test_a_form_cannot_post() -> None:
    """The content types that a page may send elsewhere without being asked are no JSON."""
    plain = "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""
    for kind in plain:
        assert refused("POST", host="localhost", content_type=kind) == 415
    json = "application/json; charset=utf-8"
    assert refused("POST", host="localhost", content_type=json) is None


def test_a_body_that_is_too_large_is_refused_before_it_is_read() -> None:
    """By what it says of its length, however it says it."""
    kind = "application/json"
    for length in ("1001", "9" * 5000, "-1", "0x10"):
        assert refused("POST", host="localhost", content_type=kind, content_length=length) == 413


def test_the_server_checks_before_anything_else(page: httpx.Client) -> None:
    """Each check is in force on every path, and the answer is a sentence."""
    for path in ("/", "/page.js", "/api/scenarios", "/nothing"):
        found = page.get(path, headers={"host": "evil.example"})
        assert found.status_code == 421
        assert "does not answer to that name" in found.json()["error"]
        assert page.get(path, headers={"origin": "http://evil.example"}).status_code == 403


def test_a_body_without_a_length_is_counted(page: httpx.Client) -> None:
    """A chunked body ends where it has become too large."""

    def endless() -> Iterator[bytes]:
        for _ in range(400):
            yield b" " * 10_000

    found = page.post("/api/check", content=endless(), headers={"content-type": "application/json"})
    assert found.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml", "/page.js/../../__init__.py", "/%2e%2e/%2e%2e/etc/passwd",
        "/page/page.js", "//etc/passwd", "/page.js%00",
    ],
)  # fmt: skip
def test_no_path_leads_to_another_file(page: httpx.Client, path: str) -> None:
    """Two files are served by their names, and no path is ever put together."""
    assert page.get(path).status_code == 404


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "escalation-trap.yaml", "", "beer-quiche\0", "."]
)
def test_no_name_leads_to_a_file(page: httpx.Client, name: str) -> None:
    """Scenarios are asked for by a name that is offered, and by no path."""
    for path in ("/api/scenario", "/api/document", "/api/flight"):
        found = page.get(path, params={"scenario": name})
        assert found.status_code == 404
        assert "no scenario is called" in found.json()["error"]
    assert page.post("/api/solve", json={"scenario": name}).status_code == 404


def test_the_page_may_run_nothing_but_its_own_script(page: httpx.Client) -> None:
    """No inline script, no eval, no other server, no frame around it."""
    found = page.get("/")
    rules = dict(
        rule.split(" ", 1) for rule in found.headers["content-security-policy"].split("; ")
    )
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert "unsafe" not in found.headers["content-security-policy"]
    other = page.get("/").headers["content-security-policy"]
    assert other != found.headers["content-security-policy"], "the nonce is used once"
    for answer in (found, page.get("/page.js"), page.get("/api/scenarios"), page.get("/no")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "content-security-policy" in answer.headers


def test_markup_in_a_name_stays_text(page: httpx.Client) -> None:
    """What is refused is told as JSON that no browser takes for a page."""
    found = page.get("/api/scenario", params={"scenario": "<script>alert(1)</script>"})
    assert found.headers["content-type"] == "application/json"


def test_requests_that_are_no_requests(address: str) -> None:
    """What JSON may hold is not trusted: each is refused with a sentence, and the server lives."""
    attacks = [
        "", "[]", "null", "{", "[" * 100_000, '{"a":' * 50_000, '{"scenario": 7}', '{"text": []}',
        '{"scenario": "beer-quiche", "text": "x"}', '{"scenario": "beer-quiche", "pinned": 3}',
        '{"scenario": "beer-quiche", "pinned": {"a": "b"}}',
        '{"scenario": "beer-quiche", "pinned": {"a": 1e999}}',
        '{"scenario": "beer-quiche", "pinned": {"a": NaN}}',
        '{"scenario": "beer-quiche", "pinned": {"a": ' + "9" * 400 + "}}",
        '{"scenario": "beer-quiche", "futures": 1e3}',
        '{"scenario": "beer-quiche", "futures": 100000000}',
        '{"scenario": "beer-quiche", "futures": true}',
        '{"scenario": "beer-quiche", "doctrines": [1]}',
        '{"scenario": "beer-quiche", "concept": "guess"}',
        '{"scenario": "beer-quiche", "path": "/etc/passwd"}',
    ]  # fmt: skip
    with client(address) as page:
        for attack in attacks:
            found = page.post(
                "/api/solve", content=attack, headers={"content-type": "application/json"}
            )
            assert found.status_code == 400, attack[:60]
            assert found.json()["error"]
