"""Attacks by subgraphs and by GraphQL documents, named after the rows of reference/attacks-and-faults.md."""

import gzip
import json
import random
import threading
import time

from attack_support import rss_mib, reset, pipelined, RawSubgraph, use_subgraph_a
from support import JSON, json_answer, request


# --- subgraphs


GOOD = b'{"data":{"me":{"id":"1"}}}'
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(GOOD), GOOD)
BOMB = gzip.compress(b" " * 40_000_000)
BROKEN = {
    "reset": None, "garbage": b"\xff\x00" * 2000, "0.9": GOOD + b"\r\n", "switched": b"HTTP/1.1 101 X\r\nUpgrade: x\r\n\r\n",
    "interim flood": b"HTTP/1.1 103 Early\r\n\r\n" * 50,
    "two framings": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunk overflow": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF1\r\nx",
    "header bomb": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
    "gzip bomb": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(BOMB), BOMB),
    "redirect": b"HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "NUL": b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
}


def test_f5_broken_answers_are_partial_and_poison_no_connection(shop):
    now = [WHOLE]
    stub = RawSubgraph(lambda _: now[0])
    shop.closing.append(stub.close)
    use_subgraph_a(shop, stub.port)
    shop.start()
    for name, answer in BROKEN.items():
        now[0] = answer
        broken = shop.query("{ me { id } }")
        assert broken.status == 200 and broken.json()["data"] == {"me": None}, name
        assert broken.codes()[0].startswith("SUBGRAPH_") and b"127.0.0.1" not in broken.body, name
        now[0] = WHOLE
        assert shop.query("{ me { id } }").json() == {"data": {"me": {"id": "1"}}}, name
    now[0] = WHOLE + WHOLE.replace(b'"1"', b'"9"')
    for _ in range(3):
        assert shop.query("{ me { id } }").json() == {"data": {"me": {"id": "1"}}}


def test_f4_mutations_are_never_sent_twice(shop):
    stub = RawSubgraph(lambda data: None if b"bump" in data else WHOLE)
    shop.closing.append(stub.close)
    use_subgraph_a(shop, stub.port)
    shop.start()
    for _ in range(20):
        shop.query("{ me { id } }")
        assert shop.query("mutation { bump }").codes() == ["SUBGRAPH_UNREACHABLE"]
    assert sum(b"bump" in data for data in stub.requests) == 20


def test_s1_entities_that_cannot_be_told_apart_are_not_shown(shop):
    """One entity for two representations: whose it is, nobody knows."""
    shop.b.answer = lambda _, body: json_answer({"data": {"_entities": [
        {"score": 10 * int(r["id"])} for r in json.loads(body)["variables"]["representations"] if r["id"] != "1"]}})
    shop.start()
    answer = shop.query("{ users { id score } }")
    assert answer.json()["data"] == {"users": [{"id": "1", "score": None}, {"id": "2", "score": None}]}
    assert answer.codes() == ["SUBGRAPH_INVALID"]


def test_f7_errors_that_are_no_list_are_still_errors(running):
    for errors in ({"message": "no"}, "no", 7, True):
        running.a.answer = lambda *_: json_answer({"data": {"me": None}, "errors": errors})  # noqa: B023
        answer = running.query("{ me { id } }")
        assert answer.json()["data"] == {"me": None} and answer.codes() == ["SUBGRAPH_INVALID"], errors


def test_f6_path_of_a_subgraph_error_is_bounded_by_the_schema(shop):
    body = b'{"data":{"me":null},"errors":[{"message":"x","path":["me"' + b",0" * 1_000_000 + b"]}]}"
    shop.a.answer = lambda *_: (200, JSON, body)
    shop.start()
    answer = shop.query("{ me { id } }")
    assert answer.codes() == ["DOWNSTREAM_SERVICE_ERROR"] and len(answer.body) < 10_000
    assert rss_mib(shop) < 100


def test_s6_answers_of_concurrent_requests_are_never_mixed(shop):
    def name_by_tag(_, body):
        tag = json.loads(body)["variables"]["s"]
        time.sleep(random.random() * 0.02)
        return json_answer({"data": {"echo": tag, "me": {"id": tag[1:]}}})

    def score_by_id(_, body):
        time.sleep(random.random() * 0.02)
        return json_answer({"data": {"_entities": [{"score": int(r["id"])}
                                                   for r in json.loads(body)["variables"]["representations"]]}})

    shop.a.answer, shop.b.answer = name_by_tag, score_by_id
    shop.start()
    wrong = []

    def client(number):
        for i in range(8):
            tag = number * 100 + i
            answer = shop.query("query($s: String) { echo(s: $s) me { id score } }", variables={"s": f"t{tag}"}).json()
            if answer != {"data": {"echo": f"t{tag}", "me": {"id": str(tag), "score": tag}}}:
                wrong.append(answer)

    clients = [threading.Thread(target=client, args=(number,)) for number in range(1, 101)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    assert not wrong


# --- GraphQL


def selection(rng, depth, depth_max):
    fields = [field for field in ("id", "name", "score", "tier") if rng.random() < 0.7] or ["score"]
    if depth < depth_max:
        fields.append("friend { " + selection(rng, depth + 1, depth_max) + " }")
    return " ".join(fields)


def interface_of_many_types(shop, count):
    text = shop.supergraph()
    types = "".join(
        f"type T{i} implements Node @join__implements(graph: A, interface: \"Node\") @join__implements(graph: B, "
        f"interface: \"Node\") @join__type(graph: A, key: \"id\") @join__type(graph: B, key: \"id\") "
        "{ id: ID! next: Node @join__field(graph: A) x: Int @join__field(graph: B) }\n" for i in range(count))
    node = ("interface Node @join__type(graph: A) @join__type(graph: B) "
            "{ id: ID! next: Node @join__field(graph: A) x: Int @join__field(graph: B) }\n")
    text = text.replace("  me: User", "  node: Node @join__field(graph: A)\n  me: User")
    shop.graph_file.write_text(text + node + types)
    shop.sign()
    shop.approve()


def test_g25_interfaces_of_many_types_cost_little(shop):
    """`Node` of a Relay schema: 43 bytes must not take a worker and the pod's memory."""
    interface_of_many_types(shop, 100)
    shop.start(shop.config(extra="workers: 1\n"))
    assert "UNSUPPORTED_OPERATION" not in shop.query("{ node { id x next { id } } }").codes()
    began = time.monotonic()
    for query in ("{ node { id x next { id x next { id x } } } }", "{ node { id next { id next { id next { id } } } } }"):
        assert shop.query(query).codes() == ["UNSUPPORTED_OPERATION"]
    assert time.monotonic() - began < 1.5
    assert rss_mib(shop) < 128


def test_g24_distinct_operations_stay_within_the_cache(shop):
    """A client must not be able to have the pod (128 MiB) killed."""
    shop.a.close()  # refused connections are the quickest answers
    shop.closing = shop.closing[1:]
    shop.start(shop.config(extra="workers: 1\n"))
    bodies = []
    for number in range(1_500):
        rng = random.Random(number)
        bodies.append({"query": "{ " + " ".join(f"a{i}: me {{ {selection(rng, 1, 6)} }}" for i in range(8)) + " }"})
    assert pipelined(shop, bodies) == len(bodies)
    assert rss_mib(shop) < 128


def test_g24_plans_of_one_operation_are_counted(shop):
    """Each outcome of @include and @skip has a plan of its own."""
    shop.a.close()
    shop.closing = shop.closing[1:]
    shop.start(shop.config(extra="workers: 1\n"))
    bodies = []
    for number in range(120):
        text = "query(" + ", ".join(f"$v{i}: Boolean!" for i in range(5)) + ") { me { "
        text += " ".join(f"n{i}: name @include(if: $v{i})" for i in range(5))
        text += " " + selection(random.Random(number), 2, 18) + " } }"
        bodies += [{"query": text, "variables": {f"v{i}": bool(mask >> i & 1) for i in range(5)}} for mask in range(32)]
    assert pipelined(shop, bodies) == len(bodies)
    assert rss_mib(shop) < 128


def test_g11_introspection_cannot_be_had_by_detours(running):
    for query in ("{ __schema { types { name } } }", "{ a: __type(name: \"User\") { name } }", "mutation A { bump } "
                  "query B { __schema { types { name } } }", "{ ...f } fragment f on Query { __schema { types "
                  "{ name } } }", "{ __schema @skip(if: true) { types { name } } me { id } }",
                  "{ ... on Query @include(if: true) { x: __schema { queryType { name } } } }"):
        answer = running.query(query, operationName="B") if "query B" in query else running.query(query)
        assert answer.codes() == ["INTROSPECTION_DISABLED"], query
    assert running.query("{ __typename me { __typename } }").json() == {
        "data": {"__typename": "Query", "me": {"__typename": "User"}}}


def test_g12_errors_name_nothing_that_the_client_did_not(running):
    names = {"friend", "score", "tier", "users", "broken", "first", "GOLD", "SILVER", "subgraph", "join__Graph"}
    for query in ("{ mee { id } }", "{ me { scor } }", "{ user { id } }", "{ users(firs: 1) { id } }", "{ ... on Use { id } }",
                  "{ me { tier(a: GOL) } }", "{ _service { sdl } }", "{ _entities(representations: []) { __typename } }",
                  "{ me { id @join__field } }", "{ me }", "{ me { id { x } } }"):
        answer = running.query(query)
        assert answer.codes() and "data" not in answer.json(), query
        assert not [name for name in names if name.encode() in answer.body and name not in query], query
    long_name = running.query("{ " + "x" * 30_000 + " }")
    assert len(long_name.body) < 400
    assert running.subgraph_requests() == 0


HOSTILE = [b"", b"null", b"[]", b"{", b"\xef\xbb\xbf{}", b'{"query":"{me{id}} #\xff"}', b'{"query":"\\ud800"}',
           b'{"a":' * 100_000, b'{"query":"{me{id}}","variables":{"a":' + b"[" * 500_000,
           b'{"query":"{me{id}}","variables":{"a":1,"a":2}}', b'{"query":"{me{id}}","variables":{"a":NaN}}',
           b'{"query":"{me{id}}","variables":"{}"}', b'{"query":"{me{id}}","operationName":1}', b'[{"query":"{me{id}}"}]',
           b'{"query":"{me{id}}","extensions":{"persistedQuery":{"sha256Hash":1}}}',
           '{"query":"{me{id}}"}'.encode("utf-16")]


def test_g17_hostile_bodies_and_numbers_are_refused(running):
    for body in HOSTILE:
        answer = request(running.port, "POST", "/graphql", JSON, body)
        assert answer.status == 400 and answer.codes() == ["BAD_REQUEST"], body[:60]
    for number in (b"1e400", b"9" * 500_000, b"2147483648", b"1.5", b"1e1000000000000", b'"1"', b"true", b"[1,2]"):
        answer = request(running.port, "POST", "/graphql", JSON,
                         b'{"query":"query($n: Int) { echo(n: $n) }","variables":{"n":' + number + b"}}")
        assert answer.codes() == ["BAD_USER_INPUT"], number[:20]
    assert running.subgraph_requests() == 0 and running.serves()


def test_t13_rebuilt_documents_are_bounded_in_bytes(shop):
    """Telemetry keeps a text of up to 8 KiB for each operation it has seen."""
    names = [f"aVeryReasonablyLongFieldName{i:03}" for i in range(200)]
    fields = "".join(f"  {name}: Int @join__field(graph: A)\n" for name in names)
    shop.a.close()
    shop.closing = shop.closing[1:]
    shop.graph_file.write_text(shop.supergraph().replace("  name: String", fields + "  name: String"))
    shop.sign()
    shop.approve()
    shop.start(shop.config(extra="workers: 1\n"))

    def run(first):
        rngs = [random.Random(number) for number in range(first, first + 900)]
        pipelined(shop, [{"query": "{ me { " + " ".join(rng.sample(names, 190)) + " } }"} for rng in rngs])
        return rss_mib(shop)

    run(0)
    before = run(900)
    assert run(1_800) - before < 8
