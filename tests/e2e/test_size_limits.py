"""Sizes on both sides are bounded by the documented limits, not by a library's (field report 19). Its rows on the CDN,
admission and the collector stand in test_sources.py, test_admission.py and test_telemetry.py; those on tokens wait for
authentication."""

import json
import socket

import pytest

from attack_support import HEAD, RawSubgraph, use_subgraph_a
from support import raw_exchange, request

JSON = {"Content-Type": "application/json"}
GOOD = b'{"query":"{ me { id } }"}'


# --- requests


def with_fields(fields):
    return HEAD + b"Connection: close\r\nContent-Length: %d\r\n" % len(GOOD) + fields + b"\r\n" + GOOD


HEADS = {
    "one cookie of 32 KiB": (200, b"Cookie: c=" + b"x" * (32 << 10) + b"\r\n"),
    "60 fields of 1 KiB": (200, b"".join(b"X-%02d: %s\r\n" % (i, b"x" * 1016) for i in range(60))),
    "70 KiB in all": (431, b"".join(b"X-%02d: %s\r\n" % (i, b"x" * 1016) for i in range(70))),
    "95 fields": (200, b"".join(b"X-%02d: x\r\n" % i for i in range(95))),
    "101 fields": (431, b"".join(b"X-%02d: x\r\n" % i for i in range(97))),
}


@pytest.mark.parametrize("name", HEADS)
def test_report_19_heads_of_requests(running, name):
    status, fields = HEADS[name]
    answer = raw_exchange(running.port, with_fields(fields))
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    if status != 200:
        assert b'"HEADERS_TOO_LARGE"' in answer and (b"64 KiB" in answer or b"100" in answer)


@pytest.mark.parametrize("kib,status", [(15, 200), (17, 414)])
def test_report_19_urls(running, kib, status):
    query = "/graphql?query=%7Bme%7Bid%7D%7D&variables=%7B%22x%22:%22"
    target = query + "x" * ((kib << 10) - len(query) - 6) + "%22%7D"
    answer = request(running.port, "GET", target, {"apollo-require-preflight": "1"})
    assert answer.status == status and (status == 200 or b"16 KiB" in answer.body)


def large(size):
    """A request of about `size` bytes, most of them a variable."""
    return json.dumps({"query": "query($s: String) { echo(s: $s) }", "variables": {"s": "x" * (size - 90)}}).encode()


def in_one_chunk(body):
    return b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def in_small_chunks(body):
    """The first 100 KB byte by byte."""
    small = b"".join(b"1\r\n%c\r\n" % byte for byte in body[:100_000])
    return b"Transfer-Encoding: chunked\r\n\r\n" + small + in_one_chunk(body[100_000:]).split(b"\r\n\r\n", 1)[1]


def in_bytes(body):
    return b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"


def with_length(body):
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def post_body(shop, body):
    """The status, and how many bytes were sent until it came."""
    message = HEAD + b"Connection: close\r\n" + body
    with socket.create_connection(("127.0.0.1", shop.port), timeout=10) as sock:
        sent, got = 0, b""
        sock.setblocking(False)
        import select
        while sent < len(message) and not got:
            readable, writable, _ = select.select([sock], [sock], [], 10)
            if readable:
                got = sock.recv(65536)
            elif writable:
                sent += sock.send(message[sent:sent + 65536])
        sock.setblocking(True)
        sock.settimeout(10)
        while not got:
            got = sock.recv(65536)
        return int(got.split()[1]), sent


FRAMINGS = [with_length, in_one_chunk, in_small_chunks]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_report_19_bodies_of_requests(running, framing):
    assert post_body(running, framing(large(1_500_000)))[0] == 200
    status, sent = post_body(running, framing(large(2_100_000)))
    assert status == 413
    assert running.a.requests and len(running.a.requests) == 1


def test_report_19_body_in_single_bytes_is_cut_at_the_cap(shop):
    """Not after all of it; and what the chunks carry counts, not their framing."""
    shop.start(shop.config(extra="limits: { body: 100KiB }\n"))
    assert post_body(shop, in_bytes(large(99_000)))[0] == 200
    status, sent = post_body(shop, in_bytes(large(1_000_000)))
    assert status == 413 and sent < 5_000_000, sent


@pytest.mark.parametrize("setting,edge", [("1KiB", 1 << 10), ("3MiB", 3 << 20)])
def test_report_19_setting_moves_the_edge_both_ways(shop, setting, edge):
    """Also beyond the 1 MiB of the parser's own."""
    shop.start(shop.config(extra=f"limits: {{ body: {setting} }}\n"))
    for framing in (with_length, in_one_chunk):
        assert post_body(shop, framing(large(edge - 100)))[0] == 200
        assert post_body(shop, framing(large(edge + 200)))[0] == 413


# --- answers of subgraphs


def body_of(size):
    """A good answer of `size` bytes."""
    good = b'{"data":{"me":{"id":"1"}}}'
    return good + b" " * (size - len(good))


def answer_with_length(body, fields=b""):
    return b"HTTP/1.1 200 OK\r\n" + fields + b"Content-Length: %d\r\n\r\n" % len(body) + body


def answer_chunked(body, fields=b""):
    return b"HTTP/1.1 200 OK\r\n" + fields + in_one_chunk(body)


def answer_until_close(body, fields=b""):
    return b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n" + body


class SizedSubgraph(RawSubgraph):
    """Closes after each answer when it says nothing about its length."""

    def serve(self, sock):
        try:
            while sock.recv(65536):
                out = self.answer(None)
                sock.sendall(out)
                if b"Content-Length" not in out[:200_000] and b"chunked" not in out[:200_000]:
                    break
        except OSError:
            pass
        sock.close()


@pytest.fixture
def sized(shop):
    stub = SizedSubgraph(lambda _: shop.answer)
    shop.closing.append(stub.close)
    use_subgraph_a(shop, stub.port)
    return shop


def outcome(shop):
    answer = shop.query("{ me { id } }")
    assert answer.status == 200
    if "errors" not in answer.json():
        assert answer.json() == {"data": {"me": {"id": "1"}}}
        return "good"
    assert answer.json()["data"] == {"me": None}
    return answer.codes()[0]


@pytest.mark.parametrize("form", [answer_with_length, answer_chunked, answer_until_close])
def test_report_19_bodies_of_answers(sized, form):
    sized.start()
    sized.answer = form(body_of(12_000_000))
    assert outcome(sized) == "good"
    sized.answer = form(body_of(17_000_000))
    assert outcome(sized) == "SUBGRAPH_RESPONSE_TOO_LARGE"
    sized.answer = form(body_of(100))
    assert outcome(sized) == "good", "the next request has a connection of its own"


@pytest.mark.parametrize("kib,expected", [(20, "good"), (70, "SUBGRAPH_PROTOCOL")])
def test_report_19_heads_of_answers(sized, kib, expected):
    sized.start()
    for fields in (b"X-One: " + b"x" * (kib << 10) + b"\r\n",
                   b"".join(b"X-%02d: %s\r\n" % (i, b"x" * 1016) for i in range(kib))):
        sized.answer = answer_with_length(body_of(100), fields)
        assert outcome(sized) == expected


@pytest.mark.parametrize("setting,edge", [("10KiB", 10 << 10), ("20MiB", 20 << 20)])
def test_report_19_answer_setting_moves_the_edge_both_ways(sized, setting, edge):
    config = sized.config()
    config.write_text(config.read_text().replace("subgraphs:\n", f"subgraphs:\n  all: {{ max_response: {setting} }}\n"))
    sized.start(config)
    for form in (answer_with_length, answer_chunked):
        sized.answer = form(body_of(edge))
        assert outcome(sized) == "good"
        sized.answer = form(body_of(edge + 1))
        assert outcome(sized) == "SUBGRAPH_RESPONSE_TOO_LARGE"
