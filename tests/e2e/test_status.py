"""What a person sees: /status, `signet status`, `signet reload`, and the gauges that ring before anything ends."""

import hashlib
import json
import time

import keys_support
from gate_support import admission_block, cdn_config, make_graph, publish, serve_admission, statement_file, wait_refused
from support import Stub, request, signet, wait_for

DAY = 24 * 3600


def show(shop, *more, command="status", check=True):
    return signet(command, "--admin", f"127.0.0.1:{shop.admin}", *more, check=check)


def statement(file):
    return json.loads(signet("inspect", file, "--json").stdout)


def put_operations(shop):
    file = shop.folder / "operations.json"
    text = "query Known { me { id } }"
    file.write_text(json.dumps({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [
        {"id": hashlib.sha256(text.encode()).hexdigest(), "name": "Known", "type": "query", "body": text}]}))
    shop.sign(file, "operations")
    shop.approve(file)
    return file, f"operations: {{ mode: safelist, source: {{ file: {file} }} }}\n"


def test_status_tells_what_serves_and_who_let_it_in(shop):
    file, block = put_operations(shop)
    shop.start(shop.config(extra=block))
    status = shop.status()
    for artifact, signed in ((status["graph"], statement(statement_file(shop))), (status["operations"], statement(f"{file}.jws"))):
        assert artifact["serial"] == signed["serial"] and artifact["sha256"] == signed["sha256"]
        assert artifact["expires"] == signed["expires"] and 91 * DAY < artifact["expires_in_seconds"] <= 92 * DAY
        assert 0 <= artifact["age_seconds"] < 60 and artifact["confirmed_seconds_ago"] < 60
        assert artifact["signers"] == [{"kid": "release-1", "role": "release"}, {"kid": "approve-1", "role": "approve"}]
        assert artifact["approval"] == {"how": "offline", "by": ["approve-1"]} and artifact["failed_polls"] == 0
    assert [subgraph["name"] for subgraph in status["graph"]["subgraphs"]] == ["a", "b"]
    assert status["operations"]["count"] == 1 and status["alarms"] == {"graph": [], "operations": []}
    assert [(key["kid"], key["role"], key["revoked"]) for key in status["keys"]] == [
        ("release-1", "release", False), ("approve-1", "approve", False)]


def test_status_tells_of_approval_by_the_webhook(shop):
    _, port = serve_admission(shop)
    make_graph(shop, "online", approved=False)
    shop.start(shop.config(admission=admission_block(shop, port)))
    assert shop.status()["graph"]["approval"] == {"how": "webhook", "by": ["approve-1"]}
    assert "approved online by approve-1" in " ".join(show(shop).stdout.split())


def test_status_fits_a_terminal_and_tells_the_same(shop):
    _, block = put_operations(shop)
    shop.start(shop.config(extra=block))
    shop.graph_file.write_text(shop.supergraph("not approved"))
    shop.sign()
    wait_refused(shop, "admission_required")
    graph = shop.status()["graph"]
    lines = show(shop).stdout.splitlines()
    assert all(len(line) <= 80 and line == line.rstrip() for line in lines), lines
    text = " ".join(" ".join(lines).split())
    assert lines[0].startswith("router         ready, version ")
    for expected in (f"graph shop in test, serial {graph['serial']}, ", f"digest {graph['sha256']}", f"expires {graph['expires']} (in 91d 23h)",
                     "source file, confirmed ", "signed by release-1 (release), approve-1 (approve)", "approved offline by approve-1",
                     "subgraphs a, b", "operations 1 operation, serial ", "alarms none", "last refusal graph, at ",
                     "reason admission_required: ", "what to do set admission.url, or approve the statement with signet admission approve"):
        assert expected in text, (expected, text)
    assert json.loads(show(shop, "--output", "json").stdout)["graph"]["serial"] == graph["serial"]


def test_status_of_a_router_that_serves_nothing(shop, cdn):
    cdn.down = True
    shop.start(cdn_config(shop, cdn, "1s"), ready=False)
    shop.wait_live()
    wait_refused(shop, "fetch_unavailable")
    done = show(shop, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("router         NOT READY") and "NONE serves" in done.stdout and "fetch_unavailable" in done.stdout
    shop.router.kill()
    assert show(shop, check=False).returncode == 3
    assert signet("status", "--admin", f"127.0.0.1:{shop.a.port}", check=False).returncode == 3  # not a router
    with_array = Stub(lambda *_: (200, {}, b"[]"))
    shop.closing.append(with_array.close)
    assert signet("status", "--admin", f"http://127.0.0.1:{with_array.port}/", check=False).returncode == 3


def test_a_refused_reload_stands_in_the_status_until_a_good_one(running):
    config = running.folder / "signet.yaml"
    good = config.read_text()
    config.write_text(good + "limit: {}\n")
    assert signet("reload", "--admin", f"127.0.0.1:{running.admin}", check=False).returncode == 1
    shown = signet("status", "--admin", f"127.0.0.1:{running.admin}").stdout
    assert "RELOAD REFUSED" in shown and "signet.yaml:" in shown and "limits" in shown
    config.write_text(good)
    signet("reload", "--admin", f"127.0.0.1:{running.admin}")
    assert "RELOAD REFUSED" not in signet("status", "--admin", f"127.0.0.1:{running.admin}").stdout
    assert running.status()["refused_reload"] is None


# --- reload

def test_reload_answers_with_what_changed(running):
    before = running.status()["graph"]["serial"]
    same = request(running.admin, "POST", "/admin/reload")
    assert same.status == 200
    assert same.json()["configuration"] == "applied" and same.json()["graph"]["outcome"] == "unchanged"
    sha256 = make_graph(running, "second")
    answer = request(running.admin, "POST", "/admin/reload")
    outcome = answer.json()["graph"]
    # The file may have been seen between two requests.
    assert answer.status == 200 and outcome["outcome"] in ("changed", "unchanged")
    assert outcome["sha256"] == sha256 == running.status()["graph"]["sha256"] and outcome["serial"] > before
    assert running.router.events("reload_done")[-1]["graph"] == outcome["outcome"]


def test_reload_answers_with_the_reason_of_a_refusal(shop, cdn):
    publish(shop, cdn)
    shop.start(cdn_config(shop, cdn))
    serial = shop.status()["graph"]["serial"]
    make_graph(shop, "not approved", approved=False)
    publish(shop, cdn)
    for _ in range(2):  # the second time the digest is known, and nothing is examined
        answer = request(shop.admin, "POST", "/admin/reload")
        outcome = answer.json()["graph"]
        assert answer.status == 409 and outcome["outcome"] == "refused" and outcome["serial"] == serial
        assert outcome["refusal"]["reason"] == "admission_required" and outcome["refusal"]["what_to_do"]
        assert shop.router.events("reload_done")[-1]["graph"] == "refused: admission_required"
    done = show(shop, command="reload", check=False)
    assert done.returncode == 1 and "admission_required" in done.stdout and "what to do" in done.stdout
    shop.approve()
    publish(shop, cdn)
    done = show(shop, command="reload")
    assert "changed; serial" in done.stdout and shop.status()["graph"]["serial"] > serial


def test_reload_answers_with_a_mistake_in_the_configuration(running):
    running.config(extra="limts: { depth: 2 }\n")
    answer = request(running.admin, "POST", "/admin/reload")
    assert answer.status == 409 and answer.json()["configuration"] == "refused" and "limts" in answer.json()["error"]
    assert "limts" in show(running, command="reload", check=False).stdout
    audit = "".join(file.read_text() for file in running.state.glob("audit-*.log"))
    refused = [json.loads(line)["attrs"] for line in audit.splitlines() if '"reload.refused"' in line]
    assert len(refused) == 2 and "signet.yaml:" in refused[0]["reason"] and "limts" in refused[0]["reason"]


def test_reload_does_not_wait_for_ever(shop, cdn):
    publish(shop, cdn)
    shop.start(cdn_config(shop, cdn))
    cdn.stub.answer = lambda *_: time.sleep(14) or (503, {}, b"")
    started = time.monotonic()
    answer = request(shop.admin, "POST", "/admin/reload", timeout=15)
    assert 9 < time.monotonic() - started < 12
    assert answer.status == 202 and answer.json()["graph"]["outcome"] == "pending"
    assert shop.router.events("reload_done")[-1]["graph"] == "pending"


# --- gauges

def test_gauges_count_down_to_every_expiry(shop):
    in_ten_days = f", not_after: {keys_support.timestamp(10 * DAY)}"
    keys = [("release-1", "release", "release.key", in_ten_days), ("approve-1", "approve", "approve.key", "")]
    shop.start(keys_support.trust(shop, keys))
    assert 10 * DAY - 60 < shop.metric("signet_trust_key_expires_in_seconds", signet_key_id="release-1") <= 10 * DAY
    assert shop.metrics().count("signet_trust_key_expires_in_seconds{") == 1
    left = shop.metric("signet_config_expires_in_seconds", signet_artifact_kind="graph")
    assert 92 * DAY - 60 < left <= 92 * DAY
    keys_support.trust(shop, [keys_support.RELEASE, keys_support.APPROVE])
    assert request(shop.admin, "POST", "/admin/reload").status == 200
    assert "signet_trust_key_expires_in_seconds{" not in shop.metrics()


def test_gauge_tells_each_weaker_choice(shop):
    signet("keygen", "hmac", "--out", shop.folder / "approve-h.key")
    keys = [keys_support.RELEASE, ("approve-h", "approve", "approve-h.key", "")]
    keys_support.sign(shop)
    keys_support.add(shop, "approve-h", "approve-h.key")
    shop.start(keys_support.trust(shop, keys))
    assert shop.metric("signet_posture_weak", signet_posture_choice="hmac_alone") == 1
    assert [choice["path"] for choice in shop.status()["posture"]] == ["trust.keys"]
    assert "weak           trust.keys" in show(shop).stdout
    keys_support.trust(shop, [keys_support.RELEASE, keys_support.APPROVE])
    assert request(shop.admin, "POST", "/admin/reload").status == 200
    wait_for(lambda: "signet_posture_weak{" not in shop.metrics(), "the stronger choice to show")
    assert shop.status()["posture"] == []
