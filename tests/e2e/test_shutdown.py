"""SIGTERM under load (field report 23, shortened: pre-stop delay 1 s, drain 5 s from the signal). Its streams are left out.

Nothing fails before the delay is over; afterwards clients are told to leave, and each answer that was begun comes.
"""

import http.client
import json
import signal
import socket
import threading
import time

import pytest

from attack_support import HEAD
from support import JSON, subgraph_a, wait_for

PRE_STOP, DRAIN, SLOW = 1.0, 5.0, 2.5


@pytest.fixture
def draining(shop):
    shop.hang = threading.Event()

    def answer(handler, body):
        query = json.loads(body)["query"]
        if "slow" in query:
            time.sleep(SLOW)
            return 200, JSON, b'{"data":{"slow":"done"}}'
        if "users" in query:
            shop.hang.wait(30)
        return subgraph_a(handler, body)

    shop.a.answer = answer
    shop.closing.insert(0, shop.hang.set)
    config = shop.config()
    config.write_text(config.read_text().replace("pre_stop: 200ms", "pre_stop: 1s"))
    shop.start(config)
    assert shop.query("{ me { id } }").status == 200
    return shop


class KeepAlive(threading.Thread):
    """Asks at a steady rate over one connection, until it is told that the connection closes."""

    def __init__(self, port, rate):
        super().__init__(daemon=True)
        self.port, self.interval, self.good, self.failed, self.told = port, 1 / rate, 0, [], None

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        while self.told is None:
            try:
                connection.request("POST", "/graphql", b'{"query":"{ me { id } }"}', JSON)
                answer = connection.getresponse()
                good = answer.status == 200 and json.loads(answer.read()) == {"data": {"me": {"id": "1"}}}
                self.good += good
                if not good:
                    self.failed.append((time.monotonic(), answer.status))
                if (answer.getheader("Connection") or "").lower() == "close":
                    self.told = time.monotonic()
            except (OSError, http.client.HTTPException) as error:
                self.failed.append((time.monotonic(), repr(error)))
                return
            time.sleep(self.interval)


class Newcomers(threading.Thread):
    """One new connection after the other, until one is refused."""

    def __init__(self, port, rate):
        super().__init__(daemon=True)
        self.port, self.interval, self.good, self.failed, self.refused = port, 1 / rate, 0, [], None

    def run(self):
        while self.refused is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            began = time.monotonic()
            try:
                connection.connect()
            except ConnectionRefusedError:
                self.refused = began
                return
            try:
                connection.request("POST", "/graphql", b'{"query":"{ me { id } }"}', JSON)
                self.good += connection.getresponse().status == 200
            except (OSError, http.client.HTTPException) as error:
                self.failed.append((began, repr(error)))
                time.sleep(0.01)
                continue
            finally:
                connection.close()
            time.sleep(self.interval)


def in_background(function):
    result = {}

    def run():
        try:
            result["answer"] = function()
        except (OSError, http.client.HTTPException) as error:
            result["error"] = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, result


def upload_slowly(shop, seconds):
    """A body of 1 MB that takes its time; the status that came."""
    body = json.dumps({"query": "{ me { id } }", "variables": {"x": "x" * 1_000_000}}).encode()
    with socket.create_connection(("127.0.0.1", shop.port), timeout=10) as sock:
        sock.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body))
        step = len(body) // 50 + 1
        for at in range(0, len(body), step):
            sock.sendall(body[at:at + step])
            time.sleep(seconds / 50)
        return sock.recv(65536)


def test_report_23_sigterm_under_load(draining):
    shop = draining
    clients = [KeepAlive(shop.port, 20) for _ in range(10)]
    newcomers = [Newcomers(shop.port, 10) for _ in range(2)]
    for thread in clients + newcomers:
        thread.start()
    slow = [in_background(lambda: shop.query("{ slow }")) for _ in range(10)]
    upload = in_background(lambda: upload_slowly(shop, 2.5))
    hanging = in_background(lambda: shop.query("{ users { id } }"))
    idle = socket.create_connection(("127.0.0.1", shop.port), timeout=10)
    time.sleep(0.3)

    began = time.monotonic()
    shop.router.process.send_signal(signal.SIGTERM)
    wait_for(lambda: shop.get_health().status == 503, "unreadiness", 1)
    assert time.monotonic() - began < 0.2
    assert shop.get_health("/health/live").status == 200
    for thread in clients + newcomers:
        thread.join(10)

    over = began + PRE_STOP
    for client in clients:
        assert not client.failed and client.good > 10
        assert client.told >= over - 0.05, "served until the delay is over, then told to leave"
    for newcomer in newcomers:
        assert newcomer.refused and newcomer.refused >= over - 0.05
        assert not [failure for failure in newcomer.failed if failure[0] < over - 0.05], newcomer.failed
        assert len(newcomer.failed) <= 1, "closing the door may meet one that was just coming in"
    for thread, result in slow:
        thread.join(10)
        assert result["answer"].json() == {"data": {"slow": "done"}}
        assert result["answer"].header("Connection") == "close"
    upload[0].join(10)
    assert upload[1]["answer"].startswith(b"HTTP/1.1 200 ") and b"Connection: close" in upload[1]["answer"]
    assert idle.recv(10) == b"", "idle connections are closed"

    assert shop.router.process.wait(10) == 0
    assert DRAIN - 0.2 <= time.monotonic() - began < DRAIN + 2.5, "the one that hangs is waited for, and then cut"
    hanging[0].join(5)
    assert "error" in hanging[1] or hanging[1]["answer"].status in (503, 504)
    assert shop.router.events("stopped")[-1]["cut"] == "1"


def test_report_23_exits_as_soon_as_work_ends(draining):
    slow = in_background(lambda: draining.query("{ slow }"))
    time.sleep(0.2)
    began = time.monotonic()
    draining.router.process.send_signal(signal.SIGTERM)
    assert draining.router.process.wait(10) == 0
    assert SLOW - 0.3 < time.monotonic() - began < SLOW + 1.5
    slow[0].join(5)
    assert slow[1]["answer"].status == 200
    assert draining.router.events("stopped")[-1]["cut"] == "0"


def test_report_23_second_sigterm_ends_the_drain(draining):
    in_background(lambda: draining.query("{ users { id } }"))
    time.sleep(0.2)
    draining.router.process.send_signal(signal.SIGTERM)
    time.sleep(PRE_STOP + 0.5)
    assert draining.router.alive()
    draining.router.process.send_signal(signal.SIGTERM)
    assert draining.router.process.wait(1) == 0
