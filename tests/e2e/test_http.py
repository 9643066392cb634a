"""HTTP at the client's side of the running binary: framing, Accept, limits, readiness, shutdown."""

import json
import signal
import socket
import threading
import time

from support import raw_exchange, request, subgraph_a, subgraph_b, wait_for

JSON = {"Content-Type": "application/json"}
GOOD = b'{"query":"{ me { id } }"}'
HEAD = b"POST /graphql HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"

ACCEPT = [  # field report 9
    ("multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json", 200, "application/json"),
    ("application/json, text/plain, */*", 200, "application/json"), ("application/*", 200, "application/json"),
    ("*/*", 200, "application/json"), (None, 200, "application/json"),
    ("application/graphql-response+json", 200, "application/graphql-response+json"),
    ("application/json, application/graphql-response+json;q=0.9", 200, "application/json"),
    ("application/json;q=0, */*", 200, "application/graphql-response+json"),
    ("APPLICATION/JSON", 200, "application/json"), ("application/json ;q=0.5 , ,", 200, "application/json"),
    ("text/html", 406, "application/json"), ("application/json;q=0", 406, "application/json"),
]


def test_accept_as_clients_send_it(running):
    for accept, status, media_type in ACCEPT:
        answer = request(running.port, "POST", "/graphql", {**JSON, **({"Accept": accept} if accept else {})}, GOOD)
        assert answer.status == status, accept
        assert answer.header("Content-Type").split(";")[0] == media_type, accept


def test_status_follows_the_response_type(running):
    for body, code in [(b'{"query":"{"}', "GRAPHQL_PARSE_FAILED"), (b'{"query":"{ nope }"}', "GRAPHQL_VALIDATION_FAILED")]:
        legacy = request(running.port, "POST", "/graphql", JSON, body)
        modern = request(running.port, "POST", "/graphql", {**JSON, "Accept": "application/graphql-response+json"}, body)
        assert (legacy.status, modern.status) == (200, 400) and legacy.codes() == modern.codes() == [code]
        assert "data" not in legacy.json()
    assert request(running.port, "POST", "/graphql", JSON, b'{"query": 1}').status == 400
    assert request(running.port, "POST", "/graphql", JSON, b'{"query":"{me{id}}","query":"{me{id}}"}').status == 400


def test_wrong_methods_and_paths(running):
    for method in ("PUT", "DELETE", "TRACE", "PATCH"):
        answer = request(running.port, method, "/graphql")
        assert answer.status == 405 and "POST" in answer.header("Allow")
    assert request(running.port, "POST", "/other", JSON, GOOD).status == 404
    assert raw_exchange(running.port, b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n").startswith(b"HTTP/1.1 405 ")


def test_smuggled_request_is_never_answered(running):
    for coding in (b"xchunked", b"chunked, identity", b'"chunked"', b"identity", b"gzip, chunked", b"chunked;a=1"):
        answer = raw_exchange(running.port, HEAD + b"Transfer-Encoding: " + coding + b"\r\n\r\n" +
                              HEAD + b"Content-Length: 25\r\n\r\n" + GOOD)
        assert answer.split(b" ")[1] in (b"400", b"501") and answer.count(b"HTTP/1.1 ") == 1
        assert b"Connection: close" in answer
    assert running.subgraph_requests() == 0


def test_trailers_are_dropped(running):
    answer = raw_exchange(running.port, HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n19\r\n" + GOOD +
                          b"\r\n0\r\nAuthorization: Bearer evil\r\n\r\n")
    assert b'{"data":{"me":{"id":"1"}}}' in answer
    assert b"evil" not in b"".join(str(headers).encode() for _, _, headers, _ in running.a.requests)


def test_nothing_is_forwarded_by_default(running):
    running.query(headers={"Authorization": "Bearer canary", "Cookie": "canary=1", "X-Canary": "canary",
                           "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                           "tracestate": "a=canary", "baggage": "user=canary"})
    for _, _, headers, _ in running.a.requests + running.b.requests:
        assert "canary" not in str(headers) and "4bf92f3577b34da6a3ce929d0e0e4736" not in str(headers)


def test_http_2_is_not_offered(running):
    assert raw_exchange(running.port, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").startswith(b"HTTP/1.1 505 ")
    upgrade = HEAD + b"Upgrade: h2c\r\nConnection: Upgrade, close\r\nContent-Length: 25\r\n\r\n" + GOOD
    assert raw_exchange(running.port, upgrade).startswith(b"HTTP/1.1 200 ")


def test_expect_100_continue(running):
    with socket.create_connection(("127.0.0.1", running.port), timeout=5) as sock:
        sock.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 25\r\n\r\n")
        assert sock.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(GOOD)
        assert sock.recv(1000).startswith(b"HTTP/1.1 200 ")
    refused = raw_exchange(running.port, HEAD + b"Expect: 100-continue\r\nContent-Length: 3000000\r\n\r\n",
                           shutdown=False)
    assert refused.startswith(b"HTTP/1.1 413 ") and b"100 Continue" not in refused


def test_ready_means_it_can_answer(shop):
    for name in ("graph.graphql", "graph.graphql.jws"):
        shop.graph_file.with_name(name).rename(shop.folder / f"{name}.later")
    shop.start(ready=False)
    shop.wait_live()
    ready = shop.get_health()
    assert ready.status == 503 and "no graph" in ready.json()["reason"] and ready.header("Cache-Control") == "no-store"
    assert shop.query().status == 503
    for name in ("graph.graphql.jws", "graph.graphql"):
        (shop.folder / f"{name}.later").rename(shop.graph_file.with_name(name))
    shop.wait_ready()
    assert shop.serves()
    assert request(shop.health, "POST", "/health/ready").status == 405
    assert request(shop.health, "GET", "/nothing").status == 404


def test_sigterm_drains(shop):
    slow = threading.Event()

    def answer(handler, body):
        if "slow" in json.loads(body)["query"]:
            slow.set()
            time.sleep(1.0)
        return subgraph_a(handler, body)

    shop.a.answer = answer
    shop.start()
    idle = socket.create_connection(("127.0.0.1", shop.port), timeout=5)
    result = {}
    client = threading.Thread(target=lambda: result.update(answer=shop.query("{ slow }")))
    client.start()
    slow.wait(5)
    shop.router.process.send_signal(signal.SIGTERM)
    wait_for(lambda: shop.get_health().status == 503, "unreadiness")
    assert shop.get_health("/health/live").status == 200
    assert shop.serves(), "requests are answered until the pre-stop delay is over"
    client.join()
    assert result["answer"].json() == {"data": {"slow": "done"}}
    assert shop.router.process.wait(5) == 0
    assert idle.recv(10) == b""


def test_second_sigterm_leaves_at_once(shop):
    config = shop.config()
    config.write_text(config.read_text().replace("pre_stop: 200ms", "pre_stop: 4s"))
    shop.start(config)
    shop.router.process.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    assert shop.router.alive()
    shop.router.process.send_signal(signal.SIGTERM)
    assert shop.router.process.wait(1) == 0


def with_subgraph_setting(shop, line, extra=""):
    config = shop.config(extra=extra)
    config.write_text(config.read_text().replace("subgraphs:\n", f"subgraphs:\n  {line}\n"))
    return config


def test_client_timeout_is_504(shop):
    """Two fetches in a row are each in time and together too slow."""
    shop.a.answer = lambda *arguments: time.sleep(0.4) or subgraph_a(*arguments)
    shop.b.answer = lambda *arguments: time.sleep(0.4) or subgraph_b(*arguments)
    shop.start(with_subgraph_setting(shop, "all: { timeout: 550ms }", "timeouts: { client: 600ms }\n"))
    answer = shop.query()
    assert answer.status == 504 and answer.codes() == ["ROUTER_TIMEOUT"]


def test_subgraph_timeout_is_partial(shop):
    shop.b.answer = lambda *_: time.sleep(2) or (200, {}, b"{}")
    shop.start(with_subgraph_setting(shop, "b: { timeout: 300ms }"))
    answer = shop.query()
    assert answer.status == 200 and answer.json()["data"] == {"me": {"id": "1", "name": "Ada", "score": None}}
    assert answer.codes() == ["SUBGRAPH_TIMEOUT"]
