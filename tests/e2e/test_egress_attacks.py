"""Attacks on the allowlist that take a connection: redirects, names that are rebound, aliases, and what a name stands for.

Those with names run in a network of their own, with a name server and a public address of our own.
"""

import tempfile
import time

import pytest

from dns_support import AddressedSubgraph, NameServer, own_address, run_alone
from support import Shop, Stub, free_port, wait_for

PUBLIC = "8.8.8.8"
FRESH = 5.0  # what the router knows of a name is never older
QUERY = "{ me { name } }"


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308])
def test_d16_redirects_of_a_subgraph_are_errors(running, status):
    elsewhere = Stub(lambda *_: (200, {"Content-Type": "application/json"}, b'{"data":{"_entities":[{"score":10}]}}'))
    running.closing.append(elsewhere.close)
    running.b.answer = lambda *_: (status, {"Location": f"http://127.0.0.1:{elsewhere.port}/graphql"}, b"")
    assert running.query("{ me { score } }").codes() == ["SUBGRAPH_HTTP_ERROR"]
    assert elsewhere.requests == []


def test_d16_redirects_of_a_collector_are_not_followed(shop):
    elsewhere = Stub(lambda *_: (200, {}, b""))
    collector = Stub(lambda *_: (307, {"Location": f"http://127.0.0.1:{elsewhere.port}/v1/metrics"}, b""))
    shop.closing += [elsewhere.close, collector.close]
    shop.start(shop.config(telemetry=f"telemetry: {{ otlp: {{ endpoint: \"http://127.0.0.1:{collector.port}\", interval: 1s }} }}\n"))
    assert shop.serves()
    wait_for(lambda: len(collector.requests) > 2, "exports")
    assert elsewhere.requests == [] and shop.serves()


class NamedWorld:
    """A shop whose subgraph a has a name that only DNS knows; loopback is listed for subgraph b's address alone."""

    def __init__(self, folder, record):
        own_address(PUBLIC, 1)
        self.names = NameServer()
        self.names.records["sub.test"] = record
        self.shop = shop = Shop(folder)
        self.port = free_port()
        self.public = AddressedSubgraph(PUBLIC, self.port)
        self.inside = [AddressedSubgraph(f"127.0.0.{n}", self.port) for n in (1, 9)]
        origin = f"http://sub.test:{self.port}"
        shop.move_subgraph_a(f"{origin}/graphql", origin, "127.0.0.1/32")
        shop.start(shop.config())

    def ask(self):
        """The answering address, or the code of the error."""
        answer = self.shop.query(QUERY)
        me = answer.json()["data"]["me"]
        return me["name"] if me else answer.codes()[0]

    def ask_for(self, seconds):
        """What came while no connection lived long; asserts that there was no other address than allowed ones."""
        seen, end = set(), time.monotonic() + seconds
        while time.monotonic() < end:
            seen.add(self.ask())
            self.public.cut()
            time.sleep(0.05)
        assert self.inside[1].connections == 0
        return seen


def in_named_world(record, check):
    with tempfile.TemporaryDirectory() as folder:
        world = NamedWorld(folder, record)
        try:
            check(world)
        finally:
            world.shop.close()


def rebinding():
    turns = [["127.0.0.9"], [PUBLIC]]  # from the end

    def alternating():
        turns.insert(0, turns.pop())
        return turns[0]

    def check(world):
        seen = world.ask_for(4 * FRESH)
        assert PUBLIC in seen and seen <= {PUBLIC, "SUBGRAPH_EGRESS_DENIED"}, seen
        assert world.names.questions >= 4
        world.names.records["sub.test"] = [PUBLIC, "127.0.0.9"]  # both at once
        assert world.ask_for(FRESH + 2) <= {PUBLIC, "SUBGRAPH_EGRESS_DENIED"}
        world.names.records["sub.test"] = ["127.0.0.9"]
        world.ask_for(FRESH + 1)
        assert world.ask_for(1) == {"SUBGRAPH_EGRESS_DENIED"}
        for special in ("0.0.0.0", "169.254.169.254", "10.0.0.1", "224.0.0.1"):
            world.names.records["sub.test"] = [special]
            world.ask_for(FRESH + 1)
            assert world.ask_for(0.5) == {"SUBGRAPH_EGRESS_DENIED"}, special

    in_named_world(alternating, check)


def alias_to_inside():
    def check(world):
        assert world.ask() == PUBLIC
        world.names.records["inside.test"] = ["127.0.0.9"]
        world.names.records["middle.test"] = "inside.test"
        world.names.records["sub.test"] = "middle.test"
        world.ask_for(FRESH + 1)
        assert world.ask_for(1) == {"SUBGRAPH_EGRESS_DENIED"}
        world.names.records["middle.test"] = [PUBLIC]  # an alias as such is nothing bad
        wait_for(lambda: world.ask() == PUBLIC, "the public address")

    in_named_world([PUBLIC], check)


def host_is_the_name():
    def check(world):
        assert world.ask() == PUBLIC
        assert f"\r\nHost: sub.test:{world.port}\r\n".lower() in world.public.last.decode().lower()
        assert PUBLIC not in world.public.last.decode()

    in_named_world([PUBLIC], check)


def test_d17_rebound_names_never_lead_inside():
    run_alone("test_egress_attacks", "rebinding")


def test_d18_aliases_never_lead_inside():
    run_alone("test_egress_attacks", "alias_to_inside")


def test_d20_the_name_is_asked_for_whatever_the_address():
    run_alone("test_egress_attacks", "host_is_the_name")
