"""Attacks of reference/attacks-and-faults.md on the running binary, named after their rows."""

import base64
import gzip
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import random
import signal
import socket
import struct
import subprocess
import threading
import time

import pytest

from support import JSON, SIGNET, Stub, json_answer, raw_exchange, request, signet, wait_for
from test_admission import online_config, serve_admission

HEAD = b"POST /graphql HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"


def post(value, head=HEAD):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def rss_mib(shop):
    status = pathlib.Path(f"/proc/{shop.router.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def descriptors(shop):
    return len(os.listdir(f"/proc/{shop.router.process.pid}/fd"))


def reload(shop):
    shop.router.process.send_signal(signal.SIGHUP)


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def live(shop, timeout=2.0):
    try:
        return request(shop.health, "GET", "/health/live", timeout=timeout).status == 200
    except OSError:
        return False


def pipelined(shop, bodies, window=64):
    """Sends requests over one connection, `window` at a time, and counts the answers."""
    answers = 0
    with socket.create_connection(("127.0.0.1", shop.port), timeout=20) as sock:
        for at in range(0, len(bodies), window):
            some = bodies[at:at + window]
            sock.sendall(b"".join(post(body) for body in some))
            got, tail = 0, b""
            while got < len(some):
                piece = sock.recv(1 << 20)
                assert piece, "the connection was closed"
                joined = tail + piece
                got += joined.count(b"HTTP/1.1 ")
                tail = joined[-8:]
            answers += got
    return answers


class RawSubgraph:
    """A subgraph in bytes: `answer(request)` returns what to send, or None to reset the connection."""

    def __init__(self, answer):
        self.answer, self.requests = answer, []
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        try:
            while data := sock.recv(65536):
                self.requests.append(data)
                out = self.answer(data)
                if out is None:
                    return reset(sock)
                sock.sendall(out)
        except OSError:
            pass

    def close(self):
        self.socket.close()


def use_subgraph_a(shop, port):
    shop.a.close()
    shop.a.port = port
    shop.closing = shop.closing[1:]
    shop.graph_file.write_text(shop.supergraph())
    shop.sign()
    shop.approve()


# --- configuration and keys


def test_c12_fifo_in_place_of_the_graph_stops_nothing(running):
    running.graph_file.unlink()
    os.mkfifo(running.graph_file)
    time.sleep(1.3)
    assert live(running) and running.serves()


def test_c12_fifo_in_place_of_a_key_stops_nothing(running):
    key = running.folder / "release.key"
    key.unlink()
    os.mkfifo(key)
    reload(running)
    time.sleep(0.2)
    assert live(running) and running.serves()


@pytest.mark.parametrize("file", ["approve.key.pub", "approve.key", "hook.key"])
def test_c3_files_of_other_keys_are_no_hmac_secret(shop, file):
    """A public key as the secret would let anybody sign."""
    config = shop.config()
    config.write_text(config.read_text().replace(f"secret_file: {shop.folder}/release.key",
                                                 f"secret_file: {shop.folder}/{file}"))
    done = signet("check", "-c", config, check=False)
    assert done.returncode == 1 and "release-1" in done.stderr


def test_c9_ed25519_kid_with_hs256_over_the_public_key_is_refused(running):
    statement = running.graph_file.with_name("graph.graphql.jws")
    payload = json.loads(statement.read_text())["payload"]
    encode = lambda data: base64.urlsafe_b64encode(data).decode().rstrip("=")  # noqa: E731
    pem = (running.folder / "approve.key.pub").read_bytes()
    der = base64.b64decode(b"".join(line for line in pem.splitlines() if not line.startswith(b"-")))

    def sign(kid, key, algorithm="HS256"):
        head = encode(json.dumps({"typ": "signet.statement.v1", "alg": algorithm, "kid": kid}).encode())
        mac = hmac.new(key, f"{head}.{payload}".encode(), hashlib.sha256).digest()
        return {"protected": head, "signature": encode(mac)}

    release = sign("release-1", (running.folder / "release.key").read_bytes().rstrip(b"\n"))
    for count, key in enumerate((pem, pem.strip(), der, der[-32:]), 1):
        statement.write_text(json.dumps({"payload": payload, "signatures": [release, sign("approve-1", key)]}))
        reload(running)
        wait_for(lambda: running.refused("signature") >= count, "the refusal")  # noqa: B023
    statement.write_text(json.dumps({"payload": payload, "signatures": [sign("release-1", b"", "none")]}))
    reload(running)
    wait_for(lambda: running.refused("statement_malformed") == 1, "the refusal")
    assert running.metric("signet_config_applied_total") == 1 and running.serves()


@pytest.mark.parametrize("name,data", [
    ("bomb", gzip.compress(b"\n" * 100_000_000)), ("twice", gzip.compress(gzip.compress(b"x" * 1000))),
    ("cut", gzip.compress(os.urandom(1000))[:-9]), ("junk behind", gzip.compress(b"x") + b"junk")])
def test_c13_signed_gzip_that_is_wrong_is_refused(running, name, data):
    running.graph_file.write_bytes(data)
    running.sign()
    reload(running)
    wait_for(lambda: running.refused("compression") > 0, "the refusal")
    assert running.serves() and rss_mib(running) < 120


def test_c16_rotated_webhook_secret_is_used_after_a_reload(shop):
    admission, port = serve_admission(shop)
    shop.start(online_config(shop, port))
    admission.kill()
    (shop.folder / "hook.key").unlink()
    signet("keygen", "webhook", "--out", shop.folder / "hook.key")
    serve_admission(shop, port=port)
    reload(shop)
    wait_for(lambda: shop.router.events("reloading"), "the reload")
    shop.graph_file.write_text(shop.supergraph("new"))
    shop.sign()
    wait_for(lambda: shop.metric("signet_config_applied_total") == 2, "the new graph", 5)


def test_c16_bad_key_files_and_a_storm_of_reloads_change_nothing(running):
    key = running.folder / "release.key"
    good = key.read_bytes()
    for bad in (b"", b" " * 40, b"short", b"\0" * 40, b"A" * 5000):
        seen = len(running.router.events("reload_refused"))
        key.write_bytes(bad)
        reload(running)
        wait_for(lambda: len(running.router.events("reload_refused")) > seen, "the refusal")  # noqa: B023
    key.write_bytes(good)
    for _ in range(500):
        reload(running)
    assert running.serves() and live(running)
    running.graph_file.write_text(running.supergraph("new"))
    running.sign()
    running.approve()
    wait_for(lambda: running.metric("signet_config_applied_total") == 2, "the new graph")


def test_c5_tampered_last_good_copy_never_serves(shop):
    shop.start()
    assert shop.router.stop() == 0
    shop.graph_file.with_name("graph.graphql.jws").unlink()
    copy = shop.state / "graph.last-good"
    good = copy.read_bytes()
    lines = good.split(b"\n", 1)
    evil = lines[1].replace(b"127.0.0.1", b"127.0.0.2")
    resealed = b" ".join([*lines[0].split(b" ")[:-1], hashlib.sha256(evil).hexdigest().encode()]) + b"\n" + evil
    for bad in (good[:len(good) // 2], good.replace(b"127.0.0.1", b"127.0.0.2"), resealed, b""):
        copy.write_bytes(bad)
        shop.start(ready=False)
        shop.wait_live()
        wait_for(lambda: shop.router.events("artifact_refused"), "the refusal")
        assert shop.get_health().status == 503 and shop.query().status == 503
        shop.router.stop()


def test_c19_swaps_under_load_never_mix_two_graphs(shop):
    version = lambda handler: 1 if "v1" in handler.path else 2  # noqa: E731
    shop.a.answer = lambda handler, _: time.sleep(random.random() * 0.01) or json_answer(
        {"data": {"me": {"id": "1", "name": str(version(handler))}}})
    shop.b.answer = lambda handler, _: time.sleep(random.random() * 0.01) or json_answer(
        {"data": {"_entities": [{"score": version(handler)}]}})
    base = shop.supergraph()

    def put(number):
        shop.graph_file.write_text(base.replace("/graphql\")", f"/v{number}\")"))
        shop.sign()
        shop.approve()

    put(1)
    shop.start()
    stop, answers = threading.Event(), []

    def client():
        connection = http.client.HTTPConnection("127.0.0.1", shop.port, timeout=15)
        while not stop.is_set():
            connection.request("POST", "/graphql", json.dumps({"query": "{ me { name score } }"}), JSON)
            answers.append(json.loads(connection.getresponse().read()))
        connection.close()

    clients = [threading.Thread(target=client) for _ in range(4)]
    for each in clients:
        each.start()
    for number in range(6):
        put(2 - number % 2)
        reload(shop)
        wait_for(lambda: shop.metric("signet_config_applied_total") == number + 2, "the swap")  # noqa: B023
    stop.set()
    for each in clients:
        each.join()
    good = [{"data": {"me": {"name": str(n), "score": n}}} for n in (1, 2)]
    assert answers and all(answer in good for answer in answers)


def test_c19_two_artifacts_swapped_together_are_both_applied(shop):
    file, text = shop.folder / "operations.json", "query Known { me { id } }"
    identifier = hashlib.sha256(text.encode()).hexdigest()

    def put(number):
        file.write_text(json.dumps({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [
            {"id": identifier, "name": "Known", "type": "query", "body": text}]}) + " " * number)
        shop.graph_file.write_text(shop.supergraph(str(number)))
        shop.sign(file, "operations")
        shop.approve(file)
        shop.sign()
        shop.approve()

    put(0)
    shop.start(shop.config(extra=f"operations: {{ mode: ids_only, source: {{ file: {file} }} }}\n"))
    for number in range(1, 4):
        put(number)
        reload(shop)
        wait_for(lambda: shop.metric("signet_config_applied_total") == 2 * number + 2, "both")  # noqa: B023
        assert shop.query(None, documentId=identifier).json() == {"data": {"me": {"id": "1"}}}


def test_f15_record_cut_off_in_the_audit_log_is_not_written_on(shop):
    shop.start()
    shop.router.stop()
    log = shop.state / "audit.log"
    log.write_bytes(log.read_bytes()[:-10])
    shop.start()
    shop.router.stop()
    records = [json.loads(line) for line in log.read_text().splitlines()]
    for before, after in zip(records, records[1:]):
        assert after["prev"] == before["hash"] and after["seq"] == before["seq"] + 1


def test_f14_state_folder_that_cannot_be_written_is_told_for_what_it_is(shop):
    """The graph serves: what failed is its memory, so that a restart would accept older graphs."""
    shop.state.rmdir()
    shop.start(ready=False)
    wait_for(lambda: not shop.router.alive() or ((answer := shop.get_health()) and answer.status == 200), "a decision")
    if shop.router.alive() and not (shop.state / "graph.state").exists():
        assert not shop.router.events("artifact_refused"), "an artifact that serves is called refused"
        assert shop.router.events("artifact_alarm")


# --- the webhook


def test_w3_answers_of_the_webhook_cannot_be_replayed_or_moved(shop):
    _, port = serve_admission(shop)
    seen = []

    def relay(handler, body):
        headers = dict(handler.headers.items())
        answer = request(port, "POST", "/review", headers, body) if not seen else seen[0][2]
        seen.append((headers, body, answer))
        kept = {k: v for k, v in answer.headers if k.lower().startswith("webhook") or k.lower() == "content-type"}
        return answer.status, kept, answer.body

    stub = Stub(relay)
    shop.closing.append(stub.close)
    shop.start(online_config(shop, stub.port))
    headers, body, _ = seen[0]
    headers.pop("Content-Length")
    assert request(port, "POST", "/review", headers, body).status == 409
    assert request(port, "POST", "/review", headers, body + b" ").status == 401
    shop.graph_file.write_text(shop.supergraph("new"))
    shop.sign()
    wait_for(lambda: shop.refused("admission_mismatch") > 0, "the refusal")
    assert shop.serves() and shop.metric("signet_config_applied_total") == 1


def test_w6_webhook_that_resets_floods_or_redirects_fails_closed(shop):
    mode = [None]
    stub = RawSubgraph(lambda _: mode[0])
    shop.closing.append(stub.close)
    shop.start(online_config(shop, stub.port), ready=False)
    shop.wait_live()
    for answer in (None, b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2_000_000, os.urandom(2000),
                   b"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"):
        mode[0], seen = answer, len(stub.requests)
        reload(shop)
        wait_for(lambda: len(stub.requests) > seen, "another try")  # noqa: B023
    time.sleep(0.1)
    assert shop.get_health().status == 503 and shop.query().status == 503


# --- listeners


def test_h2_silent_connections_do_not_shut_out_the_probe(running):
    """The kubelet would kill the pod."""
    silent = [socket.create_connection(("127.0.0.1", running.health)) for _ in range(256)]
    time.sleep(0.3)
    assert live(running, 4.0)
    for sock in silent:
        sock.close()


def test_f21_clients_cannot_use_up_the_descriptors(shop):
    import resource
    shop.start(preexec=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)))
    clients = []
    for _ in range(100):
        clients.append(socket.create_connection(("127.0.0.1", shop.port), timeout=2))
    time.sleep(0.3)
    assert live(shop, 3.0)
    for sock in clients:
        sock.close()
    wait_for(shop.serves, "recovery")


def test_b6_pages_of_other_sites_do_not_reach_the_admin_listener(running):
    """A name that is rebound to loopback, and a form posted across sites."""
    assert request(running.admin, "GET", "/status", {"Host": f"evil.example:{running.admin}"}).status in (403, 421)
    simple = {"Origin": "https://evil.example", "Content-Type": "text/plain"}
    assert request(running.admin, "POST", "/admin/reload", simple).status in (400, 403)
    assert request(running.admin, "GET", "/status").status == 200
    assert request(running.admin, "GET", "/status", {"Host": "localhost"}).status == 200


def test_h3_flood_of_pipelined_requests_is_answered_in_order(running):
    count = 5_000
    got = raw_exchange(running.port, b"GET /x HTTP/1.1\r\nHost: t\r\n\r\n" * count)
    assert got.count(b"HTTP/1.1 404 ") == count
    got = raw_exchange(running.port, post({"query": "{ me { id } }"}) * 200 + b"GET /x HTTP/1.1\r\nHost: t\r\n\r\n")
    assert got.count(b'{"data":{"me":{"id":"1"}}}') == 200 and got.rstrip().endswith(b'"NOT_FOUND"}}]}')
    assert running.serves()


def test_f28_clients_that_reset_leave_nothing_behind(running):
    assert running.serves()
    before = descriptors(running)
    for _ in range(300):
        sock = socket.create_connection(("127.0.0.1", running.port))
        sock.sendall(post({"query": "{ me { id score } }"}))
        reset(sock)
    wait_for(lambda: descriptors(running) <= before + 110, "descriptors")  # 100 may stay pooled to subgraphs
    assert running.serves()


def test_f28_upstream_is_cancelled_when_the_client_is_gone(shop):
    ended = threading.Event()

    def slow(handler, _):
        handler.connection.settimeout(3)
        try:
            if handler.connection.recv(1) == b"":
                ended.set()
        except ConnectionResetError:
            ended.set()
        except OSError:
            pass
        return json_answer({"data": {"me": None}})

    shop.a.answer = slow
    shop.start()
    sock = socket.create_connection(("127.0.0.1", shop.port))
    sock.sendall(post({"query": "{ me { id } }"}))
    wait_for(lambda: shop.a.requests, "the fetch")
    reset(sock)
    assert ended.wait(1.0), "the subgraph works on for nobody"


def test_f14_blocked_and_closed_output_stops_nothing(shop):
    import fcntl
    read, write = os.pipe()
    fcntl.fcntl(write, 1031, 4096)  # F_SETPIPE_SZ
    process = subprocess.Popen([SIGNET, "serve", "-c", shop.config()], stdin=subprocess.DEVNULL, stdout=write,
                               stderr=write)
    try:
        os.close(write)
        wait_for(lambda: (answer := shop.get_health()) and answer.status == 200, "readiness")
        for _ in range(100):
            shop.query()
        time.sleep(0.3)
        assert shop.serves() and live(shop)
        os.close(read)
        assert shop.serves() and live(shop)
        process.terminate()
        assert process.wait(8) == 0
    finally:
        process.kill()
        process.wait()


def test_g17_members_that_stand_twice_in_a_get_are_refused(running):
    once = "query=query%20A%7Bme%7Bid%7D%7Dquery%20B%7Bme%7Bname%7D%7D&operationName=A"
    headers = {"apollo-require-preflight": "1"}
    assert request(running.port, "GET", f"/graphql?{once}", headers).json() == {"data": {"me": {"id": "1"}}}
    for twice in ("&operationName=B", "&variables={}&variables={}", "&extensions={}&extensions={}"):
        assert request(running.port, "GET", f"/graphql?{once}{twice}".replace("{}", "%7B%7D"), headers).status == 400


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


# --- commands


def test_keygen_does_not_overwrite_a_key(shop):
    for kind, file in (("hmac", "release.key"), ("ed25519", "approve.key"), ("webhook", "hook.key")):
        before = (shop.folder / file).read_bytes()
        done = signet("keygen", kind, "--out", shop.folder / file, check=False)
        assert done.returncode == 3 and (shop.folder / file).read_bytes() == before


def test_check_of_a_supergraph_that_is_not_there_is_the_environments_fault(shop):
    assert signet("check", "--supergraph", shop.folder / "nothing.graphql", check=False).returncode == 3


def test_probes_reach_listeners_on_unix_sockets(shop):
    config = shop.config()
    text = config.read_text().replace(f"admin: 127.0.0.1:{shop.admin}", f"admin: unix:{shop.folder}/admin.sock")
    config.write_text(text.replace(f"health: 127.0.0.1:{shop.health}", f"health: unix:{shop.folder}/health.sock"))
    shop.start(config, ready=False)
    wait_for(lambda: shop.router.events("artifact_accepted"), "the graph")
    assert signet("healthcheck", "--health", f"unix:{shop.folder}/health.sock", check=False).returncode == 0
    assert json.loads(signet("status", "--admin", f"unix:{shop.folder}/admin.sock").stdout)["ready"]
