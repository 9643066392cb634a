"""Planning happens beside serving: a flood of new operations neither stalls the known ones nor fills the memory."""

import http.client
import json
import random
import threading
import time

from attack_support import pipelined, rss_mib
from support import request, wait_for

KNOWN = "{ __typename }"
UNLIMITED = "limits: { aliases: off, root_fields: off, height: off, fields: off, tokens: off, document: off }\n"


def heavy(tag, roots=1_500, depth=6):
    """Takes a planner a few hundred milliseconds; no subgraph is asked, as there are too many fetches."""
    inner = "id name score tier"
    for _ in range(depth):
        inner = f"id name score tier friend {{ {inner} }}"
    return "{ " + " ".join(f"a{tag}_{i}: me {{ {inner} }}" for i in range(roots)) + " }"


def operation(number):
    """One of many that differ in what they select."""
    rng = random.Random(number)

    def selection(depth):
        fields = [field for field in ("id", "name", "score", "tier") if rng.random() < 0.7] or ["score"]
        return " ".join(fields + (["friend { " + selection(depth + 1) + " }"] if depth < 6 else []))

    return "{ " + " ".join(f"a{i}: me {{ {selection(1)} }}" for i in range(8)) + " }"


def ask_and_forget(shop, query):
    try:
        request(shop.port, "POST", "/graphql", {"Content-Type": "application/json"}, json.dumps({"query": query}))
    except (OSError, http.client.HTTPException):
        pass  # closed with the router


def planned(shop):
    return shop.metric("signet_planner_duration_seconds_count")


def test_known_operations_are_answered_while_others_are_planned(shop):
    shop.start(shop.config(extra="workers: 1\n" + UNLIMITED))
    assert shop.query(KNOWN).json() == {"data": {"__typename": "Query"}}
    times, taken = [], []

    def flood(client):
        for i in range(3):
            began = time.monotonic()
            assert shop.query(heavy(f"c{client}r{i}")).codes() == ["UNSUPPORTED_OPERATION"]
            taken.append(time.monotonic() - began)

    clients = [threading.Thread(target=flood, args=(client,)) for client in range(2)]
    for client in clients:
        client.start()
    while any(client.is_alive() for client in clients):
        began = time.monotonic()
        assert shop.query(KNOWN).status == 200
        times.append(time.monotonic() - began)
    assert len(taken) == 6 and shop.subgraph_requests() == 0
    # On the worker's own thread, each would have waited for at least one whole planning.
    times.sort()
    assert len(times) > 5 * len(taken), (len(times), taken)
    assert times[len(times) * 95 // 100] < sorted(taken)[3] / 2, (times[-20:], taken)


def test_many_who_ask_the_same_cause_one_planning(shop):
    shop.start(shop.config(extra="workers: 3\n"))
    answers = []
    clients = [threading.Thread(target=lambda: answers.append(shop.query())) for _ in range(40)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert {answer.body for answer in answers} == {b'{"data":{"me":{"id":"1","name":"Ada","score":10}}}'}
    wait_for(lambda: planned(shop) == 1, "one planning")
    assert shop.metric("signet_plan_cache_operations") == 1
    assert 0 < shop.metric("signet_plan_cache_bytes") < 100_000


def test_a_new_graph_leaves_in_the_caches_only_what_is_planned_for_it(running):
    assert running.serves() and running.query("{ echo }").status == 200
    wait_for(lambda: planned(running) == 2, "two plannings")
    running.graph_file.write_text(running.supergraph().replace("  echo(s: String, n: Int): String @join__field(graph: A)\n", ""))
    running.sign()
    running.approve()
    wait_for(lambda: len(running.router.events("artifact_accepted")) == 2, "the new graph")
    wait_for(lambda: running.metric("signet_plan_cache_operations") == 1, "a cache with what is still valid")
    assert running.serves() and running.query("{ echo }").codes() == ["GRAPHQL_VALIDATION_FAILED"]
    wait_for(lambda: planned(running) == 3, "another look at what is not")


def test_a_flood_over_many_workers_stays_within_the_pod(shop):
    """All caches together have one bound, however many workers there are; the pods of deploy/kubernetes have 128 MiB."""
    shop.a.close()  # refused connections are the quickest answers
    shop.closing = shop.closing[1:]
    shop.start(shop.config(extra="workers: 4\n"))
    done = []

    def flood(client):
        done.append(pipelined(shop, [{"query": operation(client * 1_000 + i)} for i in range(500)]))

    clients = [threading.Thread(target=flood, args=(client,)) for client in range(4)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert done == [500] * 4
    assert shop.metric("signet_plan_cache_bytes") <= 32 << 20
    assert rss_mib(shop) < 128


def test_planning_does_not_outlive_the_router(shop):
    """It stops while requests wait for a plan."""
    config = shop.config(extra="workers: 2\n" + UNLIMITED)
    config.write_text(config.read_text().replace("drain: 5s", "drain: 300ms"))
    shop.start(config)
    clients = [threading.Thread(target=ask_and_forget, args=(shop, heavy(i)), daemon=True) for i in range(8)]
    for client in clients:
        client.start()
    wait_for(lambda: planned(shop) > 0, "planning")
    assert shop.router.stop() == 0
