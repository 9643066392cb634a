"""The two weaker forms of admission: what they let in, and that nobody can overlook them."""

import json
import socket

from gate_support import admission_block, alarms, serve_admission, wait_alarm
from support import signet, wait_for


def config(shop, port, key):
    shop.graph_file.with_name("graph.graphql.jws").unlink()
    shop.sign()
    return shop.config(admission=admission_block(shop, port).replace(", timeout", f", {key}: true, timeout"))


def told(shop, config_file, key):
    """Readiness, status, gauge and posture name the key."""
    assert shop.get_health().json()["admission"] == key and shop.status()["admission"] == key
    assert shop.metric("signet_config_unsafe_admission") == 1
    posture = signet("check", "--posture", "-c", config_file)
    assert f"admission.{key} is in use" in posture.stdout


def test_audit_only_serves_what_is_denied_and_records_the_denial(shop):
    _, port = serve_admission(shop, allow=["https://elsewhere.example"])
    file = config(shop, port, "unsafe_audit_only")
    shop.start(file)
    assert shop.serves()
    told(shop, file, "unsafe_audit_only")
    wait_alarm(shop, "unapproved")
    graph = shop.status()["graph"]
    assert not graph["approved"] and graph["unapproved_because"]["reason"] == "admission_denied"
    assert "the webhook says" in shop.router.events("artifact_alarm")[-1]["detail"]
    records = "".join(path.read_text() for path in shop.state.glob("audit-*.log"))
    verdicts = [json.loads(line) for line in records.splitlines() if "admission.verdict" in line]
    assert "admission_denied" in json.dumps(verdicts) and "\"true\"" not in json.dumps(verdicts)


def test_audit_only_still_refuses_what_is_not_signed(shop):
    _, port = serve_admission(shop)
    file = config(shop, port, "unsafe_audit_only")
    shop.graph_file.write_text(shop.supergraph("altered"))
    shop.start(file, ready=False)
    shop.wait_live()
    wait_for(lambda: shop.refused("size_mismatch") > 0, "the refusal")
    assert shop.get_health().status == 503


def test_ignore_failures_serves_while_the_webhook_is_down(shop):
    with socket.socket() as nobody:  # bound and not listening
        nobody.bind(("127.0.0.1", 0))
        file = config(shop, nobody.getsockname()[1], "unsafe_ignore_failures")
        shop.start(file)
        assert shop.serves()
        told(shop, file, "unsafe_ignore_failures")
        wait_alarm(shop, "unapproved")
        assert shop.status()["graph"]["unapproved_because"]["reason"] == "admission_unreachable"


def test_ignore_failures_heeds_a_denial(shop):
    _, port = serve_admission(shop, allow=["https://elsewhere.example"])
    shop.start(config(shop, port, "unsafe_ignore_failures"), ready=False)
    shop.wait_live()
    wait_for(lambda: shop.refused("admission_denied") > 0, "the denial")
    assert shop.get_health().status == 503


def test_neither_is_there_by_default(shop):
    _, port = serve_admission(shop)
    shop.start(config(shop, port, "unsafe_audit_only").with_name("signet.yaml"))
    assert "unapproved" not in alarms(shop)  # approved: nothing was waived
    shop.router.stop()
    shop.start(shop.config())
    assert "admission" not in shop.get_health().json() and "admission" not in shop.status()
    assert shop.metric("signet_config_unsafe_admission") == 0


def test_both_at_once_are_a_mistake(shop):
    _, port = serve_admission(shop)
    file = config(shop, port, "unsafe_audit_only: true, unsafe_ignore_failures")
    done = signet("check", "-c", file, check=False)
    assert done.returncode == 1 and "admission.unsafe_ignore_failures: says less than" in done.stderr
