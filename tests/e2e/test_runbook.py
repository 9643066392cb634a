"""The cases of docs/runbook.md: each is made to happen, then what the page says to type is typed, in one shell."""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from gate_support import alarms, wait_alarm, wait_alarm_ended, wait_refused
from support import ROOT, SIGNET, Stub, signet, wait_for

PAGE = (ROOT / "docs/runbook.md").read_text()


def shell(text):
    return "".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def section(number):
    return PAGE.split("\n## ")[number]


class Site:
    """The folder `site` behind HTTP, as the CDN serves it."""

    def __init__(self, folder):
        self.folder, self.down = folder, False
        self.stub = Stub(self.serve)
        self.url = f"http://127.0.0.1:{self.stub.port}/shop"

    def serve(self, handler, _):
        file = self.folder / handler.path.removeprefix("/shop/")
        if self.down:
            return 503, {}, b"down"
        return (200, {}, file.read_bytes()) if file.is_file() else (404, {}, b"")


@pytest.fixture
def desk(shop):
    """Where the page's commands are typed: a publisher's folder, and a router that serves its second graph."""
    site = shop.site = Site(shop.folder / "site")
    shop.closing.append(site.stub.close)
    signet("keygen", "hmac", "--out", shop.folder / "release-2.key")
    shop.policy()
    for marker in ("first", "second"):
        publish(shop, marker)
    second = f"    - {{ kid: release-2, role: release, secret_file: {shop.folder}/release-2.key }}\n"
    shop.start(shop.config(f"{{ cdn: {{ url: {site.url}, poll: 1s, jitter: 0s }} }}", trust_extra=second))
    return shop


def publish(shop, marker, key="release.key"):
    shop.graph_file.write_text(shop.supergraph(marker))
    signet("sign", shop.graph_file, "--graph", "shop", "--environment", "test", "--kid", "release-1", "--key",
           shop.folder / key, "--cdn", shop.folder / "site")
    signet("sign", "--add", f"{shop.graph_file}.jws", "--kid", "approve-1", "--key", shop.folder / "approve.key", "--cdn",
           shop.folder / "site")


def type_in(shop, number):
    """What the page says, in the order in which it says it; its output."""
    script = shell(section(0)) + shell(section(number))
    for written, here in {"ADMIN=127.0.0.1:8089": f"ADMIN=127.0.0.1:{shop.admin}",
                          "STATE=/var/lib/signet": f"STATE={shop.state}"}.items():
        assert written in script
        script = script.replace(written, here)
    path = f"{pathlib.Path(SIGNET).resolve().parent}:{os.environ['PATH']}"
    done = subprocess.run(["bash", "-c", "set -eu\n" + script], cwd=shop.folder, env={**os.environ, "PATH": path},
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def promised(number, *texts):
    """What is asserted here stands on the page."""
    for text in texts:
        assert text in section(number), text


def serial(shop):
    return shop.status()["graph"]["serial"]


def test_1_new_graph_is_refused(desk):
    old = serial(desk)
    signet("keygen", "hmac", "--out", desk.folder / "wrong.key")
    publish(desk, "third", "wrong.key")
    wait_refused(desk, "signature")
    assert serial(desk) == old == desk.metric("signet_config_serial")
    promised(1, "`artifact_refused`", 'signet_config_refused_total{signet_refusal_reason="signature"}', "graph changed")
    said = type_in(desk, 1)
    assert "reason       signature: " in said.split("signet reload")[0] and "what to do:" in said
    assert re.search(r"^graph +changed; serial", said, re.MULTILINE)
    assert serial(desk) > old and desk.router.events("artifact_accepted")[-1]["serial"] == str(serial(desk))


def test_2_cdn_is_down(desk):
    old = serial(desk)
    desk.site.down = True
    wait_alarm(desk, "unconfirmed")
    promised(2, "`fetch_unavailable`", "`unconfirmed`", 'signet_config_alarm{signet_alarm_name="unconfirmed"}',
             "failed polls since", "graph unchanged", "`artifact_alarm_ended`")
    shown = signet("status", "--admin", f"127.0.0.1:{desk.admin}").stdout
    assert re.search(r"confirmed \d+s ago, \d+ failed polls? since", shown) and "ALARM" in shown
    desk.site.down = False
    assert re.search(r"^graph +unchanged", type_in(desk, 2), re.MULTILINE)
    wait_alarm_ended(desk, "unconfirmed")
    assert serial(desk) == old


def test_3_roll_back(desk):
    old = serial(desk)
    statement = json.loads(signet("inspect", f"{desk.graph_file}.jws", "--json").stdout)
    assert desk.status()["graph"]["sha256"] == statement["sha256"]
    said = type_in(desk, 3)
    assert re.search(r"^graph +changed", said, re.MULTILINE) and f"digest       {statement['previous']}" in said
    assert desk.status()["graph"]["sha256"] == statement["previous"] and serial(desk) > old and desk.serves()


def test_4_key_leaked(desk):
    promised(4, "`key_revoked`", "signed by release-2 (release), approve-1 (approve)", "`keys.changed`", "`gate.accepted`")
    said = type_in(desk, 4)
    assert re.search(r"signed by +release-2 \(release\), approve-1 \(approve\)", said)
    assert any(event["alarm"] == "key_revoked" for event in desk.router.events("artifact_alarm"))
    wait_alarm_ended(desk, "key_revoked")
    records = [json.loads(line) for line in said.splitlines() if line.startswith('{"seq"') or '"gate.accepted"' in line]
    assert [record["attrs"]["signer.release"] for record in records] == ["release-1", "release-2"]
    log = "".join(file.read_text() for file in desk.state.glob("audit-*.log"))
    assert '"keys.changed"' in log and desk.serves()


def test_5_state_volume_is_lost(desk):
    promised(5, "`state_lost`", "`audit_failed`", "`artifact_alarm_ended`")
    old = serial(desk)
    shutil.rmtree(desk.state)
    wait_alarm(desk, "state_lost")
    assert desk.serves() and desk.metric("signet_audit_failed_total") > 0 and desk.router.events("audit_failed")
    type_in(desk, 5)
    wait_alarm_ended(desk, "state_lost")
    assert f'"serial":{old}' in (desk.state / "graph.state").read_text() and alarms(desk) == set()
    assert (desk.state / "graph.last-good").exists()
    wait_for(lambda: list(desk.state.glob("audit-*.log")), "the audit log to go on")


def test_every_case_has_a_test_and_every_reason_is_one():
    titles = re.findall(r"^## (\d)\. ", PAGE, re.MULTILINE)
    tests = [name.split("_")[1] for name in globals() if re.match(r"test_\d_", name)]
    assert titles == tests
    reasons = set(re.findall(r"`(fetch_\w+|signature)`", PAGE))
    assert len(reasons) > 2
    for reason in reasons:
        assert signet("explain", "refusal", reason).stdout.startswith(f"{reason}\n")
