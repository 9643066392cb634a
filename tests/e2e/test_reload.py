"""SIGHUP reads the configuration again through the same path as the start: whole, or not at all."""

import signal
import time

from support import request, signet, wait_for


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
