"""CORS for exact origins on every answer, and CSRF prevention without false alarms (field reports 7 and 8)."""

import pytest

from support import raw_exchange, request

APP = "https://app.example"
JSON = {"Content-Type": "application/json"}
GOOD = b'{"query":"{ me { id } }"}'


@pytest.fixture
def browser(shop):
    shop.start(shop.config(extra=f'cors: {{ origins: ["{APP}"], credentials: true, max_age: 10m, '
                                 'headers: [content-type, authorization] }\n'))
    return shop


def post(shop, headers, body=GOOD):
    return request(shop.port, "POST", "/graphql", headers, body)


def test_allowed_origin_may_read_every_answer(browser):
    for headers, body, status in [
        (JSON, GOOD, 200), (JSON, b'{"query":"{"}', 200), (JSON, b"x" * 2_000_001, 413), (JSON, b"{", 400),
        ({"Content-Type": "text/plain"}, GOOD, 400), ({**JSON, "Accept": "text/html"}, GOOD, 406),
    ]:
        answer = post(browser, {"Origin": APP, **headers}, body)
        assert answer.status == status
        assert answer.all_headers("Access-Control-Allow-Origin") == [APP]
        assert answer.header("Access-Control-Allow-Credentials") == "true"
        assert answer.header("Vary") == "Origin"
    slow = raw_exchange(browser.port, f"GARBAGE\r\nOrigin: {APP}\r\n\r\n".encode())
    assert slow.startswith(b"HTTP/1.1 400 ")


def test_preflight(browser):
    answer = request(browser.port, "OPTIONS", "/graphql",
                     {"Origin": APP, "Access-Control-Request-Method": "POST",
                      "Access-Control-Request-Headers": "content-type,x-debug"})
    assert answer.status == 204 and answer.header("Access-Control-Allow-Origin") == APP
    assert answer.header("Access-Control-Allow-Headers") == "content-type, authorization"
    assert answer.header("Access-Control-Allow-Methods") == "GET, POST"
    assert answer.header("Access-Control-Max-Age") == "600"


@pytest.mark.parametrize("origin", ["null", "https://app.example.evil.test", "https://app.example.", "http://app.example",
                                    "https://app.example:8443", "https://xapp.example", "https://" + "a" * 5000])
def test_other_origin_may_not_read(browser, origin):
    answer = post(browser, {"Origin": origin, **JSON})
    assert answer.status == 200
    assert not [name for name, _ in answer.headers if name.lower().startswith("access-control-")]


def test_cors_is_off_by_default(running):
    answer = post(running, {"Origin": APP, **JSON})
    assert answer.status == 200 and answer.header("Access-Control-Allow-Origin") is None


PASSING = [
    ("POST", {"Content-Type": "application/json"}), ("POST", {"Content-Type": "Application/JSON;charset=UTF-8"}),
    ("POST", {"Content-Type": 'application/json ; charset="utf-8"'}),
    ("POST", {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}),
    ("GET", {"apollo-require-preflight": "1"}), ("GET", {"x-apollo-operation-name": "Q"}),
    ("GET", {"Content-Type": "application/json"}),
]
BLOCKED = [
    ("POST", {"Content-Type": "text/plain"}), ("POST", {"Content-Type": "text/plain;application/json"}),
    ("POST", {"Content-Type": "text/plain; x=application/json"}),
    ("POST", {"Content-Type": "multipart/form-data; boundary=x"}),
    ("POST", {"Content-Type": 'MULTIPART/FORM-DATA;boundary="x"'}),
    ("POST", {"Content-Type": "application/x-www-form-urlencoded"}), ("POST", {}), ("POST", {"Content-Type": "garbage"}),
    ("GET", {}), ("GET", {"Content-Type": "text/plain"}),
    ("POST", {"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}),
]
UNSUPPORTED = [
    ("POST", {"Content-Type": "application/jsonx"}), ("POST", {"Content-Type": "application/json+x"}),
    ("POST", {"Content-Type": "garbage", "apollo-require-preflight": "1"}),
    ("POST", {"Content-Type": "application/json; charset=utf-16"}),
    ("GET", {"Content-Type": "application/graphql"}),
]


def send(shop, method, headers):
    path = "/graphql?query=%7Bme%7Bid%7D%7D" if method == "GET" else "/graphql"
    return request(shop.port, method, path, headers, GOOD if method == "POST" else None)


def test_honest_requests_pass_csrf(running):
    for method, headers in PASSING:
        answer = send(running, method, headers)
        assert answer.status == 200 and answer.json() == {"data": {"me": {"id": "1"}}}, headers


def test_simple_requests_are_blocked(running):
    for method, headers in BLOCKED:
        answer = send(running, method, headers)
        assert answer.status == 400 and answer.codes() == ["CSRF_ERROR"], headers
        assert b"apollo-require-preflight" in answer.body
    assert running.subgraph_requests() == 0


def test_other_media_types_are_415(running):
    for method, headers in UNSUPPORTED:
        assert send(running, method, headers).status == 415, headers
    assert running.subgraph_requests() == 0


def test_two_content_types_are_refused(running):
    data = (b"POST /graphql HTTP/1.1\r\nHost: t\r\nContent-Type: text/plain\r\nContent-Type: application/json\r\n"
            b"Content-Length: 25\r\n\r\n" + GOOD)
    assert raw_exchange(running.port, data).split(b" ")[1] in (b"400", b"415")
    assert running.subgraph_requests() == 0


def test_csrf_can_be_switched_off_and_then_text_plain_is_415(shop):
    shop.start(shop.config(extra="csrf: { enabled: false }\n"))
    assert send(shop, "GET", {}).status == 200
    assert send(shop, "POST", {"Content-Type": "text/plain"}).status == 415
