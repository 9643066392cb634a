"""Expect: 100-continue, as field report 18 lists it. (Its row on tokens waits for authentication.)"""

import json
import shutil
import socket
import subprocess
import time

import pytest

from attack_support import HEAD
from support import wait_for

BODY = b'{"query":"{ me { id } }"}'
GOOD = b'{"data":{"me":{"id":"1"}}}'
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def head(*fields, start=HEAD):
    return start + b"".join(field + b"\r\n" for field in fields) + b"\r\n"


def connect(shop):
    return socket.create_connection(("127.0.0.1", shop.port), timeout=5)


def answer(sock, until=GOOD):
    """What comes until the end of a good answer, or of the connection."""
    got = b""
    while not got.endswith(until):
        piece = sock.recv(65536)
        if not piece:
            break
        got += piece
    return got


def expect_continue(sock, message):
    began = time.monotonic()
    sock.sendall(message)
    got = sock.recv(65536)
    assert got == CONTINUE
    assert time.monotonic() - began < 0.1
    return got


@pytest.mark.parametrize("field", [b"Expect: 100-continue", b"expect: 100-Continue"])
def test_report_18_continue_comes_before_the_body(running, field):
    with connect(running) as sock:
        for _ in range(2):  # on one connection
            expect_continue(sock, head(field, b"Content-Length: 25"))
            sock.sendall(BODY)
            got = answer(sock)
            assert got.startswith(b"HTTP/1.1 200 ") and got.endswith(GOOD)
    assert "Expect" not in str(running.a.requests) and "100-continue" not in str(running.a.requests)


def test_report_18_chunked_body_that_comes_late(running):
    with connect(running) as sock:
        expect_continue(sock, head(b"Expect: 100-continue", b"Transfer-Encoding: chunked"))
        time.sleep(0.5)
        sock.sendall(b"19\r\n" + BODY + b"\r\n0\r\n\r\n")
        assert answer(sock).endswith(GOOD)


REFUSED = {
    "too large": (413, head(b"Expect: 100-continue", b"Content-Length: 3000000")),
    "wrong path": (404, head(b"Expect: 100-continue", b"Content-Length: 25", start=HEAD.replace(b"/graphql", b"/no"))),
    "simple type": (400, head(b"Expect: 100-continue", b"Content-Length: 25",
                              start=HEAD.replace(b"application/json", b"text/plain"))),
    "another expectation": (417, head(b"Expect: foo", b"Content-Length: 25")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_report_18_refused_by_the_head_alone(running, name):
    """The final status at once, no 100, and the connection closes or reads on."""
    status, message = REFUSED[name]
    with connect(running) as sock:
        began = time.monotonic()
        sock.sendall(message)
        got = sock.recv(65536)
        assert time.monotonic() - began < 0.1
        assert got.startswith(b"HTTP/1.1 %d " % status) and b"100 Continue" not in got
        rest = got + answer(sock, b"\0")
        assert rest.count(b"HTTP/1.1 ") == 1 and b"Connection: close" in rest
    assert running.subgraph_requests() == 0


def test_report_18_http_1_0_gets_no_interim_answer(running):
    with connect(running) as sock:
        sock.sendall(head(b"Expect: 100-continue", b"Content-Length: 25", start=HEAD.replace(b"HTTP/1.1", b"HTTP/1.0")))
        time.sleep(0.2)
        sock.sendall(BODY)
        got = answer(sock)
        assert got.startswith(b"HTTP/1.1 200 ") and b"100 Continue" not in got and got.endswith(GOOD)


def test_report_18_body_that_comes_with_its_head(running):
    with connect(running) as sock:
        sock.sendall(head(b"Expect: 100-continue", b"Content-Length: 25") + BODY)
        got = answer(sock).removeprefix(CONTINUE)
        assert got.startswith(b"HTTP/1.1 200 ") and got.endswith(GOOD) and got.count(b"HTTP/1.1 ") == 1


def test_report_18_large_upload_does_not_wait(running, tmp_path):
    """As curl does it, with a real curl where there is one."""
    body = json.dumps({"query": "query($s: String) { echo(s: $s) }", "variables": {"s": "x" * 1_500_000}}).encode()
    began = time.monotonic()
    with connect(running) as sock:
        expect_continue(sock, head(b"Expect: 100-continue", b"Content-Length: %d" % len(body)))
        sock.sendall(body)
        assert answer(sock, b'"echoed"}}').endswith(b'{"data":{"echo":"echoed"}}')
    assert time.monotonic() - began < 0.5
    if curl := shutil.which("curl"):
        (tmp_path / "body.json").write_bytes(body)
        began = time.monotonic()
        done = subprocess.run([curl, "-sS", "--expect100-timeout", "5", "-H", "Content-Type: application/json",
                               "--data-binary", f"@{tmp_path}/body.json", f"http://127.0.0.1:{running.port}/graphql"],
                              capture_output=True, timeout=10)
        assert done.stdout == b'{"data":{"echo":"echoed"}}', done.stderr
        assert time.monotonic() - began < 0.5
    wait_for(lambda: len(running.a.requests) >= 1, "the fetch")
