"""Complexity limits, on by default, refused before any subgraph is asked."""

import pytest

from support import request

DEEP = "{ me " + "{ friend " * 25 + "{ id }" + " }" * 25 + " }"
ROWS = [
    ("depth", DEEP, "MAX_DEPTH_LIMIT"),
    ("aliases", "{ me { " + " ".join(f"a{i}: id" for i in range(31)) + " } }", "MAX_ALIASES_LIMIT"),
    ("root_fields", "{ " + " ".join(f"f{i}: me {{ id }}" for i in range(21)) + " }", "MAX_ROOT_FIELDS_LIMIT"),
    ("tokens", "{ me { " + "id " * 15_000 + "} }", None),
    ("recursion", "{ echo(s: " + "[" * 250 + "]" * 250 + ") }", "MAX_RECURSION_LIMIT"),
    ("directives", "{ me { id " + "@include(if: true) " * 51 + "} }", "MAX_DIRECTIVES_LIMIT"),
    ("height", "{ me { " + " ".join(f"x{i}" for i in range(201)) + " } }", "MAX_HEIGHT_LIMIT"),
    ("document", "{ me { id } } #" + "x" * 33_000, "MAX_DOCUMENT_LIMIT"),
]


@pytest.mark.parametrize("name,query,code", ROWS, ids=[row[0] for row in ROWS])
def test_beyond_the_limit_is_refused(running, name, query, code):
    answer = running.query(query)
    assert answer.status == 400 and running.subgraph_requests() == 0
    if code:
        assert answer.codes() == [code]
    else:
        assert answer.codes()[0].startswith("MAX_")


def test_within_the_limits_is_answered(running):
    assert running.query("{ me " + "{ friend " * 18 + "{ id }" + " }" * 18 + " }").status == 200
    assert running.query("{ me { " + " ".join(f"a{i}: id" for i in range(30)) + " } }").status == 200


def test_fragment_bomb_costs_nothing(running):
    bomb = "{ ...f0 } " + " ".join(f"fragment f{i} on Query {{ ...f{i + 1} ...f{i + 1} }}" for i in range(64))
    bomb += " fragment f64 on Query { me { id } }"
    answer = running.query(bomb)
    assert answer.status == 400 and running.subgraph_requests() == 0


def test_measured_limits_count_and_pass(shop):
    shop.start(shop.config(extra="limits: { depth: { max: 1, mode: measure }, aliases: off }\n"))
    assert shop.serves()
    assert shop.metric("signet_limit_exceeded_total", signet_limit_name="depth") >= 1


def test_configured_limit_moves_the_edge(shop):
    shop.start(shop.config(extra="limits: { depth: 2, body: 1KiB }\n"))
    assert shop.query("{ me { id } }").status == 200
    assert shop.query("{ me { friend { id } } }").codes() == ["MAX_DEPTH_LIMIT"]
    assert shop.query("{ me { id } }" + " " * 1100).status == 413


def test_body_above_the_cap_is_413(running):
    answer = request(running.port, "POST", "/graphql", {"Content-Type": "application/json"}, b"x" * 2_000_001)
    assert answer.status == 413 and answer.codes() == ["PAYLOAD_TOO_LARGE"]
