"""Attacks on the gate, the listeners and the commands, named after the rows of reference/attacks-and-faults.md."""

import base64
import gzip
import hashlib
import hmac
import http.client
import json
import os
import random
import socket
import subprocess
import threading
import time

import pytest

from attack_support import post, rss_mib, descriptors, reset, live, RawSubgraph
from support import JSON, SIGNET, Stub, json_answer, raw_exchange, request, signet, wait_for
from gate_support import reload, serve_admission
from test_admission import online_config


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
    ("cut", gzip.compress(os.urandom(1000))[:-9]), ("junk behind", gzip.compress(b"x") + b"junk")],
    ids=lambda value: value if isinstance(value, str) else "")
def test_c13_signed_gzip_that_is_wrong_is_refused(running, name, data):
    running.graph_file.write_bytes(data)
    running.sign(unchecked=True)
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
    wait_for(lambda: shop.router.events("reloaded"), "the reload")
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
    log = shop.state / "audit-00000001.log"
    log.write_bytes(log.read_bytes()[:-10])
    shop.start()
    shop.router.stop()
    records = [json.loads(line) for line in log.read_text().splitlines()]
    assert [record["attrs"]["segment"] for record in records if record["type"] == "recovery"] == ["1"]
    for before, after in zip(records, records[1:]):
        assert after["prev"] == before["hash"] and after["seq"] == before["seq"] + 1


def test_f14_state_folder_that_cannot_be_written_is_told_for_what_it_is(shop):
    """The graph serves: what failed is its memory, so that a restart would accept older graphs."""
    shop.state.rmdir()
    shop.start(ready=False)
    wait_for(lambda: not shop.router.alive() or ((answer := shop.get_health()) and answer.status == 200), "a decision")
    assert not shop.router.alive() and "state_dir" in shop.router.log(), "it would forget the serial floor"


def test_f14_state_folder_that_goes_away_is_an_alarm_not_a_refusal(running):
    import shutil
    shutil.rmtree(running.state)
    first = running.status()["graph"]["serial"]
    running.graph_file.write_text(running.supergraph("second"))
    running.sign()
    running.approve()
    wait_for(lambda: running.status()["graph"]["serial"] > first, "the new graph")
    assert not running.router.events("artifact_refused")
    assert running.router.events("artifact_alarm")[-1]["alarm"] == "state_not_saved"


def test_f14_audit_log_that_cannot_be_opened_is_told(shop):
    (shop.state / "audit-00000001.log").mkdir()
    shop.start()
    assert "audit-00000001.log" in shop.router.events("audit_failed")[0]["problem"]
    assert shop.metric("signet_audit_failed_total") == len(shop.router.events("audit_failed"))


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
    wait_for(lambda: descriptors(running) <= before + 210, "descriptors")  # 100 may stay pooled for each subgraph
    assert running.serves()


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
    assert json.loads(signet("status", "--admin", f"unix:{shop.folder}/admin.sock", "--output", "json").stdout)["ready"]
