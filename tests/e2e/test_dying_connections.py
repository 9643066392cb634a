"""Pooled connections that just died: no error for a query, no second run of a mutation.

Field report 20 in a shortened rhythm: what takes 600 requests, one a second, there, are 80 requests, 20 a second, here.
"""

import json
import socket
import struct
import threading
import time

import pytest

from support import wait_for

QUERY, MUTATION = "{ me { id } }", "mutation { bump }"
GOOD = {QUERY: {"data": {"me": {"id": "1"}}}, MUTATION: {"data": {"bump": 1}}}
ROUNDS = 40


class DyingSubgraph:
    """Answers subgraph a's requests on raw sockets. `after(connection, number)` does harm once an answer is out;
    `instead(connection, number)` may do something else than answer. The connection is closed when they return true."""

    def __init__(self):
        self.requests, self.connections, self.bumps, self.closed = 0, 0, 0, 0
        self.after, self.instead, self.fields = lambda *_: None, lambda *_: False, b""
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        try:
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()
        except OSError:
            pass  # closed

    def serve(self, connection):
        stream = connection.makefile("rb")
        try:
            while stream.readline():
                length = 0
                while (line := stream.readline().strip()):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                query = json.loads(stream.read(length))["query"]
                with self.lock:
                    self.requests += 1
                    number = self.requests
                    self.bumps += "bump" in query
                if self.instead(connection, number):
                    return
                body = json.dumps({"data": {"bump": 1} if "bump" in query else {"me": {"id": "1"}}}).encode()
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + self.fields
                                   + b"Content-Length: %d\r\n\r\n" % len(body) + body)
                if self.after(connection, number):
                    return
        except (OSError, ValueError):
            pass  # this end closed it
        finally:
            stream.close()
            connection.close()
            with self.lock:
                self.closed += 1

    def close(self):
        self.listener.close()


def fin(connection):
    connection.shutdown(socket.SHUT_RDWR)
    return True


def rst(connection):
    """Has the closing send RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return True


def fin_and_rst(connection, number):
    return rst(connection) if number % 2 else fin(connection)


@pytest.fixture
def dying(shop):
    shop.replace_subgraph_a(DyingSubgraph())
    shop.start()
    return shop


def ask(shop, text):
    answer = shop.query(text)
    good = answer.status == 200 and answer.json() == GOOD[text]
    assert good or answer.json().get("errors"), "an answer or an error, never neither"
    return good


@pytest.mark.parametrize("text", [QUERY, MUTATION])
def test_connection_closed_while_idle_is_not_used(dying, text):
    """FIN or RST has arrived 20 ms and more before the next request: neither queries nor mutations notice."""
    dying.a.after = lambda connection, number: (time.sleep(0.005), fin_and_rst(connection, number))[1]
    for number in range(1, ROUNDS + 1):
        assert ask(dying, text)
        wait_for(lambda: dying.a.closed == number, "the closing")
        time.sleep(0.02)
        assert (dying.a.requests, dying.a.connections) == (number, number)


def test_query_survives_a_connection_that_dies_as_it_is_reused(dying):
    """Closed without announcement at the very moment of the answer, so that the request may cross the FIN."""
    dying.a.after = lambda connection, number: number % 7 == 0 and fin_and_rst(connection, number)
    assert all(ask(dying, QUERY) for _ in range(5 * ROUNDS))
    assert dying.a.requests <= 1.1 * 5 * ROUNDS


def in_rhythm(shop, text, count, interval):
    """How many of `count` requests, one each `interval` give or take five milliseconds, were answered well."""
    good, due = 0, time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, due + (number % 11 - 5) / 1000 - time.monotonic()))
        good += ask(shop, text)
        due += interval
    return good


RHYTHM = 0.05


@pytest.mark.parametrize("text", [QUERY, MUTATION])
def test_connection_closed_at_the_moment_of_the_next_request(dying, text):
    """The subgraph closes exactly when the client's next request is due, in turn by FIN and by RST."""
    dying.a.after = lambda connection, number: (time.sleep(RHYTHM - 0.003), fin_and_rst(connection, number))[1]
    good = in_rhythm(dying, text, 2 * ROUNDS, RHYTHM)
    if text == QUERY:
        assert good == 2 * ROUNDS
    assert good <= dying.a.bumps <= 2 * ROUNDS or text == QUERY
    assert dying.a.requests <= 1.1 * 2 * ROUNDS


def test_both_at_fifty_a_second_with_every_seventh_connection_closed(dying):
    dying.a.after = lambda connection, number: number % 7 == 0 and fin_and_rst(connection, number)
    good = {}

    def client(text):
        good[text] = in_rhythm(dying, text, 3 * ROUNDS, 0.02)

    clients = [threading.Thread(target=client, args=(text,)) for text in (QUERY, MUTATION)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    assert good[QUERY] == 3 * ROUNDS
    assert good[MUTATION] <= dying.a.bumps <= 3 * ROUNDS
    assert dying.a.requests <= 1.1 * 6 * ROUNDS


def test_mutation_is_never_sent_twice(dying):
    dying.a.after = lambda connection, number: number % 7 == 0 and fin_and_rst(connection, number)
    dying.a.instead = lambda connection, number: number % 10 == 0 and fin(connection)
    good = sum(ask(dying, MUTATION) for _ in range(2 * ROUNDS))
    assert good <= dying.a.bumps <= 2 * ROUNDS, "one for each mutation sent, or fewer"
    assert dying.a.bumps - good == dying.a.requests // 10, "those read and not answered"


def test_query_that_was_read_and_not_answered_is_asked_once_more(dying):
    dying.a.instead = lambda connection, number: number % 20 == 0 and fin(connection)
    assert all(ask(dying, QUERY) for _ in range(3 * ROUNDS))
    assert dying.a.requests <= 1.1 * 3 * ROUNDS


def test_announced_close_is_respected(dying):
    dying.a.fields = b"Connection: close\r\n"
    dying.a.after = lambda connection, _: (time.sleep(0.1), fin(connection))[1]
    for _ in range(10):
        assert ask(dying, QUERY) and ask(dying, MUTATION)
    assert dying.a.connections == dying.a.requests == 20


@pytest.mark.parametrize("end", [fin, rst])
def test_partial_answer_is_not_asked_for_again(dying, end):
    def half(connection, _):
        connection.sendall(b"HTTP/1.1 2")
        time.sleep(0.02)  # so that an RST does not overtake the bytes
        return end(connection)

    assert ask(dying, QUERY)
    dying.a.instead = half
    before = dying.a.requests
    answer = dying.query("{ me { id } }")
    assert answer.status == 200 and answer.json()["data"] == {"me": None} and answer.json()["errors"]
    assert dying.a.requests == before + 1
    dying.a.instead = lambda *_: False
    assert ask(dying, QUERY) and ask(dying, MUTATION)
