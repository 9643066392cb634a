"""The graph answers as one: fields of two subgraphs in one result, and what goes wrong stays where it is."""

import json

from support import json_answer


def test_query_joins_two_subgraphs(running):
    answer = running.query("{ me { id name score friend { name tier } } }")
    assert answer.json() == {"data": {"me": {"id": "1", "name": "Ada", "score": 10,
                                             "friend": {"name": "Bob", "tier": "GOLD"}}}}


def test_mutation_runs_once(running):
    assert running.query("mutation { bump }").json() == {"data": {"bump": 1}}
    assert len(running.a.requests) == 1


def test_variables_are_coerced_and_sent_as_json(running):
    hostile = 'x"}\n{evil}\\ ' + "é"
    running.query("query($s: String) { echo(s: $s) }", variables={"s": hostile})
    sent = json.loads(running.a.requests[-1][3])
    assert hostile in sent["variables"].values() and hostile not in sent["query"]


def test_wrong_variable_is_refused_before_any_subgraph(running):
    answer = running.query("query($n: Int) { echo(n: $n) }", variables={"n": "many"})
    assert answer.codes() == ["BAD_USER_INPUT"] and running.subgraph_requests() == 0


def test_subgraph_error_is_masked_and_partial(running):
    answer = running.query("{ broken { id } me { name } }")
    assert answer.status == 200 and answer.json()["data"]["me"] == {"name": "Ada"}
    assert answer.codes() == ["DOWNSTREAM_SERVICE_ERROR"] and b"secret-subgraph-detail" not in answer.body
    assert answer.json()["errors"][0]["path"] == ["broken"]


def test_dead_subgraph_leaves_the_rest(running):
    running.b.answer = lambda *_: (502, {"Content-Type": "text/html"}, b"<html>bad gateway</html>")
    answer = running.query("{ me { name score } }")
    assert answer.json()["data"] == {"me": {"name": "Ada", "score": None}}
    assert answer.codes() == ["SUBGRAPH_HTTP_ERROR"]


def test_junk_from_a_subgraph_never_reaches_the_client(running):
    running.b.answer = lambda *_: json_answer({"data": {"_entities": [{"score": {"$evil": 1}, "tier": "BRASS"}]}})
    answer = running.query("{ me { score tier } }")
    assert answer.json()["data"] == {"me": {"score": None, "tier": None}}
    assert b"evil" not in answer.body and b"BRASS" not in answer.body


def test_introspection_is_off_and_typename_is_not(running):
    assert running.query("{ __schema { types { name } } }").codes() == ["INTROSPECTION_DISABLED"]
    assert running.query("{ __typename me { __typename } }").json()["data"] == {
        "__typename": "Query", "me": {"__typename": "User"}}


def test_subscription_is_refused_by_name(running):
    assert running.query("subscription { tick }").status in (200, 400)
    assert running.query("subscription { tick }").codes() != []


def test_get_runs_queries_and_refuses_mutations(running):
    from support import request
    headers = {"apollo-require-preflight": "1"}
    assert request(running.port, "GET", "/graphql?query=%7Bme%7Bid%7D%7D", headers).json() == {
        "data": {"me": {"id": "1"}}}
    answer = request(running.port, "GET", "/graphql?query=mutation%7Bbump%7D", headers)
    assert answer.status == 405 and answer.header("Allow") and running.subgraph_requests() == 1
