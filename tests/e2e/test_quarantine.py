"""What was refused is remembered by its digest: neither fetched nor examined again before it changes."""

import json
import os
import time

import pytest

from gate_support import cdn_config, make_graph, publish, push, statement_file, wait_refused
from support import decode_payload, wait_for

FULL = bool(os.environ.get("SIGNET_FULL"))


class Publisher:
    """Graphs on the CDN, good or broken, and how often each was fetched."""

    def __init__(self, shop, cdn):
        self.shop, self.cdn, self.pushes = shop, cdn, 0

    def broken(self, marker):
        """Signed and approved, and no graph can be built from it: its digest."""
        self.shop.graph_file.write_text(self.shop.supergraph(marker).replace("join/v0.3", "join/v9.9"))
        self.shop.sign(unchecked=True)
        self.shop.approve()
        return self.publish()

    def publish(self):
        publish(self.shop, self.cdn)
        self.statement = self.cdn.statement
        return json.loads(decode_payload(statement_file(self.shop).read_bytes()))["sha256"]

    def fetched(self, sha256):
        return sum(path.endswith(sha256) for _, path, _, _ in self.cdn.stub.requests)

    def polls(self):
        return sum(path.endswith("statement.jws") for _, path, _, _ in self.cdn.stub.requests)

    def poll(self, times=1):
        for _ in range(times):
            before = self.polls()
            self.pushes += 1
            push(self.shop, self.pushes)
            wait_for(lambda: self.polls() > before, "the poll")  # noqa: B023


@pytest.fixture
def publisher(shop, cdn):
    publish(shop, cdn)
    shop.start(cdn_config(shop, cdn))
    return Publisher(shop, cdn)


def test_refused_artifact_is_fetched_and_told_once(shop, publisher):
    good = shop.status()["graph"]["sha256"]
    bad = publisher.broken("one")
    publisher.poll()
    wait_refused(shop, "build")
    publisher.poll(5)
    assert publisher.fetched(bad) == 1 and shop.refused("build") == 1
    assert shop.status()["graph"]["sha256"] == good and shop.serves()
    assert shop.status()["last_refusal"]["graph"]["reason"] == "build"


def test_f19_two_refused_artifacts_in_turn_are_both_remembered_and_the_next_good_one_applies(shop, cdn, publisher):
    bad, statements = [], []
    for marker in ("one", "two"):
        bad.append(publisher.broken(marker))
        statements.append(cdn.statement)
        publisher.poll()
        wait_refused(shop, "build", len(bad) - 1)
    for _ in range(3):
        for statement in statements:
            cdn.statement = statement
            publisher.poll()
    assert [publisher.fetched(digest) for digest in bad] == [1, 1] and shop.refused("build") == 2
    good = make_graph(shop, "good")
    publisher.publish()
    publisher.poll()
    wait_for(lambda: shop.status()["graph"]["sha256"] == good, "the good graph")
    cdn.statement = statements[0]  # an older one, refused before: no news
    publisher.poll(2)
    assert publisher.fetched(bad[0]) == 1


def test_restart_looks_once_more_and_serves_meanwhile(shop, cdn, publisher):
    good = shop.status()["graph"]["sha256"]
    bad = publisher.broken("one")
    publisher.poll()
    wait_refused(shop, "build")
    assert shop.router.stop() == 0
    shop.start(cdn_config(shop, cdn))
    wait_refused(shop, "build")
    publisher.poll(3)
    assert publisher.fetched(bad) == 2 and shop.refused("build") == 1
    assert shop.status()["graph"]["sha256"] == good and shop.serves()


def test_changed_policy_looks_again(shop, cdn, publisher):
    bad = publisher.broken("one")
    publisher.poll()
    wait_refused(shop, "build")
    shop.router.process.send_signal(1)
    wait_for(lambda: shop.refused("build") == 2, "another look")
    assert publisher.fetched(bad) == 2


def test_polls_go_on_at_least_as_often_as_the_alarm_about_their_lack_needs(shop, cdn):
    publish(shop, cdn)
    shop.start(cdn_config(shop, cdn, "1s"))
    cdn.down = True
    times, end = [], time.monotonic() + (45 if FULL else 15)
    while time.monotonic() < end:
        seen = len(cdn.stub.requests)
        wait_for(lambda: len(cdn.stub.requests) > seen or time.monotonic() > end, "a poll", 60)  # noqa: B023
        times.append(time.monotonic())
    assert max(after - before for before, after in zip(times, times[1:])) <= 10.5  # ten polls of 1 s
