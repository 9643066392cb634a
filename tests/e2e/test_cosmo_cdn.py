"""Graphs from Cosmo's CDN under `trust.unsafe_compat: cosmo`, on the running binary."""

import contextlib
import gzip
import hashlib
import json
import time

import pytest

from cosmo_cdn_support import CosmoCdn, ExecutionConfigs, GRAPH, NEXT_KEY, ORGANIZATION, Supergraph, config, signature_of, write_key
from gate_support import alarms, reload, wait_alarm
from source_support import answer, chunked
from support import signet, wait_for

BODIES = [Supergraph(), ExecutionConfigs()]


@pytest.fixture(params=BODIES, ids=lambda bodies: type(bodies).__name__)
def cosmo(request, shop):
    """A CDN with a first configuration, and the shop's copy of the sign key."""
    cdn = CosmoCdn()
    shop.closing.append(cdn.close)
    cdn.bodies = request.param
    write_key(shop, "cosmo.key")
    cdn.publish(*cdn.bodies.make(shop, "one"))
    return cdn


@pytest.fixture
def serving(shop, cosmo):
    shop.start(config(shop, cosmo.source()))
    return cosmo


def digest(body):
    return hashlib.sha256(body).hexdigest()


def publish(shop, cdn, marker, **options):
    """Another configuration; its body."""
    body, version = cdn.bodies.make(shop, marker)
    cdn.publish(body, version, **options)
    return body


def wait_running(shop, body):
    wait_for(lambda: (shop.status()["graph"] or {}).get("sha256") == digest(body), f"the new graph\n{shop.router.log()}")


def wait_refused(shop, reason, before=0):
    wait_for(lambda: shop.refused(reason) > before, f"a refusal {reason}\n{shop.router.log()}")


@contextlib.contextmanager
def refusal(shop, reason):
    """What the CDN delivers from within this block on is refused for this reason, told everywhere, and what ran before
    serves on."""
    before = shop.status()["graph"]
    count, events = shop.refused(reason), len(shop.router.events("artifact_refused"))
    yield
    reload(shop)
    wait_refused(shop, reason, count)
    assert shop.status()["graph"]["sha256"] == before["sha256"] and shop.status()["graph"]["serial"] == before["serial"]
    assert shop.status()["last_refusal"]["graph"]["reason"] == reason
    told = [event for event in shop.router.events("artifact_refused")[events:] if event["reason"] == reason]
    assert told and told[-1]["what_to_do"]
    assert any(reason in json.dumps(record) for record in audit(shop, "gate.refused"))
    assert shop.serves()


def audit(shop, kind):
    lines = [json.loads(line) for file in sorted(shop.state.glob("audit-*.log")) for line in file.read_text().splitlines()]
    return [line for line in lines if line.get("type") == kind]


def test_a_graph_of_cosmo_serves_and_says_how_far_it_is_trusted(shop, serving):
    assert shop.serves()
    method, path, fields, body = serving.requests[0]
    assert (method, path) == ("POST", f"/cdn/{ORGANIZATION}/{GRAPH}/routerconfigs/latest.json")
    assert json.loads(body) == {"version": ""}
    assert fields["authorization"] == f"Bearer {serving.token()}"
    assert fields["content-type"] == "application/json; charset=UTF-8"
    assert fields["accept-encoding"] == "gzip"

    status = shop.status()
    assert status["trust"] == "unsafe_compat: cosmo"
    graph = status["graph"]
    assert graph["source"] == "cdn" and graph["sha256"] == digest(serving.published[0])
    assert graph["signers"] == [{"kid": "cosmo-1", "role": "release"}]
    assert graph["approval"] == {"how": "body_signature", "by": ["cosmo-1"]}
    assert abs(graph["serial"] - time.time()) < 60
    assert graph["expires"] is None and not graph["expired"]
    assert [weak["path"] for weak in status["posture"]] == ["trust.unsafe_compat"]
    assert [(key["kid"], key["format"]) for key in status["keys"]] == [("cosmo-1", "cosmo")]
    assert [event["key"] for event in shop.router.events("weak_posture")] == ["trust.unsafe_compat"]
    assert shop.get_health().json()["trust"] == "unsafe_compat: cosmo"
    assert shop.metric("signet_posture_weak", signet_posture_choice="trust.unsafe_compat") == 1
    assert "signet_config_expir" not in "".join(line for line in shop.metrics().splitlines(True) if line[0] != "#")

    text = signet("status", "--admin", f"127.0.0.1:{shop.admin}").stdout
    assert "never: nothing says when" in text and "before cosmo-1 signed" in text
    posture = signet("check", "-c", shop.folder / "signet.yaml", "--posture").stdout
    assert "weak: trust.unsafe_compat: " in posture and "no graph, no order, no expiry" in posture
    applied = audit(shop, "gate.accepted")
    assert len(applied) == 1 and digest(serving.published[0]) in json.dumps(applied[0])


def test_changes_are_taken_and_what_stays_is_confirmed(shop, serving):
    first = shop.status()["graph"]
    body = publish(shop, serving, "two")
    wait_running(shop, body)
    second = shop.status()["graph"]
    assert second["serial"] > first["serial"] and shop.serves()
    seen = len(serving.requests)
    wait_for(lambda: len(serving.requests) > seen + 2, "more polls")
    asked = json.loads(serving.requests[-1][3])["version"]
    assert asked == serving.published[1]  # the version of what runs; empty where it has none
    assert serving.statuses[-1] == (304 if serving.bodies.versioned else 200)
    graph = shop.status()["graph"]
    assert graph["serial"] == second["serial"] and graph["failed_polls"] == 0 and graph["confirmed_seconds_ago"] < 10
    assert len(audit(shop, "gate.accepted")) == 2


def test_c1_altered_bodies_are_refused_and_what_runs_serves_on(shop, serving):
    body, version = serving.bodies.make(shop, "evil")
    good = signature_of(body)
    with refusal(shop, "signature"):
        serving.publish(body + b" ", version, signatures=[good])
    assert good not in shop.router.log() and signature_of(body + b" ") not in shop.router.log()
    serving.publish(body, version)
    wait_running(shop, body)


def test_c2_mangled_signatures_are_refused(shop, serving):
    body, version = serving.bodies.make(shop, "two")
    good = signature_of(body)
    forms = [[good[:-1]], [good[:-2] + chr(ord(good[-2]) + 1) + "="], [good.replace("+", "-").replace("/", "_") + "x"],
             [hashlib.sha256(body).hexdigest()], [good, good], ["x", good], [good + ", " + good], [""]]
    for signatures in forms:
        with refusal(shop, "signature"):
            serving.publish(body, version, signatures=signatures)
    serving.publish(body, version)
    wait_running(shop, body)


def test_c2_a_missing_signature_is_refused(shop, serving):
    with refusal(shop, "unsigned_body"):
        publish(shop, serving, "unsigned", signatures=[])
    assert "X-Signature-SHA256" in shop.status()["last_refusal"]["graph"]["detail"]


def test_c2_nothing_serves_without_a_signature_at_the_start(shop, cosmo):
    publish(shop, cosmo, "unsigned", signatures=[])
    shop.start(config(shop, cosmo.source()), ready=False)
    shop.wait_live()
    wait_refused(shop, "unsigned_body")
    answer = shop.get_health()
    assert answer.status == 503 and "unsigned_body" in answer.json()["reason"]
    body = publish(shop, cosmo, "signed")
    wait_running(shop, body)
    assert shop.serves()


def test_c5_an_older_body_does_not_come_back(shop, serving):
    old = serving.published
    second = publish(shop, serving, "two")
    wait_running(shop, second)
    with refusal(shop, "rollback"):
        serving.published = old  # signed well, and replaced
    shop.router.stop()
    shop.start(config(shop, serving.source()))
    wait_refused(shop, "rollback")
    assert shop.status()["graph"]["sha256"] == digest(second) and shop.serves()
    third = publish(shop, serving, "three")
    wait_running(shop, third)
    for left in (old, (second, "", [signature_of(second)], None)):
        with refusal(shop, "rollback"):
            serving.published = left


def test_c5_a_lost_state_folder_is_told(shop, serving):
    old = serving.published
    wait_running(shop, publish(shop, serving, "two"))
    shop.router.stop()
    for file in shop.state.iterdir():
        file.unlink()
    serving.published = old
    shop.start(config(shop, serving.source()))
    assert shop.status()["graph"]["sha256"] == digest(old[0])
    assert any(event.get("alarm") == "first_use" for event in shop.router.events("artifact_alarm"))


def test_c6_an_unasked_for_304_is_no_answer(shop, cosmo):
    cosmo.odd = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
    shop.start(config(shop, cosmo.source()), ready=False)
    shop.wait_live()
    wait_refused(shop, "fetch_status")
    assert "304" in shop.status()["last_refusal"]["graph"]["detail"]
    assert shop.get_health().status == 503
    cosmo.odd = None
    wait_running(shop, cosmo.published[0])


def test_c4_a_restart_serves_the_last_good_copy_while_the_cdn_is_down(shop, serving):
    body = publish(shop, serving, "two")
    wait_running(shop, body)
    graph = shop.status()["graph"]
    shop.router.stop()
    serving.odd = answer(b"", "503 Service Unavailable", "Connection: close\r\n")
    shop.start(config(shop, serving.source()))
    again = shop.status()["graph"]
    assert (again["source"], again["sha256"], again["serial"]) == ("last_good", digest(body), graph["serial"])
    assert again["signers"] == graph["signers"] and shop.serves()
    serving.odd = None
    body = publish(shop, serving, "three")
    wait_running(shop, body)
    assert shop.status()["graph"]["source"] == "cdn"


def altered(copy):
    """A last-good copy with other bytes, and a digest that fits them."""
    _, rest = copy.split(b"\n", 1)
    rest = rest.replace(b"two", b"bad")
    return b"signet-last-good 1 " + hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest


def test_c4_an_altered_last_good_copy_does_not_serve(shop, serving):
    wait_running(shop, publish(shop, serving, "two"))
    shop.router.stop()
    copy = shop.state / "graph.last-good"
    before = copy.read_bytes()
    copy.write_bytes(altered(before))
    assert copy.read_bytes() != before
    serving.odd = answer(b"", "503 Service Unavailable", "Connection: close\r\n")
    shop.start(config(shop, serving.source()), ready=False)
    shop.wait_live()
    wait_refused(shop, "signature")
    assert shop.get_health().status == 503


def test_c16_a_revoked_key_lets_nothing_in_again(shop, serving):
    write_key(shop, "next.key", NEXT_KEY)
    keys = (("cosmo-1", "cosmo.key", ""), ("cosmo-2", "next.key", ""))
    file = config(shop, serving.source(), keys, trust_extra="  revoked: [cosmo-1]\n")
    reload(shop)
    wait_alarm(shop, "key_revoked")
    assert shop.serves()
    with refusal(shop, "key_revoked"):
        publish(shop, serving, "two")
    shop.router.stop()
    serving.odd = answer(b"", "503 Service Unavailable", "Connection: close\r\n")
    shop.start(file, ready=False)
    shop.wait_live()
    wait_refused(shop, "key_revoked")  # the last-good copy
    assert shop.get_health().status == 503
    serving.odd = None
    body = publish(shop, serving, "three", key=NEXT_KEY)
    wait_running(shop, body)
    assert shop.status()["graph"]["signers"] == [{"kid": "cosmo-2", "role": "release"}] and not alarms(shop) & {"key_revoked"}


def test_c16_a_revoked_key_can_end_what_serves(shop, serving):
    write_key(shop, "next.key", NEXT_KEY)
    keys = (("cosmo-1", "cosmo.key", ""), ("cosmo-2", "next.key", ""))
    config(shop, serving.source(), keys, trust_extra="  revoked: [cosmo-1]\n  on_revoked: drop\n")
    reload(shop)
    wait_for(lambda: shop.status()["graph"] is None, f"the end of the graph\n{shop.router.log()}")
    assert shop.get_health().status == 503 and shop.refused("key_revoked") > 0


def test_c16_a_rotated_secret_counts_within_5_s(shop, serving):
    body, version = serving.bodies.make(shop, "two")
    with refusal(shop, "signature"):
        serving.publish(body, version, key=NEXT_KEY)
    write_key(shop, "cosmo.key", NEXT_KEY)
    begin = time.monotonic()
    wait_running(shop, body)
    assert time.monotonic() - begin < 5.0
    assert shop.router.events("secret_applied")
    write_key(shop, "cosmo.key", "short")
    wait_for(lambda: shop.router.events("secret_refused"), "a refused secret")
    wait_running(shop, publish(shop, serving, "three", key=NEXT_KEY))


def test_c9_keys_of_statements_and_of_bodies_never_stand_for_each_other(shop, cosmo):
    release = (shop.folder / "release.key").read_text().strip()
    publish(shop, cosmo, "two", key=release)
    file = config(shop, cosmo.source(), statement_keys=True, fallback=f"{{ file: {shop.graph_file} }}")
    shop.start(file, ready=False)
    shop.wait_live()
    wait_refused(shop, "signature")
    assert shop.status()["graph"] is None
    # The other way: the sign key makes no statement that counts.
    signet("sign", shop.graph_file, "--graph", "shop", "--environment", "test", "--kid", "cosmo-1", "--key",
           shop.folder / "cosmo.key")
    cosmo.close()
    wait_refused(shop, "key_unknown")
    assert shop.get_health().status == 503 and not shop.subgraph_requests()


def test_c4_a_fallback_displaces_no_body_that_runs(shop, cosmo):
    """Nothing says which of two bodies is newer: what was displaced could not come back."""
    other = CosmoCdn()
    shop.closing.append(other.close)
    other.publish(*cosmo.bodies.make(shop, "of a mirror that lags"))
    shop.start(config(shop, cosmo.source(), fallback=other.source()))
    before = shop.status()["graph"]["sha256"]
    cosmo.odd = answer(b"", "503 Service Unavailable", "Connection: close\r\n")
    wait_for(lambda: shop.refused("fetch_unavailable") >= 2, "two polls that failed")
    assert shop.status()["graph"]["sha256"] == before and not other.requests
    cosmo.odd = None
    wait_running(shop, publish(shop, cosmo, "the next"))
    assert shop.refused("rollback") == 0


def test_c4_a_fallback_serves_what_is_not_heard_and_nothing_else(shop, cosmo):
    other = CosmoCdn()
    shop.closing.append(other.close)
    body = cosmo.bodies.make(shop, "from the fallback")
    other.publish(*body)
    cosmo.odd = answer(b"", "503 Service Unavailable", "Connection: close\r\n")
    shop.start(config(shop, cosmo.source(), fallback=other.source()))
    assert shop.status()["graph"]["source"] == "fallback" and shop.status()["graph"]["sha256"] == digest(body[0])
    cosmo.odd = None
    wait_running(shop, cosmo.published[0])
    other.publish(*cosmo.bodies.make(shop, "evil"))
    asked = len(other.requests)
    with refusal(shop, "unsigned_body"):
        publish(shop, cosmo, "unsigned", signatures=[])
    assert len(other.requests) == asked


def test_c10_the_signature_covers_what_is_under_the_content_coding(shop, serving):
    body, version = serving.bodies.make(shop, "two")
    packed = gzip.compress(body), "Content-Encoding: gzip\r\n"
    with refusal(shop, "signature"):
        serving.publish(body, version, coded=packed, signatures=[signature_of(packed[0])])
    serving.publish(body, version, coded=packed)
    wait_running(shop, body)


def test_c13_cut_slow_and_huge_answers(shop, serving):
    body, version = serving.bodies.make(shop, "two")
    fields = f"X-Signature-SHA256: {signature_of(body)}\r\nConnection: close\r\n"
    with refusal(shop, "fetch_truncated"):
        serving.odd = answer(body[:-7], fields=fields, length=len(body))
    with refusal(shop, "fetch_truncated"):
        serving.odd = chunked(body, fields=fields, end=b"")
    with refusal(shop, "fetch_empty"):
        serving.odd = answer(b"", fields=fields)
    with refusal(shop, "fetch_too_large"):
        serving.odd = answer(b"x", fields=fields, length=17 << 20)
    with refusal(shop, "compression"):
        serving.odd = answer(gzip.compress(b" " * (65 << 20)), fields=fields + "Content-Encoding: gzip\r\n")

    def slowly(stream):
        good = answer(body, fields=fields)
        stream.sendall(good[:100])
        time.sleep(3)
        stream.sendall(good[100:])

    serving.odd = slowly
    reload(shop)
    assert shop.serves()  # meanwhile
    wait_running(shop, body)


def test_c14_redirects_are_not_followed_and_the_token_stays(shop, serving):
    other = CosmoCdn()
    shop.closing.append(other.close)
    other.publish(*serving.bodies.make(shop, "evil"))
    for status in ("301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"):
        with refusal(shop, "fetch_redirect"):
            serving.odd = answer(b"", status, f"Location: {other.url}{other.path[4:]}\r\nConnection: close\r\n")
    assert not other.requests


@pytest.mark.parametrize("claims, hint", [({"organization_id": "another-organization"}, "400"), ({"exp": 1}, None)])
def test_c15_tokens_of_other_graphs_ask_for_theirs_alone(shop, cosmo, claims, hint):
    """The path follows the token: a token of another graph asks the CDN for that one."""
    shop.start(config(shop, cosmo.source(cosmo.token(**claims))), ready=hint is None)
    if hint is None:
        return
    shop.wait_live()
    wait_for(lambda: cosmo.requests, "a request")
    assert cosmo.requests[0][1] == f"/cdn/another-organization/{GRAPH}/routerconfigs/latest.json"


def test_c15_a_token_that_the_cdn_refuses_is_told_and_never_shown(shop, cosmo):
    secret, cosmo.token_secret = cosmo.token_secret, b"another"
    token = cosmo.token()
    cosmo.token_secret = secret
    (shop.folder / "token").write_text(token + "\n")
    (shop.folder / "token").chmod(0o600)
    file = config(shop, cosmo.source(f"${{file:{shop.folder}/token}}"))
    shop.start(file, ready=False)
    shop.wait_live()
    wait_refused(shop, "fetch_status")
    detail = shop.status()["last_refusal"]["graph"]["detail"]
    assert "401" in detail and "does not take the token" in detail
    (shop.folder / "token").write_text("no.token\n")
    wait_for(lambda: shop.router.events("secret_refused"), "a refused token")
    assert "graph.source.cdn.token" in json.dumps(shop.router.events("secret_refused"))
    (shop.folder / "token").write_text(cosmo.token() + "\n")
    wait_running(shop, cosmo.published[0])
    for part in (*token.split("."), cosmo.token().split(".")[2]):
        assert part not in shop.router.log() and part not in json.dumps(shop.status())


@pytest.mark.parametrize("claims", [{"organization_id": "../evil"}, {"federated_graph_id": "a/b"}, {"organization_id": None},
                                    {"federated_graph_id": "x" * 129}, {"federated_graph_id": 7}])
def test_c15_tokens_that_lead_elsewhere_are_configuration_errors(shop, cosmo, claims):
    token = cosmo.token(**claims)
    file = config(shop, cosmo.source(token))
    for command in ("check", "serve"):
        done = signet(command, "-c", file, check=False)
        assert done.returncode != 0
        line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if "source:" in text)
        assert f"signet.yaml:{line}:" in done.stderr and "graph.source.cdn.token" in done.stderr, done.stderr
        assert token.split(".")[1] not in done.stderr
    assert not cosmo.requests


def test_egress_stays_as_it_is(shop, serving):
    body, version = serving.bodies.make(shop, "two")
    body = body.replace(f"127.0.0.1:{shop.a.port}".encode(), b"evil.example:443")
    with refusal(shop, "egress"):
        serving.publish(body, version)


def test_nothing_of_it_is_spoken_without_unsafe_compat(shop, cosmo):
    shop.start(shop.config(cosmo.source()), ready=False)
    shop.wait_live()
    wait_for(lambda: cosmo.requests, "a request")
    assert cosmo.requests[0][:2] == ("GET", "/cdn/statement.jws")
    assert shop.get_health().status == 503
