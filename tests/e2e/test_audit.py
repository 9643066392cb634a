"""The audit log of the running binary: what it records, and that nobody alters it unnoticed."""

import json
import pathlib
import signal

import pytest

from support import request, signet, wait_for
from test_admission import online_config, serve_admission
from tls_support import Authority

FIRST = "audit-00000001.log"


@pytest.fixture
def audited(shop):
    """A shop whose audit log is signed."""
    signet("keygen", "ed25519", "--out", shop.folder / "audit.key")
    shop.audit = f"audit: {{ key_file: {shop.folder}/audit.key, kid: audit-1, checkpoint: {{ every: 1s }} }}\n"
    return shop


def start(shop, **options):
    return shop.start(shop.config(extra=shop.audit, **options))


def verify(shop, *arguments):
    return signet("audit", "verify", "--dir", shop.state, "--key", shop.folder / "audit.key.pub", "--kid", "audit-1",
                  *arguments, check=False)


def records(shop):
    return [json.loads(line) for file in sorted(shop.state.glob("audit-*.log")) for line in
            file.read_text().splitlines()]


def types(shop):
    return [record["type"] for record in records(shop)]


def attributes(shop, kind):
    return [record["attrs"] for record in records(shop) if record["type"] == kind]


def refuse_and_accept(shop):
    good = shop.graph_file.read_text()
    shop.graph_file.write_text(good.replace("name: String", "name: Strinf", 1))
    wait_for(lambda: shop.refused("digest_mismatch") > 0, "a refusal")
    first = shop.status()["graph"]["serial"]
    shop.graph_file.write_text(shop.supergraph("second"))
    shop.sign()
    shop.approve()
    wait_for(lambda: shop.status()["graph"]["serial"] > first, "the second graph")


def test_a_life_is_recorded_and_verifies(audited):
    start(audited)
    refuse_and_accept(audited)
    assert request(audited.admin, "POST", "/admin/reload").status == 200
    audited.config(extra=audited.audit, trust_extra="  revoked: [gone]\n")
    audited.router.process.send_signal(signal.SIGHUP)
    wait_for(lambda: len(audited.router.events("reloaded")) == 2, "both reloads")
    audited.query("{ me { name } }", headers={"X-Secret": "needle"})
    assert audited.router.stop() == 0

    done = verify(audited)
    assert done.returncode == 0, done.stderr
    assert {"process.start", "gate.accepted", "gate.refused", "admin.reload", "reload.asked", "reload.applied",
            "keys.changed", "process.stop", "checkpoint"} <= set(types(audited))
    assert types(audited)[0] == "segment" and types(audited)[-2:] == ["process.stop", "checkpoint"]
    assert attributes(audited, "keys.changed") == [{"revoked": "gone"}]
    begun = attributes(audited, "process.start")[0]
    assert begun["keys"] == "release-1,approve-1" and begun["operations_mode"] == "off" and begun["version"]
    accepted = attributes(audited, "gate.accepted")[-1]
    assert accepted["signer.release"] == "release-1" and accepted["signer.approve"] == "approve-1"
    assert accepted["sha256"] and accepted["serial"]
    text = (audited.state / FIRST).read_text()
    assert "needle" not in text and "name }" not in text

    anchor = audited.router.events("audit_checkpoint")[-1]
    state = json.loads(verify(audited, "--output", "json", "--anchor", f"{anchor['records']}:{anchor['hash']}").stdout)
    assert state["status"] == "ok" and state["records"] == state["signed_records"] == int(anchor["records"])


def test_an_altered_byte_is_found_by_verify_and_told_at_start(audited):
    start(audited)
    assert audited.router.stop() == 0
    log = audited.state / FIRST
    text = log.read_bytes()
    at = text.index(b"gate.accepted")
    log.write_bytes(text[:at] + b"G" + text[at + 1:])
    done = verify(audited)
    assert done.returncode == 1 and FIRST in done.stderr and "the hash is wrong" in done.stderr
    assert json.loads(verify(audited, "--output", "json").stdout)["file"] == FIRST

    audited.audit = audited.audit.replace(" }\n", ", on_tamper: refuse_start }\n")
    audited.start(audited.config(extra=audited.audit), ready=False)
    assert audited.router.process.wait(10) == 3
    assert "was altered" in audited.router.events("start_failed")[0]["error"]
    audited.audit = audited.audit.replace("refuse_start", "alarm")
    start(audited)
    assert audited.serves() and FIRST in audited.router.events("audit_tampered")[0]["problem"]
    assert audited.router.stop() == 0
    assert verify(audited).returncode == 1


def test_killed_and_started_again_is_no_tampering(audited):
    for _ in range(3):
        start(audited)
        audited.router.process.send_signal(signal.SIGHUP)
        audited.router.kill()
    start(audited)
    wait_for(lambda: verify(audited).returncode == 0, "the next checkpoint")
    assert not audited.router.events("audit_tampered")
    assert types(audited).count("process.start") == 4


def test_what_was_cut_off_shows_against_the_anchor(audited):
    start(audited)
    assert audited.router.stop() == 0
    anchor = audited.router.events("audit_checkpoint")[-1]
    log = audited.state / FIRST
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-1]))
    assert verify(audited).returncode == 12
    assert verify(audited, "--unsigned-max", "100").returncode == 0
    done = verify(audited, "--unsigned-max", "100", "--anchor", f"{anchor['records']}:{anchor['hash']}")
    assert done.returncode == 10 and "anchor" in done.stderr


def test_segments_rotate_and_retention_says_what_it_drops(audited):
    audited.audit = audited.audit.replace(" }\n", ", rotate: { size: 4KiB, keep: 2 } }\n")
    start(audited)
    for count in range(1, 25):
        audited.router.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(audited.router.events("reloaded")) == count, "a reload")  # noqa: B023
    assert audited.router.stop() == 0
    segments = sorted(audited.state.glob("audit-*.log"))
    assert len(segments) == 2 and segments[0].name != FIRST
    assert verify(audited).returncode == 0
    segments[0].unlink()
    assert verify(audited).returncode == 11


def test_export_gives_only_what_verifies(audited):
    start(audited)
    assert audited.router.stop() == 0

    def export(*arguments):
        done = signet("audit", "export", "--dir", audited.state, *arguments, check=False)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    code, lines = export("--type", "gate.accepted", "--since", "2020-01-01T00:00:00Z")
    assert code == 0 and [line["type"] for line in lines] == ["gate.accepted"]
    assert export("--since", "2090-01-01T00:00:00Z") == (0, [])
    log = audited.state / FIRST
    log.write_bytes(log.read_bytes().replace(b'"gate.accepted"', b'"gate.acceptee"'))
    code, lines = export()
    assert code == 1 and lines and all(line["type"] != "gate.acceptee" for line in lines)


def test_usage_and_environment_have_their_codes(audited):
    assert signet("audit", "verify", "--dir", audited.state, check=False).returncode == 3, "there is no log"
    start(audited)
    assert audited.router.stop() == 0
    for arguments in (["--anchor", "7"], ["--anchor", f"x:{'0' * 64}"], ["--kid", "two"]):
        assert verify(audited, *arguments).returncode == 2, arguments
    assert signet("audit", "verify", "--dir", audited.folder / "none", check=False).returncode == 3
    assert signet("audit", "verify", check=False).returncode == 2
    unsigned = signet("audit", "verify", "--dir", audited.state)
    assert "not checked" in unsigned.stdout


def test_the_key_of_another_purpose_is_refused(audited):
    other = audited.folder / "copy.key"
    other.write_bytes((audited.folder / "approve.key").read_bytes())
    audited.audit = audited.audit.replace("audit.key", "copy.key")
    audited.start(audited.config(extra=audited.audit), ready=False)
    assert audited.router.process.wait(10) == 3
    assert "one key has one purpose" in audited.router.log() and "approve-1" in audited.router.log()
    done = signet("check", "-c", audited.config(extra=audited.audit), check=False)
    assert done.returncode == 1 and "one key has one purpose" in done.stderr


def test_verdicts_of_the_webhook_are_recorded(audited):
    _, port = serve_admission(audited)
    audited.start(online_config(audited, port, extra=audited.audit))
    assert audited.router.stop() == 0
    verdict = attributes(audited, "admission.verdict")[0]
    assert (verdict["allowed"], verdict["by"], verdict["artifact"]) == ("true", "approve-1", "graph")
    assert verdict["sha256"] == attributes(audited, "gate.accepted")[0]["sha256"]


def test_denials_of_the_webhook_are_recorded_once(audited):
    _, port = serve_admission(audited, allow=["https://elsewhere.example"])
    audited.start(online_config(audited, port, extra=audited.audit), ready=False)
    audited.wait_live()
    wait_for(lambda: audited.refused("admission_denied") > 0, "the denial")
    assert audited.router.stop() == 0
    verdict, = attributes(audited, "admission.verdict")
    assert (verdict["allowed"], verdict["reason"]) == ("false", "admission_denied") and "by" not in verdict


def test_certificates_that_change_are_recorded(audited):
    authority = Authority(audited.folder)
    cert, key = audited.folder / "tls.crt", audited.folder / "tls.key"

    def place(pair):
        cert.write_bytes(pathlib.Path(pair.cert).read_bytes())
        key.write_bytes(pathlib.Path(pair.key).read_bytes())

    config = audited.config(extra=audited.audit)
    config.write_text(config.read_text().replace(
        "  health:", f"  tls: {{ cert_file: {cert}, key_file: {key} }}\n  health:", 1))
    place(authority.issue())
    audited.start(config)
    place(authority.issue(days=7))
    wait_for(lambda: audited.router.events("tls_files_applied"), "the new certificate")
    cert.write_bytes(b"")
    audited.router.process.send_signal(signal.SIGHUP)
    wait_for(lambda: audited.router.events("tls_files_refused"), "the refusal")
    assert audited.router.stop() == 0
    assert attributes(audited, "tls.applied")[0]["key"] == "listen.tls"
    refused = attributes(audited, "tls.refused")[0]
    assert (refused["key"], refused["file"]) == ("listen.tls", str(cert)) and refused["reason"]


def test_without_a_key_the_posture_is_told(running):
    told = running.router.events("audit_opened")
    assert len(told) == 1 and told[0]["signed_by"] == "nobody" and "audit.key_file" in told[0]["what_to_do"]
