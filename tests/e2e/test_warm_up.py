"""Step 6 of the gate: what clients ask most is planned before a graph serves. Counted by the planners' work, not by time."""

import threading

from gate_support import make_graph, reload
from support import json_answer, request, wait_for

HOT = ["{ me { name } }", "{ me { id name score } }", "query($w: Boolean!) { me { id name @include(if: $w) } }"]


def planned(shop):
    return shop.metric("signet_planner_duration_seconds_count")


def ask(shop, text):
    answer = shop.query(text, variables={"w": True} if "$w" in text else {})
    assert answer.status == 200, answer.body
    return answer


def swap(shop, marker):
    before = shop.status()["graph"]["serial"]
    make_graph(shop, marker)
    reload(shop)
    wait_for(lambda: shop.status()["graph"]["serial"] > before, "the swap")


def planned_for(shop, texts, number):
    """How many plans were made for `texts`. One more is made at the end, which shows that all were counted."""
    before = planned(shop)
    for text in texts:
        ask(shop, text)
    ask(shop, f"query Cold{number} {{ me {{ id }} }}")
    wait_for(lambda: planned(shop) > before, "the plan that was not made before")
    return planned(shop) - before - 1


def test_hot_operations_need_no_planning_after_a_swap(running):
    for text in HOT * 3 + ["{ echo }"]:
        ask(running, text)
    misses = running.metric("signet_plan_cache_misses_total")
    base = running.supergraph
    running.supergraph = lambda marker="": base(marker).replace("  echo(s: String, n: Int): String @join__field(graph: A)\n", "")
    swap(running, "without echo")
    event = running.router.events("warmed_up")[-1]
    assert event["operations"] == str(len(HOT)) and event["left_out"] == "1"
    assert running.metric("signet_plan_cache_warmed_total") == len(HOT)
    assert planned_for(running, HOT, 1) == 0
    assert running.metric("signet_plan_cache_misses_total") == misses + 1
    assert running.query("{ echo }").codes() == ["GRAPHQL_VALIDATION_FAILED"]


def test_hot_operations_stay_warm_over_swaps_in_which_nobody_asks(running):
    for text in HOT:
        ask(running, text)
    for number in range(3):
        swap(running, f"swap {number}")
    assert planned_for(running, HOT, 1) == 0


def test_reload_that_changes_no_limit_keeps_the_plans(running):
    for text in HOT:
        ask(running, text)
    running.config(extra="errors: { subgraph_messages: shown }\n")
    assert request(running.admin, "POST", "/admin/reload").status == 200
    assert planned_for(running, HOT, 1) == 0
    running.config(extra="limits: { depth: 10 }\n")
    assert request(running.admin, "POST", "/admin/reload").status == 200
    assert planned_for(running, HOT, 2) >= len(HOT)


def test_c19_at_most_two_graphs_serve_at_a_time(running):
    """A request under the first graph holds up the third, not the second."""
    go, asked = threading.Event(), threading.Event()
    answer = running.a.answer

    def slow(handler, body):
        if b"slow" not in body:
            return answer(handler, body)
        asked.set()
        go.wait(15)
        return json_answer({"data": {"slow": "done"}})

    running.a.answer = slow
    answers = []
    client = threading.Thread(target=lambda: answers.append(running.query("{ slow }")))
    client.start()
    assert asked.wait(10)
    swap(running, "second")
    second = running.status()["graph"]["serial"]
    make_graph(running, "third")
    reload(running)
    waits = wait_for(lambda: running.router.events("swap_waits"), "the third graph to be built")
    applied = running.metric("signet_config_applied_total")
    assert len(waits) == 1 and waits[0]["at_most"] == "30s"
    assert running.serves() and running.status()["graph"]["serial"] == second
    go.set()
    client.join()
    assert answers[0].json() == {"data": {"slow": "done"}}
    wait_for(lambda: running.status()["graph"]["serial"] > second, "the third graph")
    assert running.metric("signet_config_applied_total") == applied + 1
