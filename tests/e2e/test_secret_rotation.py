"""Files of secrets that change under a router under load: used within 5 s, nobody asks for a reload, no request is lost."""

import contextlib
import json
import os
import pathlib
import re
import time

import pytest

import keys_support
from gate_support import admission_block, cdn_config, serve_admission, wait_alarm, wait_serial
from keys_support import Load, make_key, replace
from source_support import Bucket, new_version
from support import request, signet, subgraph_a, wait_for, webhook_headers
from tls_support import Authority, TlsShop

PATIENCE = 5.0


@contextlib.contextmanager
def applied(shop, key, count=1):
    """What happens in the block makes the router take another text under `key`, in time, under load."""
    before = len(told(shop, "secret_applied", key))
    with Load(shop) as load:
        wait_for(lambda: load.count > 5, "the load")
        yield
        begun = time.monotonic()
        wait_for(lambda: len(told(shop, "secret_applied", key)) == before + count, f"{key}\n{shop.router.log()}", PATIENCE)
        assert time.monotonic() - begun < PATIENCE
        seen = load.count
        wait_for(lambda: load.count > seen + 5, "load after the change")
    assert load.failed == []


def told(shop, event, key):
    return [e for e in shop.router.events(event) if e["key"] == key]


def publish(shop, marker, release="release.key", approve="approve.key"):
    """Another graph signed with these key files, put in place."""
    return keys_support.publish(shop, marker, ("release-1", release), ("approve-1", approve))


def swap_with_other(shop, name, kind="hmac"):
    """Another key takes the place of the file that the router reads; the old one moves to NAME.old, for signing."""
    old, other = shop.folder / f"{name}.old", shop.folder / f"{name}.new"
    old.write_bytes((shop.folder / name).read_bytes())
    make_key(shop, other.name, kind)
    for suffix in ("", ".pub") if kind == "ed25519" else ("",):
        replace(shop.folder / f"{name}{suffix}", pathlib.Path(f"{other}{suffix}").read_bytes())
    return old.name


def test_c16_rotated_hmac_key_counts_and_the_old_one_no_longer(running):
    with applied(running, "trust.keys.release-1"):
        old = swap_with_other(running, "release.key")
    wait_alarm(running, "untrusted")
    publish(running, "signed by the old key", release=old)
    wait_for(lambda: running.refused("signature") == 1, "the refusal")
    wait_serial(running, publish(running, "signed by the new key"))
    assert running.serves()
    assert running.metric("signet_secrets_applied_total") == 1 and running.metric("signet_secrets_refused_total") == 0


def test_c16_rotated_public_key_counts_and_the_old_one_no_longer(running):
    with applied(running, "trust.keys.approve-1"):
        old = swap_with_other(running, "approve.key", "ed25519")
    publish(running, "approved by the old key", approve=old)
    wait_for(lambda: running.refused("signature") == 1, "the refusal")
    wait_serial(running, publish(running, "approved by the new key"))
    assert running.serves()


def test_c16_graph_that_came_before_its_key_is_taken_with_it(running):
    make_key(running, "next.key")
    serial = publish(running, "signed by the next key", release="next.key")
    wait_for(lambda: running.refused("signature") == 1, "the refusal")
    with applied(running, "trust.keys.release-1"):
        replace(running.folder / "release.key", (running.folder / "next.key").read_bytes())
    wait_serial(running, serial)


def test_c16_rotated_admission_secret(shop):
    admission, port = serve_admission(shop)
    statement_without_approval(shop, "first")
    shop.start(shop.config(admission=admission_block(shop, port)))
    with applied(shop, "admission.secret_file"):
        make_key(shop, "hook.new", "webhook")
        replace(shop.folder / "hook.key", (shop.folder / "hook.new").read_bytes())
        admission.kill()
        serve_admission(shop, port=port)
    wait_serial(shop, statement_without_approval(shop, "second"))
    assert shop.serves()


def statement_without_approval(shop, marker):
    shop.graph_file.write_text(shop.supergraph(marker))
    shop.sign()
    return json.loads(signet("inspect", f"{shop.graph_file}.jws", "--json").stdout)["serial"]


def test_c16_rotated_push_secret(shop, cdn):
    cdn.publish(shop.graph_file.read_bytes(), pathlib.Path(f"{shop.graph_file}.jws").read_bytes())
    shop.start(cdn_config(shop, cdn))
    old = shop.folder / "push.old"
    old.write_bytes((shop.folder / "push.key").read_bytes())
    with applied(shop, "graph.source.cdn.push.secret_file"):
        make_key(shop, "push.new", "webhook")
        replace(shop.folder / "push.key", (shop.folder / "push.new").read_bytes())
    push = lambda key: request(shop.health, "POST", "/push", webhook_headers(key, b"{}", f"msg_{key.suffix[1:]}"), b"{}").status  # noqa: E731
    assert (push(old), push(shop.folder / "push.key")) == (401, 202)


def guarded(cdn, tokens):
    """The CDN answers only who sends one of `tokens`."""
    serve = cdn.stub.answer
    cdn.stub.answer = lambda handler, body: (serve(handler, body) if handler.headers["Authorization"] in
                                             {f"Bearer {token}" for token in tokens} else (401, {}, b"who are you"))


def start_with_token(shop, cdn, file, tokens, token="${file:%s}", **options):
    guarded(cdn, tokens)
    cdn.publish(shop.graph_file.read_bytes(), pathlib.Path(f"{shop.graph_file}.jws").read_bytes())
    source = json.dumps({"cdn": {"url": cdn.url, "poll": "1s", "jitter": "0s", "token": token % file if "%s" in token else token}})
    shop.start(shop.config(source, **options))


def test_c16_rotated_cdn_token(shop, cdn):
    token, tokens = shop.folder / "token", {"first-token"}
    token.write_text("first-token\n")
    start_with_token(shop, cdn, token, tokens)
    with applied(shop, "graph.source.cdn.token"):
        replace(token, "second-token\n")
    tokens.clear()
    tokens.add("second-token")
    serial = new_version(shop, "under the second token")
    cdn.publish(shop.graph_file.read_bytes(), pathlib.Path(f"{shop.graph_file}.jws").read_bytes())
    wait_serial(shop, serial)
    asked = len(cdn.stub.requests)
    wait_for(lambda: len(cdn.stub.requests) > asked + 1, "two more polls")
    assert {headers["Authorization"] for _, _, headers, _ in cdn.stub.requests[asked:]} == {"Bearer second-token"}


@pytest.mark.parametrize("bad", ["", "\n", "two words\n", "first\0second\n"])
def test_c16_token_that_is_none_leaves_the_old_one(shop, cdn, bad):
    token = shop.folder / "token"
    token.write_text("first-token\n")
    start_with_token(shop, cdn, token, {"first-token"})
    token.write_text(bad)
    wait_for(lambda: told(shop, "secret_refused", "graph.source.cdn.token"), f"the refusal\n{shop.router.log()}", 8)
    asked = len(cdn.stub.requests)
    wait_for(lambda: len(cdn.stub.requests) > asked, "another poll")
    assert cdn.stub.requests[-1][2]["Authorization"] == "Bearer first-token" and shop.serves()
    assert "first-token" not in shop.router.log() and "second" not in shop.router.log()


def test_c16_changed_token_of_a_reload_is_used(shop, cdn):
    tokens = {"first-token"}
    start_with_token(shop, cdn, "", tokens, token="first-token")
    config = shop.folder / "signet.yaml"
    config.write_text(config.read_text().replace("first-token", "second-token"))
    tokens.add("second-token")
    keys_support.reload(shop)
    wait_for(lambda: cdn.stub.requests[-1][2]["Authorization"] == "Bearer second-token", "the second token")


def test_c16_bad_credentials_of_a_bucket_are_told(shop):
    bucket = Bucket()
    shop.closing.append(bucket.close)
    bucket.publish(shop.graph_file)
    credentials = bucket.credentials(shop.folder / "aws")
    shop.start(shop.config(bucket.source(credentials)))
    credentials.write_text("[default]\n")
    key = "graph.source.s3.credentials_file"
    wait_for(lambda: told(shop, "secret_refused", key), "the refusal", 8)
    wait_serial(shop, publish_to(bucket, shop))
    bucket.keys = {"AKIANEXT": "next/secret+0001"}
    with applied(shop, key):
        bucket.credentials(credentials)
    wait_serial(shop, publish_to(bucket, shop))


def publish_to(bucket, shop):
    serial = new_version(shop, f"version {bucket.good}")
    bucket.publish(shop.graph_file)
    return serial


def in_secret_folder(shop, *names):
    """The files as the kubelet lays out a Secret: NAME -> ..data/NAME, ..data -> ..N. Returns put(texts)."""
    folder = shop.folder / "secret"
    folder.mkdir()
    numbers = iter(range(100))

    def put(texts):
        data = folder / f"..{next(numbers)}"
        data.mkdir()
        for name, text in texts.items():
            (data / name).write_bytes(text)
        (folder / "..data_tmp").symlink_to(data.name)
        old = (folder / "..data").resolve() if (folder / "..data").exists() else None
        (folder / "..data_tmp").rename(folder / "..data")
        if old:
            for file in old.iterdir():
                file.unlink()
            old.rmdir()

    for name in names:
        (folder / name).symlink_to(f"..data/{name}")
    return put


def test_c16_secret_that_is_swapped_as_a_folder(shop):
    names = ("release.key", "approve.key.pub")
    put = in_secret_folder(shop, *names)
    put({name: (shop.folder / name).read_bytes() for name in names})
    config = shop.config()
    for name in names:
        config.write_text(config.read_text().replace(f"{shop.folder}/{name}", f"{shop.folder}/secret/{name}"))
    shop.start(config)
    for round in range(3):
        make_key(shop, f"release.{round}")
        make_key(shop, f"approve.{round}", "ed25519")
        with applied(shop, "trust.keys.release-1"), applied(shop, "trust.keys.approve-1"):
            put({"release.key": (shop.folder / f"release.{round}").read_bytes(),
                 "approve.key.pub": (shop.folder / f"approve.{round}.pub").read_bytes()})
        wait_serial(shop, publish(shop, f"round {round}", f"release.{round}", f"approve.{round}"))


def test_c16_two_keys_that_trade_places(shop):
    make_key(shop, "other.key")
    config = shop.config(trust_extra=f"    - {{ kid: release-2, role: release, secret_file: {shop.folder}/other.key }}\n")
    shop.start(config)
    one, two = (shop.folder / name for name in ("release.key", "other.key"))
    first, second = one.read_bytes(), two.read_bytes()
    with applied(shop, "trust.keys.release-1"), applied(shop, "trust.keys.release-2"):
        replace(one, second)
        replace(two, first)
    wait_serial(shop, publish(shop, "signed by what was release-2", "release.key"))
    assert shop.router.events("secret_refused") == []


def test_c16_two_keys_that_trade_places_beside_a_bad_file(shop):
    make_key(shop, "other.key")
    wait = shop.folder / "pre_stop"
    wait.write_text("200ms\n")
    config = shop.config(trust_extra=f"    - {{ kid: release-2, role: release, secret_file: {shop.folder}/other.key }}\n")
    text, count = re.subn(r"pre_stop: \w+", f"pre_stop: \"${{file:{wait}}}\"", config.read_text())
    assert count == 1
    config.write_text(text)
    shop.start(config)
    one, two = (shop.folder / name for name in ("release.key", "other.key"))
    first, second = one.read_bytes(), two.read_bytes()
    with applied(shop, "trust.keys.release-1"), applied(shop, "trust.keys.release-2"):
        replace(wait, "rubbish\n")
        replace(one, second)
        replace(two, first)
    wait_serial(shop, publish(shop, "signed by what was release-2", "release.key"))
    wait_for(lambda: told(shop, "secret_refused", "shutdown.pre_stop"), "the refusal", 8)
    assert {event["key"] for event in shop.router.events("secret_refused")} == {"shutdown.pre_stop"}


def test_c16_value_of_a_key_that_needs_a_restart_stays_and_is_told(shop):
    value = shop.folder / "environment"
    value.write_text("test\n")
    config = shop.config()
    text = config.read_text()
    assert text.count("environment: test") == 1
    config.write_text(text.replace("environment: test", f"environment: \"${{file:{value}}}\""))
    shop.start(config)
    replace(value, "prod\n")
    refusal = wait_for(lambda: told(shop, "secret_refused", "graph.environment"), "the refusal", 8)[0]
    assert "these keys changed and need a restart: graph.environment" in refusal["reason"]
    assert request(shop.admin, "POST", "/admin/reload").status == 409  # the restart is still due
    assert "graph.environment" in shop.router.events("reload_refused")[-1]["error"]
    wait_serial(shop, publish(shop, "of the environment as before"))
    replace(value, "test\n")
    keys_support.reload(shop)
    assert told(shop, "secret_applied", "graph.environment") == [] and shop.serves()


def test_c16_key_of_another_purpose_is_refused_and_holds_up_no_other(shop):
    """What would be a mistake at the start is none the better for coming later; what comes with it is taken."""
    for name in ("other.key", "audit.key"):
        make_key(shop, name)
    shop.start(shop.config(trust_extra=f"    - {{ kid: release-2, role: release, secret_file: {shop.folder}/other.key }}\n",
                           extra=f"audit: {{ key_file: {shop.folder}/audit.key, kid: audit-1 }}\n"))
    for round, another in enumerate(("release.key", "audit.key")):
        good = (shop.folder / "other.key").read_bytes()
        make_key(shop, f"approve.{round}", "ed25519")
        with applied(shop, "trust.keys.approve-1"):
            replace(shop.folder / "other.key", (shop.folder / another).read_bytes())
            replace(shop.folder / "approve.key.pub", (shop.folder / f"approve.{round}.pub").read_bytes())
        wait_for(lambda: len(told(shop, "secret_refused", "trust.keys.release-2")) == round + 1, "the refusal", 8)  # noqa: B023
        wait_serial(shop, publish(shop, f"round {round}", approve=f"approve.{round}"))
        replace(shop.folder / "other.key", good)
        wait_for(lambda: shop.metric("signet_secrets_stale") == 0, "the end of it")
    assert told(shop, "secret_applied", "trust.keys.release-2") == []


@pytest.mark.parametrize("what", ["another key", "no key"])
def test_c16_changed_audit_key_is_told_and_holds_up_no_other(shop, what):
    make_key(shop, "audit.key")
    shop.start(shop.config(extra=f"audit: {{ key_file: {shop.folder}/audit.key, kid: audit-1 }}\n"))
    before = (shop.folder / "audit.key").read_bytes()
    make_key(shop, "audit.new")
    replace(shop.folder / "audit.key", (shop.folder / "audit.new").read_bytes() if what == "another key" else b"")
    refusal = wait_for(lambda: told(shop, "secret_refused", "audit.key_file"), "the refusal", 8)[0]
    assert ("audit.kid" in refusal["reason"]) == (what == "another key")
    with applied(shop, "trust.keys.release-1"):
        swap_with_other(shop, "release.key")
    assert shop.router.stop() == 0
    (shop.folder / "audit.old").write_bytes(before)
    signet("audit", "verify", "--dir", shop.state, "--key", shop.folder / "audit.old", "--kid", "audit-1")


BAD_KEYS = {"empty": b"", "short": b"short\n", "blank": b" " * 40, "PEM": b"-----BEGIN PUBLIC KEY-----\n" + b"A" * 60,
            "large": b"A1b2C3d4" * 1000, "gone": None, "a folder": "folder", "a FIFO": "fifo"}


@pytest.mark.parametrize("kind", BAD_KEYS)
def test_c12_bad_key_file_leaves_the_old_key_and_is_told_once(running, kind):
    file, key = running.folder / "release.key", "trust.keys.release-1"
    good = file.read_bytes()
    (running.folder / "kept.key").write_bytes(good)
    with Load(running) as load:
        file.unlink()
        if kind == "a folder":
            file.mkdir()
        elif kind == "a FIFO":
            os.mkfifo(file)
        elif BAD_KEYS[kind] is not None:
            file.write_bytes(BAD_KEYS[kind])
        refusal = wait_for(lambda: told(running, "secret_refused", key), "the refusal", 8)[0]
        assert str(file) == refusal["file"] and refusal["reason"] and refusal["what_to_do"]
        wait_for(lambda: running.metric("signet_secrets_stale") == 1, "the gauge")
        assert running.status()["secrets"][key]["refused"]["reason"] == refusal["reason"]
        wait_serial(running, publish(running, f"while the file is {kind}", release="kept.key"))
        file.rmdir() if kind == "a folder" else file.unlink(missing_ok=True)
        file.write_bytes(good)
        wait_for(lambda: running.metric("signet_secrets_stale") == 0, "the end of it")
    assert load.failed == []
    assert len(told(running, "secret_refused", key)) == 1 and running.metric("signet_secrets_refused_total") == 1
    assert told(running, "secret_applied", key) == [] and running.status()["secrets"][key]["refused"] is None
    assert good.strip().decode() not in running.router.log() + json.dumps(running.status())


def test_c12_public_key_that_is_none_leaves_the_old_one(running):
    file = running.folder / "approve.key.pub"
    good = file.read_text()
    for bad in (good.replace("PUBLIC", "PRIVATE"), good[:60], "x" * 200):
        seen = len(told(running, "secret_refused", "trust.keys.approve-1"))
        replace(file, bad)
        wait_for(lambda: len(told(running, "secret_refused", "trust.keys.approve-1")) > seen, "the refusal", 8)  # noqa: B023
        replace(file, good)
        wait_for(lambda: running.metric("signet_secrets_stale") == 0, "the end of it")
    wait_serial(running, publish(running, "approved as ever"))


def test_c12_half_written_key_is_never_used(running):
    """What has been written of the new key is a key by itself, or none yet: nothing may be judged by it."""
    for round, pieces in enumerate(((40,), (40,), (5, 40), (40,))):
        next_key = make_key(running, f"next.{round}")
        whole = next_key.read_bytes()
        with applied(running, "trust.keys.release-1"), (running.folder / "release.key").open("wb", buffering=0) as file:
            for begin, end in zip((0, *pieces), (*pieces, len(whole))):
                file.write(whole[begin:end])
                time.sleep(0.9 / len(pieces))  # less than lies between two looks
        wait_serial(running, publish(running, f"signed by the whole key {round}", release=next_key.name))
        assert running.metric("signet_secrets_applied_total") == round + 1
    assert running.router.events("secret_refused") == []


def test_c16_rotation_is_in_the_audit_log(running):
    with applied(running, "trust.keys.release-1"):
        swap_with_other(running, "release.key")
    (running.folder / "release.key").write_text("short\n")
    wait_for(lambda: running.router.events("secret_refused"), "the refusal", 8)
    assert running.router.stop() == 0
    lines = [json.loads(line) for line in signet("audit", "export", "--dir", running.state).stdout.splitlines()]
    found = [(line["type"], line["attrs"]) for line in lines if line["type"] in ("secret.applied", "secret.refused", "keys.changed")]
    assert [kind for kind, _ in found] == ["keys.changed", "secret.applied", "secret.refused"]
    assert found[0][1]["replaced"] == "release-1" and found[1][1] == {"key": "trust.keys.release-1"}
    assert found[2][1]["file"] == str(running.folder / "release.key")


def test_c16_a_rotation_each_two_seconds_loses_nothing(running):
    """Every kind of key file in turn, over and over; at the end the last ones count."""
    with Load(running) as load:
        for round in range(5):
            make_key(running, f"release.{round}")
            make_key(running, f"approve.{round}", "ed25519")
            replace(running.folder / "release.key", (running.folder / f"release.{round}").read_bytes())
            time.sleep(1)
            replace(running.folder / "approve.key.pub", (running.folder / f"approve.{round}.pub").read_bytes())
            time.sleep(1)
        wait_serial(running, publish(running, "at the end", "release.4", "approve.4"))
    assert load.failed == [] and load.count > 100


def test_c16_rotated_certificate_of_the_router_towards_a_subgraph(tmp_path):
    """The subgraph sees the new certificate on new connections; those that stand are not cut."""
    shop = TlsShop(tmp_path)
    try:
        routers, seen = Authority(shop.folder, "routers"), []

        def noting(handler, body):
            seen.append(int(handler.connection.getpeercert()["serialNumber"], 16))
            return subgraph_a(handler, body)

        shop.behind_tls(shop.authority.issue(), clients=routers.cert).answer = noting
        shop.place(routers.issue("router"))
        shop.start(shop.tls_config(tls=False, subgraphs=f"  all: {{ tls: {{ ca_file: {shop.authority.cert}, cert_file: {shop.cert}, key_file: {shop.key} }} }}\n"))
        with Load(shop) as load:
            wait_for(lambda: set(seen) == {1001}, "the first certificate")
            for number in (1002, 1003):
                shop.place(routers.issue("router"))
                wait_for(lambda: seen[-1] == number, "the new certificate", PATIENCE)  # noqa: B023
            good = shop.key.read_bytes()
            for bad in (b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n", good[:len(good) // 2]):
                shop.key.write_bytes(bad)
                wait_for(lambda: shop.router.events("tls_files_refused"), "the refusal", 8)
            shop.key.write_bytes(good)
        assert load.failed == [] and seen[-1] == 1003
    finally:
        shop.close()
