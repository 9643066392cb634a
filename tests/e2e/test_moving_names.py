"""Names that move, fail and are slow: field report 21 and faults F25 and F33, each phase shortened to seconds.

Everything happens in one network namespace with a name server of our own, so that names and addresses are as in a
cluster and nothing outside is asked.
"""

import contextlib
import tempfile
import time

from dns_support import SERVFAIL, NXDOMAIN, AddressedSubgraph, DeadAddress, Load, NameServer, run_alone
from support import Shop, free_port, wait_for

FRESH = 5.0  # what the router knows of a name is never older


@contextlib.contextmanager
def named_shop():
    """A name server, and a shop that runs with subgraph a by the name sub.test, which is 127.0.0.2 at first."""
    names = NameServer()
    with tempfile.TemporaryDirectory() as folder:
        names.records["sub.test"] = ["127.0.0.2"]
        shop = with_named_subgraph(folder)
        try:
            yield names, shop
        finally:
            shop.close()


def with_named_subgraph(folder):
    shop = Shop(folder)
    shop.named_port = free_port()
    origin = f"http://sub.test:{shop.named_port}"
    shop.move_subgraph_a(f"{origin}/graphql", origin, "127.0.0.0/29")
    shop.start(shop.config())
    return shop


def percentile(answers, share):
    return sorted(answer[1] for answer in answers)[int(len(answers) * share)]


def moves():
    with named_shop() as (names, shop):
        two, three = (AddressedSubgraph(f"127.0.0.{n}", shop.named_port) for n in (2, 3))
        load = Load(shop.port, "{ me { name } }")
        load.start()
        time.sleep(1.0)
        assert {answer[2] for answer in load.answers} == {"127.0.0.2"}

        moved = time.monotonic()  # the old one stays up
        names.records["sub.test"] = ["127.0.0.3"]
        wait_for(lambda: load.answers[-1][2] == "127.0.0.3", "the new address")
        assert time.monotonic() - moved < FRESH + 0.5
        connections = two.connections
        time.sleep(0.5)
        assert {answer[2] for answer in load.since(moved + FRESH + 0.5)} <= {"127.0.0.3"}
        assert two.connections == connections
        assert all(answer[2] for answer in load.answers), "no error"

        four = AddressedSubgraph("127.0.0.4", shop.named_port)
        time.sleep(0.3)
        moved = time.monotonic()  # and the old one is gone
        names.records["sub.test"] = ["127.0.0.4"]
        three.kill()
        time.sleep(2.0)
        failed = [answer for answer in load.since(moved - 0.1) if not answer[2]]
        assert len(failed) <= 1, failed  # the one in flight
        assert load.answers[-1][2] == "127.0.0.4"

        moved = time.monotonic()  # one address of two is dead (F33)
        two.kill()
        dead = DeadAddress("127.0.0.2", shop.named_port)
        names.records["sub.test"] = ["127.0.0.2", "127.0.0.4"]
        time.sleep(FRESH + 1)
        for _ in range(10):  # so that new connections are needed, again and again
            four.cut()
            time.sleep(0.2)
        answers = load.since(moved)
        assert all(answer[2] == "127.0.0.4" for answer in answers)
        assert sum(answer[1] > 0.2 for answer in answers) <= 1 + len(answers) // 500, sorted(answers, key=lambda answer: answer[1])[-5:]

        for fault in (NXDOMAIN, SERVFAIL, None):  # the last good addresses serve
            began, asked = time.monotonic(), names.questions
            names.records["sub.test"] = fault
            time.sleep(FRESH + 0.5)
            four.cut()
            time.sleep(0.5)
            assert all(answer[2] for answer in load.since(began)), fault
            assert names.questions > asked
        load.stop()
        dead.close()


def slow_resolver():
    with named_shop() as (names, shop):
        AddressedSubgraph("127.0.0.2", shop.named_port)
        shop.b.answer = lambda *_: (200, {}, b'{"data":{"_entities":[{"score":1,"name":"x"}]}}')
        load = Load(shop.port, "{ me { name score } }")
        load.start()
        time.sleep(1.5)
        quiet = percentile(load.answers, 0.95)
        names.delay, began = 5.0, time.monotonic()
        other = Load(shop.port, "{ me { name } }")
        other.start()
        time.sleep(FRESH + 3)
        load.stop()
        other.stop()
        slow = load.since(began)
        assert len(slow) > 200 and all(answer[2] for answer in slow + other.answers)
        assert percentile(slow, 0.95) < 3 * quiet + 0.02, (quiet, percentile(slow, 0.95))
        names.records["sub.test"] = None  # and a lookup that hangs does not keep the process
        time.sleep(FRESH)
        began = time.monotonic()
        assert shop.router.stop() == 0
        assert time.monotonic() - began < 2


def denied(answer):
    return answer if answer.codes() == ["SUBGRAPH_EGRESS_DENIED"] else None


def egress_of_new_addresses():
    with named_shop() as (names, shop):
        AddressedSubgraph("127.0.0.2", shop.named_port)
        outside = AddressedSubgraph("127.0.0.9", shop.named_port)  # not in 127.0.0.0/29
        assert shop.query("{ me { name } }").json() == {"data": {"me": {"name": "127.0.0.2"}}}
        names.records["sub.test"] = ["127.0.0.9"]
        answer = wait_for(lambda: denied(shop.query("{ me { name } }")), "the refusal")
        assert answer.json()["data"] == {"me": None}
        assert outside.connections == 0


def test_report_21_names_that_move():
    run_alone("test_moving_names", "moves")


def test_report_21_slow_resolver_delays_no_other():
    run_alone("test_moving_names", "slow_resolver")


def test_report_21_new_addresses_are_checked_against_the_allow_list():
    run_alone("test_moving_names", "egress_of_new_addresses")
