"""The admission server that reads artifacts itself: changes, memory, windows, and one verdict for everybody."""

import json
import os
import signal
import threading
import time

import pytest
from admission_support import ask, ask_at_once, counts, new_id, Publisher, review_body
from gate_support import admission_block, cdn_config, LyingClock, reload, serve_admission, wait_refused, wait_serial
from support import decode_payload, free_port, Process, RawServer, request, signet, Stub, wait_for, webhook_headers
from tls_support import Authority, TlsStub

HOOK = "hook.key"


@pytest.fixture
def publisher(shop):
    return Publisher(shop)


def without(text, line):
    assert text.count(line) == 1, line
    return text.replace(line, "")


def wider(shop):
    """The shop's graph with one more field, which only adds."""
    return shop.supergraph().replace("  bump: Int\n", "  bump: Int\n  more: Int\n")


def narrower(shop):
    return without(shop.supergraph(), "  slow: String @join__field(graph: A)\n")


def sha256(statement):
    return json.loads(decode_payload(statement))["sha256"]


def stored(shop, statement):
    return shop.folder / "store" / "graph" / "shop" / "test" / sha256(statement)


def test_breaking_change_keeps_a_graph_out_of_the_router(shop, publisher):
    _, port = serve_admission(shop, **publisher.policy())
    first = publisher.publish(shop.supergraph())
    shop.start(cdn_config(shop, publisher.cdn, poll="1s", admission=admission_block(shop, port)))
    assert shop.serves()
    publisher.publish(narrower(shop), first)
    wait_refused(shop, "admission_denied")
    assert "FIELD_REMOVED Query.slow" in shop.router.log()
    assert shop.query("{ slow }", variables={"delay": 0}).status == 200 and shop.serves()
    second = publisher.publish(wider(shop), first)
    wait_serial(shop, json.loads(decode_payload(second))["serial"])


def test_fresh_pods_and_old_ones_get_one_verdict_from_one_evaluation(shop, publisher):
    admission, port = serve_admission(shop, **publisher.policy())
    first = publisher.publish(shop.supergraph())
    second = publisher.publish(wider(shop), first)
    broken = publisher.publish(narrower(shop), first)
    assert ask(port, shop.folder / HOOK, first)["allowed"]
    for _ in range(3):
        assert ask(port, shop.folder / HOOK, second)["allowed"]
        denial = ask(port, shop.folder / HOOK, broken)
        assert not denial["allowed"] and "approval" not in denial
        assert denial["status"]["message"] == "1 forbidden change: FIELD_REMOVED Query.slow"
    told = counts(port)
    assert (told["evaluations"], told["fetches"], told["allowed"], told["denied"]) == (3, 3, 4, 3)
    # What was approved is known after a restart, with the CDN down.
    admission.stop()
    publisher.cdn.down = True
    _, port = serve_admission(shop, **publisher.policy())
    assert ask(port, shop.folder / HOOK, first)["allowed"] and ask(port, shop.folder / HOOK, second)["allowed"]
    assert counts(port)["fetches"] == 0
    assert "could not be fetched" in ask(port, shop.folder / HOOK, broken)["status"]["message"]


def test_500_reviews_at_once_are_all_answered_right(shop, publisher):
    _, port = serve_admission(shop, **publisher.policy())
    first = publisher.publish(shop.supergraph())
    assert ask(port, shop.folder / HOOK, first)["allowed"]
    good = [publisher.publish(wider(shop) + f"# {i}\n", first) for i in range(3)]
    bad = [publisher.publish(narrower(shop) + f"# {i}\n", first) for i in range(3)]
    kinds = [(first, True)] + [(statement, True) for statement in good] + [(statement, False) for statement in bad]
    asked = [kinds[i % len(kinds)] for i in range(500)]
    began = time.monotonic()
    verdicts = ask_at_once(port, shop.folder / HOOK, [statement for statement, _ in asked])
    took = time.monotonic() - began
    for (statement, allowed), verdict in zip(asked, verdicts):
        assert verdict["allowed"] == allowed and verdict["sha256"] == sha256(statement), verdict
        assert ("approval" in verdict) == allowed
    assert took < 10, took
    told = counts(port)
    assert told["evaluations"] == 7 and told["allowed"] + told["denied"] == 501


def test_approved_artifacts_are_kept_and_verified_again(shop, publisher):
    admission, port = serve_admission(shop, **publisher.policy())
    first = publisher.publish(shop.supergraph())
    assert ask(port, shop.folder / HOOK, first)["allowed"]
    copy = stored(shop, first)
    assert copy.read_bytes() == shop.supergraph().encode() and copy.stat().st_mode & 0o777 == 0o600
    copy.write_bytes(copy.read_bytes() + b"# altered\n")
    second = publisher.publish(wider(shop), first)
    verdict = ask(port, shop.folder / HOOK, second)
    assert not verdict["allowed"] and "copy is damaged" in verdict["status"]["message"]
    assert "damaged" in admission.events("store_problem")[0]["error"]
    # The damaged copy does not count: asked about again, the first is fetched and written anew.
    assert ask(port, shop.folder / HOOK, first)["allowed"]
    assert copy.read_bytes() == shop.supergraph().encode()
    assert ask(port, shop.folder / HOOK, second)["allowed"]


@pytest.mark.parametrize("harm", ["damaged", "empty", "removed", "fifo"])
def test_w6_a_list_that_is_lost_makes_nothing_the_first(shop, publisher, harm):
    admission, port = serve_admission(shop, **publisher.policy())
    first = publisher.publish(shop.supergraph())
    assert ask(port, shop.folder / HOOK, first)["allowed"] and counts(port)["store_problem"] is None
    broken = publisher.publish(narrower(shop), first)
    unnamed = publisher.publish(narrower(shop) + "# 2\n")
    admission.stop()
    approved = stored(shop, first).with_name("approved")
    whole = approved.read_bytes()
    if harm == "damaged":
        approved.write_bytes(whole[:-20])
    elif harm == "empty":
        approved.write_bytes(b"")
    else:
        approved.unlink()
        if harm == "fifo":
            os.mkfifo(approved)
    admission, port = serve_admission(shop, **publisher.policy())
    assert admission.events("store_problem")[0]["error"].startswith(str(approved))
    assert counts(port)["store_problem"].startswith(str(approved))
    for statement in (broken, unnamed, first):
        denial = ask(port, shop.folder / HOOK, statement)
        assert not denial["allowed"] and "restore graph/shop/test/approved" in denial["status"]["message"]
    assert len(admission.events("store_problem")) == 1
    # Mended, it is used without a restart.
    if approved.exists():
        approved.unlink()
    approved.write_bytes(whole)
    assert ask(port, shop.folder / HOOK, first)["allowed"]
    assert "FIELD_REMOVED" in ask(port, shop.folder / HOOK, broken)["status"]["message"]
    assert counts(port)["store_problem"] is None


def test_the_store_has_a_bound(shop, publisher):
    _, port = serve_admission(shop, **publisher.policy(forbid="", top="store_artifacts_max: 2\n"))
    statements = []
    for i in range(4):
        statements.append(publisher.publish(shop.supergraph(str(i)), statements[-1] if statements else None))
        assert ask(port, shop.folder / HOOK, statements[-1])["allowed"]
    assert [stored(shop, statement).exists() for statement in statements] == [False, False, True, True]


def test_unknown_predecessor_is_denied_with_what_to_do(shop, publisher):
    _, port = serve_admission(shop, **publisher.policy())
    first = publisher.publish(shop.supergraph())
    never_asked_about = publisher.publish(wider(shop), first)
    assert ask(port, shop.folder / HOOK, first)["allowed"]
    verdict = ask(port, shop.folder / HOOK, publisher.publish(wider(shop) + "# 2\n", never_asked_about))
    assert not verdict["allowed"] and "sign it again with --previous" in verdict["status"]["message"]
    assert ask(port, shop.folder / HOOK, publisher.publish(wider(shop) + "# 2\n", first))["allowed"]


def test_w5_cdn_that_holds_another_artifact_is_denied(shop, publisher):
    _, port = serve_admission(shop, **publisher.policy())
    first = publisher.publish(shop.supergraph())
    publisher.cdn.artifacts[sha256(first)] = narrower(shop).encode()
    assert ask(port, shop.folder / HOOK, first)["status"]["message"].startswith("size_mismatch")
    assert not stored(shop, first).exists()


def test_c14_redirects_of_the_cdn_are_not_followed(shop, publisher):
    elsewhere = Stub(lambda *_: (200, {}, shop.supergraph().encode()))
    mover = Stub(lambda handler, _: (302, {"Location": f"http://127.0.0.1:{elsewhere.port}{handler.path}"}, b""))
    shop.closing += [elsewhere.close, mover.close]
    first = publisher.publish(shop.supergraph())
    publisher.cdn.url = f"http://127.0.0.1:{mover.port}"
    _, port = serve_admission(shop, **publisher.policy())
    verdict = ask(port, shop.folder / HOOK, first)
    assert not verdict["allowed"] and "fetch_redirect" in verdict["status"]["message"]
    assert mover.requests and not elsewhere.requests


def test_windows_hold_for_new_graphs_and_not_for_restarts(shop, publisher):
    clock = LyingClock(shop.folder)
    freeze = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 7200))
    options = publisher.policy(graph=f"    freezes: [{{ from: {freeze}, to: {end} }}]\n")
    port = free_port()
    admission = Process(shop.folder, "frozen", ["admission", "serve", "-p", shop.policy(port=port, **options)],
                        env=clock.env)
    shop.closing.append(admission.kill)
    wait_for(lambda: admission.events("admission_listening"), "the admission server")
    first = publisher.publish(shop.supergraph())
    second = publisher.publish(wider(shop), first)
    assert ask(port, shop.folder / HOOK, first)["allowed"]
    clock.off(4000)

    def at_its_time(statement):
        body, name = review_body(statement), new_id()
        headers = webhook_headers(shop.folder / HOOK, body, name, int(time.time()) + 4000)
        return request(port, "POST", "/review", headers, body).json()["response"]

    assert at_its_time(first)["allowed"]
    assert at_its_time(second)["status"]["message"] == f"changes are frozen until {end}; ask again then"


def test_secret_rotates_without_losing_a_review(shop, publisher):
    old, new = shop.folder / HOOK, shop.folder / "hook-2.key"
    signet("keygen", "webhook", "--out", new)
    admission, port = serve_admission(shop, **publisher.policy())
    first = publisher.publish(shop.supergraph())
    assert ask(port, old, first)["allowed"]
    secret = old.read_text()
    stop, answers = threading.Event(), []

    def router():
        while not stop.is_set():
            answers.append(ask(port, asking[0], first)["allowed"])

    asking = [shop.folder / "asking-1.key"]
    asking[0].write_text(secret)
    thread = threading.Thread(target=router)
    thread.start()
    steps = [new.read_text() + secret, new.read_text()]
    old.write_text(steps[0])
    admission.process.send_signal(signal.SIGHUP)
    wait_for(lambda: len(admission.events("reloaded")) == 1, "both secrets")
    seen = len(answers)
    wait_for(lambda: len(answers) > seen + 3, "answers under the old secret")
    asking[0] = new
    seen = len(answers)
    wait_for(lambda: len(answers) > seen + 3, "answers under the new secret")
    old.write_text(steps[1])
    admission.process.send_signal(signal.SIGHUP)
    wait_for(lambda: len(admission.events("reloaded")) == 2, "the new secret alone")
    seen = len(answers)
    wait_for(lambda: len(answers) > seen + 3, "answers under the new secret")
    stop.set()
    thread.join()
    assert all(answers)
    body = b"{}"
    lone = shop.folder / "lone.key"
    lone.write_text(secret)
    assert request(port, "POST", "/review", webhook_headers(lone, body), body).status == 401


def test_c5_router_that_lost_its_state_takes_the_webhooks_floor(shop, publisher):
    _, port = serve_admission(shop, **publisher.policy())
    first = publisher.publish(shop.supergraph())
    second = publisher.publish(wider(shop), first)
    newest = ask(port, shop.folder / HOOK, first), ask(port, shop.folder / HOOK, second)
    assert newest[1]["minSerial"] == json.loads(decode_payload(second))["serial"]
    publisher.cdn.statement = first  # a replay: signed, approved, and old
    shop.start(cdn_config(shop, publisher.cdn, poll="1s", admission=admission_block(shop, port)), ready=False)
    shop.wait_live()
    wait_refused(shop, "rollback")
    assert shop.get_health().status == 503
    publisher.cdn.statement = second
    shop.wait_ready()
    assert shop.serves()


def test_sigterm_while_an_artifact_is_fetched_ends_at_once(shop, publisher):
    class Silent(RawServer):
        def serve(self, sock):
            sock.recv(65536)
            asked.set()
            time.sleep(20)

    asked, silent = threading.Event(), Silent()
    shop.closing.append(silent.close)
    first = publisher.publish(shop.supergraph())
    publisher.cdn.url = f"http://127.0.0.1:{silent.port}"
    admission, port = serve_admission(shop, **publisher.policy())
    threading.Thread(target=lambda: pytest.raises(Exception, ask, port, shop.folder / HOOK, first), daemon=True).start()
    assert asked.wait(10)
    assert admission.stop(timeout=5) == 0


def test_configurations_of_the_router_are_approved_only_where_the_policy_says_so(shop):
    file = shop.folder / "router.yaml"
    file.write_text("version: 1\n")
    signet("sign", file, "--kind", "router", "--graph", "shop", "--environment", "test", "--kid", "release-1", "--key",
           shop.folder / "release.key")
    statement = file.with_name("router.yaml.jws")
    before = statement.read_bytes()
    done = signet("admission", "approve", file, "-p", shop.policy(), check=False)
    assert done.returncode == 1 and "of kind router" in done.stderr and "add router to kinds" in done.stderr
    assert statement.read_bytes() == before
    _, port = serve_admission(shop)
    denial = ask(port, shop.folder / HOOK, before)
    assert not denial["allowed"] and "approval" not in denial and "of kind router" in denial["status"]["message"]
    policy = shop.policy(graph="    kinds: [router]\n")
    assert signet("admission", "approve", file, "-p", policy).stdout == "approved router of shop test by approve-1\n"
    assert len(json.loads(statement.read_bytes())["signatures"]) == 2


def test_check_warns_of_key_files_of_the_policy_that_others_may_read(shop):
    policy = shop.policy()
    assert "warning" not in signet("check", "--policy", policy).stderr
    (shop.folder / "approve.key").chmod(0o644)
    done = signet("check", "--policy", policy)
    assert "warning: " in done.stderr and "approve.key_file" in done.stderr and "chmod 600" in done.stderr


def test_explain_tells_every_rule(shop, publisher):
    first = publisher.publish(shop.supergraph())
    publisher.publish(narrower(shop), first)
    policy = shop.policy(**publisher.policy())
    old, new = shop.folder / "published-1.graphql", shop.folder / "published-2.graphql"
    done = signet("admission", "explain", new, "--previous", old, "-p", policy, check=False)
    assert done.returncode == 1, done.stderr
    assert "FAIL  changes          1 forbidden change: FIELD_REMOVED Query.slow" in done.stdout
    assert "pass  allow" in done.stdout and "would not be approved" in done.stdout
    done = signet("admission", "explain", new, "--previous", old, "-p", policy, "--output", "json", check=False)
    told = json.loads(done.stdout)
    assert done.returncode == 1 and not told["allowed"] and (told["graph"], told["environment"]) == ("shop", "test")
    assert {rule["rule"]: rule["passed"] for rule in told["rules"]} == {
        "statement": True, "kind": True, "required_signers": True, "approvers": True, "max_subgraphs": True, "allow": True,
        "changes": False, "windows": True}
    assert signet("admission", "explain", old, "-p", policy).returncode == 0
    assert signet("admission", "explain", new, "-p", policy, check=False).returncode == 1  # not compared
    assert signet("admission", "approve", "--explain", old, "-p", policy).stdout.endswith("would be approved\n")
    assert signet("admission", "explain", old, check=False).returncode == 2
    assert signet("admission", "explain", "/nowhere", "-p", policy, check=False).returncode == 3


def test_approve_offline_compares_with_the_file_given(shop, publisher):
    first = publisher.publish(shop.supergraph())
    publisher.publish(narrower(shop), first)
    policy = shop.policy(**publisher.policy())
    old, new = shop.folder / "published-1.graphql", shop.folder / "published-2.graphql"
    for previous in ([], ["--previous", old], ["--previous", new]):
        done = signet("admission", "approve", new, "-p", policy, *previous, check=False)
        assert done.returncode == 1 and "admission_denied" in done.stderr
    publisher.publish(wider(shop), first)
    widened = shop.folder / "published-3.graphql"
    assert signet("admission", "approve", widened, "-p", policy, "--previous", old).returncode == 0


def test_forbidden_changes_without_artifacts_are_a_load_error(shop):
    policy = shop.policy(graph="    forbid: [breaking]\n")
    done = signet("check", "--policy", policy, check=False)
    assert done.returncode == 1 and "graphs[0].forbid: changes cannot be judged without graphs[0].artifacts" in done.stderr
    assert f"{policy}:" in done.stderr
    policy = shop.policy(graph="    artifacts: { file: /srv/graph.graphql }\n")
    done = signet("check", "--policy", policy, check=False)
    assert done.returncode == 1 and "graphs[0].artifacts: store_dir is missing" in done.stderr


def test_artifact_from_a_file(shop, publisher):
    _, port = serve_admission(shop, **{**publisher.policy(), "graph": f"    artifacts: {{ file: {shop.graph_file} }}\n"})
    assert ask(port, shop.folder / HOOK, shop.sign().read_bytes())["allowed"]
    other = publisher.publish(wider(shop))
    assert "size_mismatch" in ask(port, shop.folder / HOOK, other)["status"]["message"]


# --- the webhook as routers see it


def online(shop, url, **options):
    shop.graph_file.with_name("graph.graphql.jws").unlink()
    shop.sign()
    return shop.config(admission=f"admission: {{ url: \"{url}\", secret_file: {shop.folder}/hook.key, timeout: 1s }}\n", **options)


def test_w7_slow_and_endless_answers_end(shop):
    class Dripping(RawServer):
        def serve(self, sock):
            try:
                sock.recv(65536)
                asked.append(time.monotonic())
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
                while True:
                    sock.sendall(b" " * size[0])
                    time.sleep(pause[0])
            except OSError:
                ended.append(time.monotonic())

    asked, ended, size, pause = [], [], [1], [0.05]
    server = Dripping()
    shop.closing.append(server.close)
    shop.start(online(shop, f"http://127.0.0.1:{server.port}/review"), ready=False)
    shop.wait_live()
    wait_refused(shop, "admission_timeout")
    wait_for(lambda: ended, "the end of the dripping answer")
    assert ended[0] - asked[0] < 3
    size[0], pause[0] = 1 << 16, 0
    reload(shop)
    wait_refused(shop, "admission_malformed")
    assert shop.get_health().status == 503


def test_w10_plain_http_to_other_hosts_is_refused_at_the_start(shop):
    config = shop.config(admission=f"admission: {{ url: \"http://admission.example/review\", secret_file: {shop.folder}/hook.key }}\n")
    done = signet("check", "-c", config, check=False)
    assert done.returncode == 1 and "admission.url" in done.stderr and "write https://" in done.stderr


def test_w10_certificate_of_the_webhook_is_verified(shop):
    authority, other = Authority(shop.folder), Authority(shop.folder, "other")
    trusting = {**os.environ, "SSL_CERT_FILE": str(authority.cert)}  # in place of the system's authorities
    pairs = [authority.issue("127.0.0.1", days=-1), authority.issue("elsewhere.example"), other.issue("127.0.0.1"),
             authority.issue("127.0.0.1")]
    for pair in pairs:
        server = TlsStub(lambda *_: (401, {}, b""), pair)
        shop.closing.append(server.close)
        shop.start(online(shop, f"https://127.0.0.1:{server.port}/review"), ready=False, env=trusting)
        shop.wait_live()
        good = pair is pairs[-1]  # which shows that it is the certificate that decides
        wait_refused(shop, "admission_unauthorized" if good else "admission_unreachable")
        assert bool(server.requests) == good and shop.get_health().status == 503
        shop.router.kill()


def test_one_server_at_a_time_in_a_store(shop, publisher):
    serve_admission(shop, **publisher.policy())
    second = Process(shop.folder, "second", ["admission", "serve", "-p", shop.policy(port=free_port(), **publisher.policy())])
    shop.closing.append(second.kill)
    assert second.process.wait(15) == 3
    assert "store_dir" in second.log() and "is in use by process" in second.log()
