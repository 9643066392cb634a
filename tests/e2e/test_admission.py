"""No verdict, no swap: the webhook called online, and its verdict kept for the day it is down."""

import json
import signal
import time

from gate_support import admission_block, serve_admission
from support import Stub, json_answer, request, signet, wait_for


def online_config(shop, port, **options):
    """The statement carries a release signature only; the webhook has to approve."""
    shop.graph_file.with_name("graph.graphql.jws").unlink()
    shop.sign()
    return shop.config(admission=admission_block(shop, port), **options)


def test_webhook_approves_and_the_graph_serves(shop):
    admission, port = serve_admission(shop)
    shop.start(online_config(shop, port))
    assert shop.serves()
    assert admission.events("review")[0]["allowed"] == "true"


def test_webhook_with_a_shared_secret_only(shop):
    """Every router knows that secret: it approves only where no key is listed that could."""
    _, port = serve_admission(shop, approve=False)
    config = online_config(shop, port)
    shop.start(config, ready=False)
    shop.wait_live()
    wait_for(lambda: shop.refused("admission_signature") > 0, "the refusal")
    refusal = shop.router.events("artifact_refused")[0]
    assert "approve.key_file" in refusal["detail"] and shop.get_health().status == 503
    shop.router.kill()
    without_key = [line for line in config.read_text().splitlines() if "approve-1" not in line]
    config.write_text("\n".join(without_key) + "\n")
    shop.start(config)
    assert shop.serves()


def test_sighup_reads_the_policy_again_whole_or_not_at_all(shop):
    admission, port = serve_admission(shop, allow=["https://elsewhere.example"])
    policy = shop.policy(port=port)
    good = policy.read_text()
    policy.write_text(good.replace("version: 1", "version: 2"))
    admission.process.send_signal(signal.SIGHUP)
    wait_for(lambda: admission.events("reload_refused"), "the broken policy's refusal")
    shop.start(online_config(shop, port), ready=False)
    shop.wait_live()
    wait_for(lambda: shop.refused("admission_denied") > 0, "the denial by the old policy")
    policy.write_text(good)
    admission.process.send_signal(signal.SIGHUP)
    wait_for(lambda: admission.events("reloaded"), "the new policy")
    wait_for(lambda: shop.get_health().status == 200, "the approval")


def test_webhook_that_denies_keeps_the_graph_out(shop):
    _, port = serve_admission(shop, allow=["https://elsewhere.example"])
    shop.start(online_config(shop, port), ready=False)
    shop.wait_live()
    wait_for(lambda: shop.refused("admission_denied") > 0, "the denial")
    assert shop.get_health().status == 503 and shop.query().status == 503


def test_plain_http_is_denied_unless_the_policy_says_otherwise(shop):
    _, port = serve_admission(shop, plain_http="false")
    shop.start(online_config(shop, port), ready=False)
    shop.wait_live()
    wait_for(lambda: shop.refused("admission_denied") > 0, "the denial")


def test_webhook_that_is_down_keeps_a_new_graph_out(shop):
    import socket
    with socket.socket() as nobody:  # bound and not listening: refused, and nobody else's port
        nobody.bind(("127.0.0.1", 0))
        shop.start(online_config(shop, nobody.getsockname()[1]), ready=False)
        shop.wait_live()
        wait_for(lambda: shop.refused("admission_unreachable") > 0, "the refusal")
        assert shop.get_health().status == 503 and shop.get_health("/health/live").status == 200


def test_webhook_down_at_restart_serves_from_the_stored_verdict(shop):
    admission, port = serve_admission(shop)
    config = online_config(shop, port)
    shop.start(config)
    assert shop.router.stop() == 0
    admission.kill()
    shop.start(config)
    assert shop.serves()


def test_approve_a_and_deliver_b_is_refused(shop):
    """A webhook answer about another artifact is no approval, however well it is signed."""
    _, port = serve_admission(shop)

    def swap(handler, body):
        review = json.loads(body)
        review["request"]["sha256"] = "0" * 64
        answer = request(port, "POST", "/review", {k: v for k, v in handler.headers.items()}, body)
        verdict = json.loads(answer.body)
        verdict["response"]["sha256"] = "0" * 64
        return 200, {"Content-Type": "application/json"}, json.dumps(verdict).encode()

    proxy = Stub(swap)
    shop.closing.append(proxy.close)
    shop.start(online_config(shop, proxy.port), ready=False)
    shop.wait_live()
    wait_for(lambda: shop.refused("admission_mismatch") > 0, "the refusal")
    assert shop.get_health().status == 503


def test_report_19_answers_count_up_to_1_mib(shop):
    _, port = serve_admission(shop)
    size = [1_100_000]

    def padded(handler, body):
        answer = request(port, "POST", "/review", dict(handler.headers.items()), body)
        return 200, {"Content-Type": "application/json"}, answer.body + b" " * (size[0] - len(answer.body))

    proxy = Stub(padded)
    shop.closing.append(proxy.close)
    shop.start(online_config(shop, proxy.port), ready=False)
    shop.wait_live()
    wait_for(lambda: shop.refused("admission_malformed") > 0, "the refusal")
    assert f"larger than {1 << 20} bytes" in shop.router.events("artifact_refused")[0]["detail"] and shop.get_health().status == 503
    size[0] = 900_000
    shop.router.process.send_signal(signal.SIGHUP)
    wait_for(lambda: shop.get_health().status == 200, "the approval")
    assert shop.serves()


def test_answers_that_are_no_verdict_fail_closed(shop):
    answers = [json_answer({"response": {"allowed": True}}), json_answer({"response": {"allowed": "true"}}),
               (200, {}, b""), (200, {"Content-Type": "text/html"}, b"<html>"), (500, {}, b"oops"),
               json_answer(None)]
    answer = {"now": answers[0]}
    stub = Stub(lambda *_: answer["now"])
    shop.closing.append(stub.close)
    shop.start(online_config(shop, stub.port), ready=False)
    shop.wait_live()
    for one in answers:
        answer["now"] = one
        seen = len(stub.requests)
        shop.router.process.send_signal(1)
        wait_for(lambda: len(stub.requests) > seen, "another try")
    time.sleep(0.1)
    assert shop.get_health().status == 503 and shop.query().status == 503


def test_two_approvers_are_two_keys(shop):
    signet("keygen", "ed25519", "--out", shop.folder / "second.key")
    trust = (f"    - {{ kid: approve-2, alg: Ed25519, role: approve, public_key_file: {shop.folder}/second.key.pub }}\n"
             "  required_roles: [release, approve, approve]\n")
    shop.start(shop.config(trust_extra=trust), ready=False)
    shop.wait_live()
    wait_for(lambda: shop.refused("admission_required") + shop.refused("roles_missing") > 0, "the refusal")
    policy = shop.folder / "admission.yaml"
    policy.write_text(policy.read_text().replace("approve-1", "approve-2").replace("approve.key", "second.key"))
    signet("admission", "approve", shop.graph_file, "-p", policy)
    shop.wait_ready()
    assert shop.serves()


def test_approval_is_refused_offline_when_the_policy_says_no(shop):
    done = signet("admission", "approve", shop.graph_file, "-p", shop.policy(allow=["https://elsewhere.example"]),
                  check=False)
    assert done.returncode == 1 and "not approved" in done.stderr


def test_no_admission_and_no_approve_key_refuses_to_start(shop):
    config = shop.config()
    lines = [line for line in config.read_text().splitlines() if "approve-1" not in line]
    config.write_text("\n".join(lines))
    done = signet("serve", "-c", config, check=False)
    assert done.returncode in (1, 3) and "admission" in done.stderr and "approve" in done.stderr
