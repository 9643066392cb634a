"""Only a verified graph is applied: from a file and from a CDN, against tampering, rollback and restarts."""

import json

from gate_support import cdn_config, publish, push, wait_refused
from support import free_port, request, signet, wait_for, webhook_headers


def test_signed_and_approved_graph_serves(running):
    assert running.serves()
    status = running.status()
    assert status["ready"] and {signer["role"] for signer in status["graph"]["signers"]} == {"release", "approve"}


def test_unsigned_graph_never_serves(shop):
    shop.graph_file.with_name("graph.graphql.jws").unlink()
    shop.start(ready=False)
    shop.wait_live()
    wait_refused(shop, "fetch_failed")
    assert shop.get_health().status == 503
    answer = shop.query()
    assert answer.status == 503 and answer.codes() == ["NO_GRAPH"] and answer.header("Retry-After")


def test_tampered_graph_is_refused_and_the_old_one_serves(running):
    good = running.status()["graph"]["sha256"]
    text = running.graph_file.read_text()
    running.graph_file.write_text(text.replace("name: String", "name: Strinf", 1))
    wait_refused(running, "digest_mismatch")
    assert running.serves() and running.status()["graph"]["sha256"] == good
    refusal = running.status()["last_refusal"]["graph"]
    assert refusal["reason"] == "digest_mismatch" and refusal["what_to_do"]
    assert running.router.events("artifact_refused")[-1]["what_to_do"]


def test_new_graph_is_swapped_in_without_a_lost_connection(running):
    running.graph_file.write_text(running.supergraph("second version"))
    running.sign()
    running.approve()
    first = running.status()["graph"]["serial"]
    wait_for(lambda: running.status()["graph"]["serial"] > first, "the new graph")
    assert running.serves()


def test_config_comes_from_a_cdn(shop, cdn):
    publish(shop, cdn)
    shop.start(cdn_config(shop, cdn, "1s"))
    assert shop.serves()
    first = shop.status()["graph"]["serial"]
    shop.graph_file.write_text(shop.supergraph("from the CDN"))
    shop.sign()
    shop.approve()
    publish(shop, cdn)
    wait_for(lambda: shop.status()["graph"]["serial"] > first, "the new graph")


def test_cdn_that_goes_down_changes_nothing_and_restart_serves_the_last_good_copy(shop, cdn):
    publish(shop, cdn)
    config = cdn_config(shop, cdn, "1s")
    shop.start(config)
    cdn.down = True
    wait_refused(shop, "fetch_unavailable")
    assert shop.serves() and shop.get_health().status == 200
    assert shop.router.stop() == 0
    shop.start(config)
    assert shop.serves() and shop.status()["graph"]["source"] == "last_good"


def test_every_flipped_byte_of_statement_and_artifact_is_refused(shop, cdn):
    """Against the running binary: none applied, the old graph serves, the reason counted."""
    publish(shop, cdn)
    shop.start(cdn_config(shop, cdn))
    good = shop.status()["graph"]["sha256"]
    # A newer version, so that an accepted flip would show as a swap.
    shop.graph_file.write_text(shop.supergraph("newer"))
    shop.sign()
    shop.approve()
    statement = shop.graph_file.with_name("graph.graphql.jws").read_bytes()
    artifact = shop.graph_file.read_bytes()
    cdn.publish(artifact, statement)
    name = next(key for key, value in cdn.artifacts.items() if value == artifact)

    def total():
        return sum(float(line.rsplit(" ", 1)[1]) for line in shop.metrics().splitlines()
                   if line.startswith("signet_config_refused_total{"))

    count = 0

    def refused_after(change, what):
        nonlocal count
        before = total()
        change()
        push(shop, count)
        count += 1
        wait_for(lambda: total() > before, f"the refusal of {what}", 5)

    for at in range(len(statement)):
        flipped = bytearray(statement)
        flipped[at] ^= 0x01

        def change(bytes_=bytes(flipped)):
            cdn.statement = bytes_

        refused_after(change, f"statement byte {at}")
    cdn.statement = statement
    for at in range(len(artifact)):
        flipped = bytearray(artifact)
        flipped[at] ^= 0x01

        def change(bytes_=bytes(flipped)):
            cdn.artifacts[name] = bytes_

        refused_after(change, f"artifact byte {at}")
    assert shop.status()["graph"]["sha256"] == good and shop.serves()
    # And the untouched bytes are good: it was the flips that were refused.
    cdn.artifacts[name] = artifact
    push(shop, "last")
    wait_for(lambda: shop.status()["graph"]["sha256"] != good, "the good bytes")


def test_rollback_is_refused_also_after_a_restart(running):
    old_graph = running.graph_file.read_bytes()
    old_statement = running.graph_file.with_name("graph.graphql.jws").read_bytes()
    first = running.status()["graph"]["serial"]
    running.graph_file.write_text(running.supergraph("second"))
    running.sign()
    running.approve()
    wait_for(lambda: running.status()["graph"]["serial"] > first, "the second graph")
    second = running.status()["graph"]["serial"]
    running.graph_file.write_bytes(old_graph)
    running.graph_file.with_name("graph.graphql.jws").write_bytes(old_statement)
    wait_refused(running, "rollback")
    assert running.status()["graph"]["serial"] == second
    assert running.router.stop() == 0
    running.start(running.config())
    wait_refused(running, "rollback")
    assert running.status()["graph"]["serial"] == second and running.serves()


def test_statement_for_another_graph_is_refused(shop):
    shop.graph_file.with_name("graph.graphql.jws").unlink()
    shop.sign(graph="other")
    shop.start(ready=False)
    shop.wait_live()
    wait_refused(shop, "wrong_graph")
    assert shop.get_health().status == 503


def test_verify_and_inspect_say_what_the_gate_says(shop):
    assert "verified     yes" in signet("verify", shop.graph_file, "-c", shop.config()).stdout
    assert json.loads(signet("inspect", f"{shop.graph_file}.jws", "--json").stdout)["graph"] == "shop"
    shop.graph_file.write_text(shop.graph_file.read_text() + " ")
    done = signet("verify", shop.graph_file, "-c", shop.config(), check=False)
    assert done.returncode == 1 and "size_mismatch" in done.stderr


def test_key_too_short_refuses_to_start(shop):
    (shop.folder / "release.key").write_text("hunter2\n")
    shop.start(ready=False)
    assert shop.router.process.wait(10) == 3
    assert "release-1" in shop.router.log() and str(shop.folder / "release.key") in shop.router.log()
    assert "hunter2" not in shop.router.log()


def test_push_without_signature_is_refused(shop, cdn):
    publish(shop, cdn)
    shop.start(cdn_config(shop, cdn))
    assert request(shop.health, "POST", "/push", {}, b"{}").status == 401
    stale = webhook_headers(shop.folder / "push.key", b"{}", timestamp=1)
    assert request(shop.health, "POST", "/push", stale, b"{}").status == 401
    push(shop, 1)
    again = webhook_headers(shop.folder / "push.key", b"{}", "msg_1")
    assert request(shop.health, "POST", "/push", again, b"{}").status == 409


def test_once_or_exit_ends_with_1(shop):
    shop.graph_file.write_text("type Query { a: Int }")
    port = free_port()
    assert port
    done = signet("serve", "-c", shop.config(), "--once-or-exit", check=False)
    assert done.returncode == 1 and "artifact_refused" in done.stderr
