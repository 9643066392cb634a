"""SIGHUP reads the configuration again through the same path as the start: whole, or not at all."""

import json
import signal
import threading
import time

import pytest

from gate_support import alarms, make_graph, statement_file
from support import request, signet, subgraph_a, wait_for


def reload(shop, event):
    seen = len(shop.router.events(event))
    shop.router.process.send_signal(signal.SIGHUP)
    return wait_for(lambda: shop.router.events(event)[seen:], event)[-1]


def test_live_settings_apply_without_a_lost_connection(running):
    assert running.query("{ me { friend { name } } }").status == 200
    running.config(extra="limits: { depth: 2 }\nintrospection: true\n")
    reload(running, "reloaded")
    wait_for(lambda: running.query("{ me { friend { name } } }").codes() == ["MAX_DEPTH_LIMIT"], "the new limit")
    assert running.query("{ me { name } }").status == 200


def test_mistake_changes_nothing_and_is_told(running):
    running.config(extra="limts: { depth: 2 }\n")
    refusal = reload(running, "reload_refused")
    assert "limts" in refusal["error"] and "signet.yaml:" in refusal["error"]
    assert running.query("{ me { friend { name } } }").status == 200


def test_key_that_needs_a_restart_is_named(running):
    config = running.config()
    config.write_text(config.read_text().replace("version: 1", "version: 1\nworkers: 3"))
    assert "workers" in reload(running, "reload_refused")["error"]
    assert running.serves()


def test_allowlist_that_shuts_out_the_running_graph_is_refused(running):
    running.config(allow=[f"http://127.0.0.1:{running.a.port}", "127.0.0.0/8"])
    assert str(running.b.port) in reload(running, "reload_refused")["error"]
    assert running.serves()


def test_revoked_key_counts_from_the_reload_on(running):
    signet("keygen", "hmac", "--out", running.folder / "second.key")
    running.config(trust_extra="    - { kid: release-2, role: release, "
                               f"secret_file: {running.folder}/second.key }}\n  revoked: [release-1]\n")
    assert request(running.admin, "POST", "/admin/reload").status == 200
    wait_for(lambda: running.router.events("reloaded"), "the reload")
    running.graph_file.write_text(running.supergraph("signed with a revoked key"))
    running.sign()
    running.approve()
    wait_for(lambda: running.refused("key_revoked") > 0, "the refusal")
    assert running.serves()


def test_bad_key_file_keeps_the_old_key(running):
    (running.folder / "release.key").write_text("short\n")
    assert "release-1" in reload(running, "reload_refused")["error"]
    assert running.serves()


def test_poll_that_falls_due_while_another_is_under_way_disturbs_nothing(shop, cdn):
    """A reload polls at once; the poll that was planned comes while the CDN still thinks about that one."""
    cdn.publish(shop.graph_file.read_bytes(), shop.graph_file.with_name("graph.graphql.jws").read_bytes())
    serve = cdn.stub.answer
    under_way, most = [], []

    def slowly(handler, body):
        under_way.append(None)
        most.append(len(under_way))
        time.sleep(0.7)
        under_way.pop()
        return serve(handler, body)

    shop.start(shop.config(f"{{ cdn: {{ url: {cdn.url}, poll: 1s, jitter: 0s }} }}"))
    cdn.stub.answer = slowly
    for _ in range(4):
        asked = len(cdn.stub.requests)
        wait_for(lambda: len(cdn.stub.requests) > asked and not under_way, "a poll")  # noqa: B023
        time.sleep(0.6)  # the next is planned in less than it takes
        reload(shop, "reloaded")
    wait_for(lambda: not under_way, "the end of the poll")
    assert shop.router.alive() and shop.serves() and max(most) == 1


@pytest.mark.parametrize("policy, reason", [("revoked", "key_revoked"), ("floor", "below_min_serial")])
def test_graph_that_waits_for_its_swap_is_judged_by_the_policy_of_then(shop, policy, reason):
    """Its key is revoked, or it falls below the floor, after it was accepted and before it serves."""
    config = shop.config()
    shop.start(config)
    asked, done = threading.Event(), threading.Event()

    def slowly(handler, body):
        if b"slow" in body:
            asked.set()
            done.wait(9)
        return subgraph_a(handler, body)

    shop.a.answer = slowly
    slow = threading.Thread(target=lambda: shop.query("{ slow }"), daemon=True)
    slow.start()
    assert asked.wait(5)
    serials = [json.loads(signet("inspect", statement_file(shop), "--json").stdout)["serial"]]
    for marker in ("second", "third"):
        make_graph(shop, marker)
        serials.append(json.loads(signet("inspect", statement_file(shop), "--json").stdout)["serial"])
        if marker == "second":
            wait_for(lambda: shop.status()["graph"]["serial"] == serials[1], "the second graph")
    wait_for(lambda: shop.router.events("swap_waits"), "the wait of the third")
    signet("keygen", "hmac", "--out", shop.folder / "second.key")
    next_key = f"    - {{ kid: release-2, role: release, secret_file: {shop.folder}/second.key }}\n"
    more = next_key + "  revoked: [release-1]\n" if policy == "revoked" else f"  min_serial: {serials[2] + 1}\n"
    shop.config(trust_extra=more)
    seen = len(shop.router.events("reloaded"))
    shop.router.process.send_signal(signal.SIGHUP)
    wait_for(lambda: len(shop.router.events("reloaded")) > seen, "the reload")
    assert slow.is_alive()
    done.set()
    refusal = wait_for(lambda: shop.router.events("artifact_refused"), "the refusal")[0]
    assert refusal["serial"] == str(serials[2]) and refusal["reason"] == reason
    slow.join()
    assert [int(event["serial"]) for event in shop.router.events("artifact_accepted")] == serials[:2]
    assert shop.status()["graph"]["serial"] == serials[1] and alarms(shop) and shop.serves()


def test_changed_audit_key_is_refused(shop):
    """The log goes on under the key that it began with, whoever asks."""
    for name in ("audit.key", "audit.new"):
        signet("keygen", "ed25519", "--out", shop.folder / name)
    shop.start(shop.config(extra=f"audit: {{ key_file: {shop.folder}/audit.key, kid: audit-1 }}\n"))
    old = (shop.folder / "audit.key").read_bytes()
    (shop.folder / "audit.key").write_bytes((shop.folder / "audit.new").read_bytes())
    for _ in range(2):
        refusal = reload(shop, "reload_refused")
        assert "audit.key_file" in refusal["error"] and "restart" in refusal["error"]
    (shop.folder / "audit.key").write_bytes(old)
    reload(shop, "reloaded")
    assert shop.serves()
