"""Keys on the running router: roles, several signatures, validity, revocation, rotation, derivation."""

import base64
import json
import subprocess

import pytest

from gate_support import statement_file, wait_serial
from keys_support import (APPROVE, RELEASE, Load, add, base64url, hkdf_sha256, kids_of, make_key, publish, refusals, reload,
                          sign, timestamp, trust, verdict)
from support import signet, wait_for

NEXT = ("release-2", "release", "next.key", "")
OLD_KEY, NEXT_KEY, APPROVE_KEY = ("release-1", "release.key"), ("release-2", "next.key"), ("approve-1", "approve.key")


def start_refused(shop, config, reason):
    shop.start(config, ready=False)
    shop.wait_live()
    wait_for(lambda: shop.refused(reason) > 0, f"a refusal {reason}\n{shop.router.log()}")
    assert shop.get_health().status == 503


# Roles and several signatures

def test_a_signature_is_added_to_the_same_statement(shop):
    make_key(shop, "next.key")
    before = json.loads(statement_file(shop).read_text())
    add(shop, "release-2", "next.key")
    after = json.loads(statement_file(shop).read_text())
    assert after["payload"] == before["payload"] and after["signatures"][:2] == before["signatures"]
    assert kids_of(statement_file(shop)) == ["release-1", "approve-1", "release-2"]
    shop.start(trust(shop, [RELEASE, NEXT, APPROVE], "  required_roles: [release, release, approve]\n"))
    assert shop.serves()
    assert [signer["kid"] for signer in shop.status()["graph"]["signers"]] == ["release-1", "approve-1", "release-2"]


def test_who_has_signed_does_not_sign_again(shop):
    before = statement_file(shop).read_bytes()
    done = add(shop, "release-1", "release.key", check=False)
    assert done.returncode == 1 and "release-1 has signed it already" in done.stderr
    done = add(shop, "release-9", "release.key", check=False)
    assert done.returncode == 1 and "already, as release-1" in done.stderr
    assert statement_file(shop).read_bytes() == before


def test_nothing_is_added_to_a_statement_about_something_else(shop):
    make_key(shop, "next.key")
    before = statement_file(shop).read_bytes()
    other = shop.folder / "other.graphql"
    other.write_text(shop.supergraph("other"))
    done = signet("sign", other, "--add", statement_file(shop), "--kid", "release-2", "--key", shop.folder / "next.key",
                  check=False)
    assert done.returncode == 1 and "is not about" in done.stderr and "other.graphql" in done.stderr
    for option, value in [("--graph", "another"), ("--environment", "another"), ("--kind", "operations")]:
        done = add(shop, "release-2", "next.key", option, value, check=False)
        assert done.returncode == 1 and f"is about graph shop in test, not" in done.stderr
    shop.graph_file.write_text(shop.graph_file.read_text() + " ")
    done = add(shop, "release-2", "next.key", check=False)
    assert done.returncode == 1 and "the statement says" in done.stderr
    assert statement_file(shop).read_bytes() == before


def test_two_of_a_role_are_two_keys(shop):
    make_key(shop, "second.key", "ed25519")
    second = ("approve-2", "approve", "second.key", "")
    config = trust(shop, [RELEASE, APPROVE, second], "  required_roles: [release, approve, approve]\n")
    start_refused(shop, config, "admission_required")
    add(shop, "approve-2", "second.key")
    shop.wait_ready()
    assert shop.serves()


def test_a_role_is_what_the_router_says_it_is(shop):
    """The approver's key listed as a release key does not approve, and no Ed25519 key replaces the HS256 release."""
    as_release = ("approve-1", "release", "approve.key", "")
    make_key(shop, "second.key", "ed25519")
    second = ("approve-2", "approve", "second.key", "")
    assert verdict(shop, trust(shop, [RELEASE, as_release, second])) == "admission_required"
    statement_file(shop).unlink()
    sign(shop, "approve-1", "approve.key")
    add(shop, "approve-2", "second.key")
    assert verdict(shop, trust(shop, [RELEASE, as_release, second])) == "roles_missing"
    add(shop, "release-1", "release.key")
    assert verdict(shop, trust(shop, [RELEASE, as_release, second])) is True


# Validity

@pytest.mark.parametrize("member,seconds,good", [
    ("not_before", -3600, True), ("not_before", 40, True), ("not_before", 3600, False),
    ("not_after", 3600, True), ("not_after", -40, True), ("not_after", -3600, False)])
def test_keys_count_within_their_validity_and_a_minute(shop, member, seconds, good):
    config = trust(shop, [(*RELEASE[:3], f", {member}: {timestamp(seconds)}"), APPROVE])
    if good:
        shop.start(config)
        assert shop.serves() and not refusals(shop)
    else:
        start_refused(shop, config, "key_not_valid")


def test_a_key_that_ends_takes_nothing_down(running):
    """Past its not_after it signs nothing new; what it signed before serves on, also after a restart."""
    config = trust(running, [(*RELEASE[:3], f", not_after: {timestamp(-3600)}"), APPROVE])
    with Load(running) as load:
        reload(running)
        serving = running.status()["graph"]["sha256"]
        wait_for(lambda: running.router.events("reloaded"), "the reload")
        publish(running, "signed too late", OLD_KEY, APPROVE_KEY)
        wait_for(lambda: running.refused("key_not_valid") > 0, "the refusal")
        assert running.status()["graph"]["sha256"] == serving
    assert load.count > 0 and not load.failed, load.failed[:3]
    assert running.router.stop() == 0
    running.start(config)
    assert running.serves() and running.status()["graph"]["source"] == "last_good"


# Revocation

def test_a_revoked_key_does_not_count(shop):
    make_key(shop, "next.key")
    config = trust(shop, [RELEASE, NEXT, APPROVE], "  revoked: [release-1]\n")
    start_refused(shop, config, "key_revoked")
    add(shop, "release-2", "next.key")
    shop.wait_ready()
    assert shop.serves()
    assert {signer["kid"] for signer in shop.status()["graph"]["signers"]} == {"release-2", "approve-1"}


def test_a_key_revoked_while_its_graph_serves_signs_nothing_more(shop):
    make_key(shop, "next.key")
    shop.start(trust(shop, [RELEASE, NEXT, APPROVE]))
    trust(shop, [RELEASE, NEXT, APPROVE], "  revoked: [release-1]\n")
    with Load(shop) as load:
        reload(shop)
        serial = publish(shop, "by the revoked key", OLD_KEY, APPROVE_KEY)
        wait_for(lambda: shop.refused("key_revoked") > 0, "the refusal")
        assert shop.status()["graph"]["serial"] < serial
        add(shop, "release-2", "next.key")
        wait_serial(shop, serial)
    assert load.count > 0 and not load.failed, load.failed[:3]


# Rotation

def test_rotation_with_overlap_refuses_nothing_and_has_no_gap(shop):
    make_key(shop, "next.key")
    shop.start(trust(shop, [RELEASE, APPROVE]))
    with Load(shop) as load:
        trust(shop, [RELEASE, NEXT, APPROVE])  # both are listed
        reload(shop)
        both = publish(shop, "signed by both", OLD_KEY, NEXT_KEY, APPROVE_KEY)
        wait_serial(shop, both)
        config = trust(shop, [NEXT, APPROVE])  # the old one is gone
        reload(shop)
        assert shop.status()["graph"]["serial"] == both
        last = publish(shop, "signed by the new one", NEXT_KEY, APPROVE_KEY)
        assert last > both
        wait_serial(shop, last)
    assert load.count > 10 and not load.failed, load.failed[:3]
    assert not refusals(shop), refusals(shop)
    # And the old key alone is nobody's any more, also where nothing else is known.
    publish(shop, "by the old one", OLD_KEY, APPROVE_KEY)
    assert verdict(shop, config) == "roles_missing"


def test_a_restart_in_the_middle_of_a_rotation_serves(shop):
    """The last-good copy, signed by both, is good under the old keys, both, and the new ones."""
    make_key(shop, "next.key")
    statement_file(shop).unlink()
    sign(shop)
    add(shop, "release-2", "next.key")
    add(shop, "approve-1", "approve.key")
    for keys in ([RELEASE, APPROVE], [RELEASE, NEXT, APPROVE], [NEXT, APPROVE]):
        shop.start(trust(shop, keys))
        assert shop.serves() and not refusals(shop)
        assert shop.router.stop() == 0


# Derivation

CONTEXTS = [("release", "shop", "test"), ("approve", "shop", "test"), ("webhook", "shop", "test"), ("push", "shop", "test"),
            ("audit", "shop", "test"), ("release", "shop", "production"), ("release", "a.b_c-D", "9")]


def derive(shop, purpose, graph, environment, name="derived.key"):
    signet("keygen", "derive", "--master", shop.folder / "master.key", "--purpose", purpose, "--graph", graph,
           "--environment", environment, "--out", shop.folder / name)
    return (shop.folder / name).read_text()


@pytest.mark.parametrize("context", CONTEXTS, ids="-".join)
def test_derived_keys_are_those_of_rfc_5869(shop, context):
    (shop.folder / "master.key").write_text("q8Zr1vT4wLx0NcYb7JmKfHs2PdGe5UaX\n")
    # Spec: RFC 5869, A.1
    known = hkdf_sha256(bytes([0x0b] * 22), bytes(range(13)), bytes(range(0xf0, 0xfa)), 42)
    assert known.hex() == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    info = "signet.key.v1/" + "/".join(context)
    key = hkdf_sha256(b"q8Zr1vT4wLx0NcYb7JmKfHs2PdGe5UaX", b"signet.key.v1", info.encode())
    openssl = subprocess.run(["openssl", "kdf", "-keylen", "32", "-kdfopt", "digest:SHA256", "-kdfopt",
                              "key:q8Zr1vT4wLx0NcYb7JmKfHs2PdGe5UaX", "-kdfopt", "salt:signet.key.v1", "-kdfopt",
                              f"info:{info}", "-binary", "HKDF"], capture_output=True, check=True).stdout
    assert openssl == key
    text = derive(shop, *context)
    if context[0] in ("webhook", "push"):
        assert text == f"whsec_{base64.b64encode(key).decode()}\n"
    else:
        assert text == base64url(key) + "\n"


def test_a_router_with_derived_keys_serves_and_the_keys_of_others_do_not(shop):
    make_key(shop, "master.key")
    derive(shop, "release", "shop", "test", "derived.key")
    derive(shop, "release", "shop", "production", "elsewhere.key")
    derive(shop, "push", "shop", "test", "push-derived.key")
    config = trust(shop, [("release-d", "release", "derived.key", ""), APPROVE])
    for key, expected in [("derived.key", True), ("elsewhere.key", "signature"), ("master.key", "signature")]:
        statement_file(shop).unlink()
        sign(shop, "release-d", key)
        add(shop, "approve-1", "approve.key")
        assert verdict(shop, config) == expected, key
    statement_file(shop).unlink()
    sign(shop, "release-d", "derived.key")
    add(shop, "approve-1", "approve.key")
    shop.start(config)
    assert shop.serves()
    done = sign(shop, "release-d", "push-derived.key", check=False)
    assert done.returncode != 0 and "webhook secret" in done.stderr


def test_derivation_asks_for_all_of_its_context(shop):
    make_key(shop, "master.key")
    arguments = {"--master": shop.folder / "master.key", "--purpose": "release", "--graph": "shop", "--environment": "test"}
    for missing in arguments:
        rest = [word for pair in arguments.items() if pair[0] != missing for word in pair]
        done = signet("keygen", "derive", *rest, check=False)
        assert done.returncode == 2 and missing in done.stderr
    (shop.folder / "master.key").write_text("short\n")
    done = signet("keygen", "derive", *[word for pair in arguments.items() for word in pair], check=False)
    assert done.returncode == 1 and "at least 32" in done.stderr
