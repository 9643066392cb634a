"""The OpenSSL command line as a counterpart: it verifies statements that signet signed, and signs ones that signet takes."""

import hashlib
import json
import subprocess

import pytest

from gate_support import statement_file
from keys_support import APPROVE, RELEASE, base64url, from_base64url, timestamp, trust, verdict
from support import decode_payload


def openssl(*arguments, check=True):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True)
    if check and done.returncode != 0:
        raise AssertionError(done.stderr.decode())
    return done


def mac(shop, message, key="release.key"):
    """HS256 by `openssl dgst`; the key is the file's bytes without their final newline."""
    secret = (shop.folder / key).read_bytes().removesuffix(b"\n")
    file = shop.folder / "message"
    file.write_bytes(message)
    return openssl("dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{secret.hex()}", "-binary", file).stdout


def ed25519(shop, message, key="approve.key"):
    file = shop.folder / "message"
    file.write_bytes(message)
    return openssl("pkeyutl", "-sign", "-inkey", shop.folder / key, "-rawin", "-in", file).stdout


def verifies(shop, message, signature, key="approve.key.pub"):
    message_file, signature_file = shop.folder / "message", shop.folder / "signature"
    message_file.write_bytes(message)
    signature_file.write_bytes(signature)
    return openssl("pkeyutl", "-verify", "-pubin", "-inkey", shop.folder / key, "-rawin", "-in", message_file, "-sigfile",
                   signature_file, check=False).returncode == 0


def statement(shop, **changes):
    """A statement over the shop's graph, written here and not by the code under test."""
    artifact = shop.graph_file.read_bytes()
    members = {"artifact": "graph", "graph": "shop", "environment": "test",
               "serial": json.loads(decode_payload(statement_file(shop).read_bytes()))["serial"] + 1, "previous": "",
               "issued": timestamp(0), "expires": timestamp(3600), "size": len(artifact),
               "sha256": hashlib.sha256(artifact).hexdigest(), **changes}
    return base64url(json.dumps(members, indent=1).encode())


def header(**members):
    return base64url(json.dumps({"typ": "signet.statement.v1", **members}, sort_keys=True).encode())


def release(shop, payload, **members):
    protected = header(**{"alg": "HS256", "kid": "release-1", **members})
    return {"protected": protected, "signature": base64url(mac(shop, f"{protected}.{payload}".encode()))}


def approve(shop, payload, **members):
    protected = header(**{"alg": "Ed25519", "kid": "approve-1", **members})
    return {"protected": protected, "signature": base64url(ed25519(shop, f"{protected}.{payload}".encode()))}


def write(shop, payload, *signatures):
    file = shop.folder / "openssl.jws"
    file.write_text(json.dumps({"payload": payload, "signatures": signatures}, indent=2))
    return file


def test_openssl_verifies_what_signet_signed(shop):
    signed = json.loads(statement_file(shop).read_text())
    first, second = signed["signatures"]
    message = f"{first['protected']}.{signed['payload']}".encode()
    assert mac(shop, message) == from_base64url(first["signature"])
    assert mac(shop, message + b"x") != from_base64url(first["signature"])
    message = f"{second['protected']}.{signed['payload']}".encode()
    assert verifies(shop, message, from_base64url(second["signature"]))
    assert not verifies(shop, message + b"x", from_base64url(second["signature"]))


@pytest.mark.parametrize("alg", ["Ed25519", "EdDSA"])
def test_signet_takes_what_openssl_signed(shop, alg):
    payload = statement(shop)
    file = write(shop, payload, release(shop, payload), approve(shop, payload, alg=alg))
    config = trust(shop, [RELEASE, APPROVE])
    assert verdict(shop, config, file) is True
    file.rename(statement_file(shop))
    shop.start(config)
    assert shop.serves()
    assert {signer["kid"] for signer in shop.status()["graph"]["signers"]} == {"release-1", "approve-1"}


def test_keys_of_openssl_sign_for_signet(shop):
    openssl("genpkey", "-algorithm", "ed25519", "-out", shop.folder / "theirs.key")
    openssl("pkey", "-in", shop.folder / "theirs.key", "-pubout", "-out", shop.folder / "theirs.key.pub")
    payload = statement(shop)
    protected = header(alg="Ed25519", kid="theirs")
    signature = base64url(ed25519(shop, f"{protected}.{payload}".encode(), "theirs.key"))
    file = write(shop, payload, release(shop, payload), {"protected": protected, "signature": signature})
    assert verdict(shop, trust(shop, [RELEASE, ("theirs", "approve", "theirs.key", "")]), file) is True


@pytest.mark.parametrize("change,reason", [
    ({"graph": "other"}, "wrong_graph"), ({"environment": "production"}, "wrong_environment"),
    ({"artifact": "operations"}, "wrong_kind"), ({"size": 1}, "size_mismatch"), ({"sha256": "a" * 64}, "digest_mismatch"),
    ({"serial": 2**53 - 1}, "fast_forward"), ({"issued": timestamp(-7200), "expires": timestamp(-3600)}, "expired"),
    ({"more": 1}, "statement_malformed"), ({"serial": "1"}, "statement_malformed")], ids=str)
def test_well_signed_statements_that_do_not_fit(shop, change, reason):
    """Signatures are right in each: the payload alone decides."""
    payload = statement(shop, **change)
    file = write(shop, payload, release(shop, payload), approve(shop, payload))
    got = verdict(shop, trust(shop, [RELEASE, APPROVE]), file)
    # `verify` judges a file as what its statement says it is, so that another kind is judged by its content.
    assert got == ("format" if reason == "wrong_kind" else reason)


def test_one_wrong_signature_refuses_the_statement(shop):
    payload, other = statement(shop), statement(shop, previous="b" * 64)
    config = trust(shop, [RELEASE, APPROVE])
    for signatures in ([release(shop, payload), approve(shop, other)], [release(shop, other), approve(shop, payload)]):
        assert verdict(shop, config, write(shop, payload, *signatures)) == "signature"
