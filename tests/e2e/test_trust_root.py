"""--trust-root: what decides trust is not weakened by the configuration, and a signed one passes the gate."""

import json
import re

import pytest

from gate_support import LyingClock, YEAR, admission_block, make_graph, reload, wait_refused, wait_serial
from keys_support import make_key
from support import Process, free_port, signet, wait_for


def write_root(shop, more="", allow=None, trust_more=""):
    """A trust root with the shop's keys."""
    text = f"""version: 1
graph: {{ name: shop, environment: test, state_dir: {shop.state} }}
trust:
  keys:
    - {{ kid: release-1, role: release, secret_file: {shop.folder}/release.key }}
    - {{ kid: approve-1, alg: Ed25519, role: approve, public_key_file: {shop.folder}/approve.key.pub }}
{trust_more}{more}"""
    if allow is not None:
        text += f"subgraphs: {{ allow: {json.dumps(allow)} }}\n"
    file = shop.folder / "root.yaml"
    file.write_text(text)
    return file


def without_trust(shop):
    """The shop's configuration, but for what a trust root says."""
    file = shop.config()
    text, count = re.subn(r"trust:\n  keys:\n(?:    - .*\n)+", "", file.read_text())
    assert count == 1
    file.write_text(text)
    return file


def start(shop, config, root, ready=True, **process):
    shop.router = Process(shop.folder, "router", ["serve", "-c", config, "--trust-root", root], **process)
    shop.closing.append(shop.router.kill)
    if ready:
        shop.wait_ready()
    return shop.router


def refused_at_start(shop, config, root, words, code=1):
    router = start(shop, config, root, ready=False)
    assert router.process.wait(10) == code, router.log()
    assert words in router.log(), router.log()


def sign_config(shop, file, *more):
    signet("sign", file, "--kind", "router", "--graph", "shop", "--environment", "test", "--kid", "release-1", "--key",
           shop.folder / "release.key", *more)
    signet("sign", "--add", f"{file}.jws", "--kid", "approve-1", "--key", shop.folder / "approve.key")
    return file


@pytest.fixture
def signed(shop):
    """A shop with a signed configuration and a trust root that asks for it."""
    shop.root = write_root(shop, trust_more="  require_signed_config: true\n")
    shop.config_file = sign_config(shop, without_trust(shop))
    return shop


def change(shop, words="# changed\n"):
    shop.config_file.write_text(shop.config_file.read_text() + words)
    return shop.config_file


def alter(shop):
    """As many bytes as before."""
    shop.config_file.write_text(shop.config_file.read_text().replace("drain: 5s", "drain: 6s"))


# Without a signature

def test_the_configuration_leaves_trust_to_the_root(shop):
    start(shop, without_trust(shop), write_root(shop))
    assert shop.serves()
    assert shop.status()["configuration"] is None
    assert [signer["kid"] for signer in shop.status()["graph"]["signers"]] == ["release-1", "approve-1"]


def test_a_key_of_ones_own_is_refused_with_its_place(shop):
    make_key(shop, "mine.key", "ed25519")
    config = shop.config()
    line = "    - { kid: approve-1, alg: Ed25519, role: approve, public_key_file: "
    config.write_text(config.read_text().replace(f"{line}{shop.folder}/approve.key.pub", f"{line}{shop.folder}/mine.key.pub"))
    number = config.read_text().splitlines().index(f"{line}{shop.folder}/mine.key.pub }}") + 1
    refused_at_start(shop, config, write_root(shop), f"signet.yaml:{number}:7: trust.keys[1]: the trust root has another")
    done = signet("check", "-c", config, "--trust-root", shop.folder / "root.yaml", check=False)
    assert done.returncode == 1 and "trust.keys[1]" in done.stderr
    assert signet("check", "-c", config, check=False).returncode == 0  # nothing but the root knows better


def test_the_ceiling_holds_for_whole_graphs(shop):
    ours = [f"http://127.0.0.1:{shop.a.port}", f"http://127.0.0.1:{shop.b.port}"]
    start(shop, without_trust(shop), write_root(shop, allow=[ours[0], "127.0.0.0/8"]), ready=False)
    wait_for(lambda: shop.get_health("/health/live"), "liveness")
    wait_refused(shop, "egress")
    assert any("ceiling of the trust root" in event.get("detail", "") for event in shop.router.events("artifact_refused"))
    assert shop.get_health().status == 503 and shop.subgraph_requests() == 0
    write_root(shop, allow=[*ours, "127.0.0.0/8"])
    reload(shop)
    shop.wait_ready()
    assert shop.serves()


def test_a_reload_under_a_broken_root_changes_nothing(shop):
    start(shop, without_trust(shop), write_root(shop))
    (shop.folder / "root.yaml").write_text("version: 1\n")
    reload(shop)
    wait_for(lambda: shop.router.events("reload_refused"), "the refusal of the reload")
    assert "root.yaml:1:1" in shop.router.events("reload_refused")[0]["error"]
    assert shop.serves()


# Signed configurations

def test_a_signed_configuration_serves_and_is_told(signed):
    start(signed, signed.config_file, signed.root)
    assert signed.serves()
    told = signed.status()["configuration"]
    assert [signer["kid"] for signer in told["signers"]] == ["release-1", "approve-1"]
    assert told["sha256"] == json.loads(signet("inspect", f"{signed.config_file}.jws", "--json").stdout)["sha256"]
    assert (signed.state / "router.state").exists()
    accepted = [event for event in signed.router.events("artifact_accepted") if event["artifact"] == "router"]
    assert len(accepted) == 1 and accepted[0]["sha256"] == told["sha256"]


def test_c1_altered_configuration_is_not_read(signed):
    alter(signed)
    refused_at_start(signed, signed.config_file, signed.root, "digest_mismatch")


def test_c2_configuration_without_statement_is_not_read(signed):
    (signed.folder / "signet.yaml.jws").unlink()
    refused_at_start(signed, signed.config_file, signed.root, "signet.yaml.jws")


def test_c2_configuration_needs_its_approval(signed):
    signet("sign", signed.config_file, "--kind", "router", "--graph", "shop", "--environment", "test", "--kid", "release-1",
           "--key", signed.folder / "release.key")
    refused_at_start(signed, signed.config_file, signed.root, "approve")


def test_c8_statement_about_a_graph_is_none_about_the_configuration(signed):
    statement = signed.folder / "signet.yaml.jws"
    statement.unlink()
    signet("sign", signed.config_file, "--kind", "graph", "--graph", "shop", "--environment", "test", "--kid", "release-1",
           "--key", signed.folder / "release.key", "--unchecked")
    signet("sign", "--add", statement, "--kid", "approve-1", "--key", signed.folder / "approve.key", check=False)
    refused_at_start(signed, signed.config_file, signed.root, "refused: ")


def test_c5_older_configuration_is_a_rollback(signed):
    old = signed.config_file.read_bytes(), (signed.folder / "signet.yaml.jws").read_bytes()
    sign_config(signed, change(signed))
    start(signed, signed.config_file, signed.root).kill()
    signed.config_file.write_bytes(old[0])
    (signed.folder / "signet.yaml.jws").write_bytes(old[1])
    refused_at_start(signed, signed.config_file, signed.root, "rollback")


def test_a_refused_reload_leaves_the_running_configuration(signed):
    start(signed, signed.config_file, signed.root)
    serial = signed.status()["configuration"]["serial"]
    change(signed, "introspection: true\n")
    reload(signed)
    wait_for(lambda: signed.refused("size_mismatch") == 1, "the refusal")
    assert signed.serves() and signed.status()["configuration"]["serial"] == serial
    assert "errors" in signed.query("{ __schema { queryType { name } } }").json()
    log = [json.loads(line) for file in sorted(signed.state.glob("audit-*.log")) for line in file.read_text().splitlines()]
    assert any("size_mismatch" in json.dumps(record) and "router" in json.dumps(record) for record in log)

    sign_config(signed, signed.config_file)
    reload(signed)
    wait_for(lambda: signed.status()["configuration"]["serial"] > serial, "the signed one")
    assert "errors" not in signed.query("{ __schema { queryType { name } } }").json()


def test_several_files_are_no_signed_configuration(signed):
    done = signet("check", "-c", signed.config_file, "-c", signed.config_file, "--trust-root", signed.root, check=False)
    assert done.returncode == 2 and "one file" in done.stderr


def test_the_configuration_used_last_is_good_past_its_expiry(signed):
    sign_config(signed, signed.config_file, "--lifetime", "30d")
    make_graph(signed, "for two years", lifetime="800d")
    clock = LyingClock(signed.folder)
    start(signed, signed.config_file, signed.root, env=clock.env).kill()
    clock.off(YEAR)
    router = start(signed, signed.config_file, signed.root, env=clock.env)
    assert "expired" in router.log() and signed.serves()
    router.kill()
    (signed.state / "router.state").unlink()  # now nobody knows that it was used
    refused_at_start_under(signed, clock, "expired")


def refused_at_start_under(shop, clock, words):
    router = start(shop, shop.config_file, shop.root, ready=False, env=clock.env)
    assert router.process.wait(10) == 1, router.log()
    assert words in router.log()


def test_graphs_are_judged_by_the_root_too(signed):
    start(signed, signed.config_file, signed.root)
    serial = signed.status()["graph"]["serial"]
    make_graph(signed, "another")
    reload(signed)
    wait_serial(signed, serial + 1)


# What the first testers found

def test_a_configuration_that_lists_fewer_keys_gains_no_approver(shop):
    """Without the Ed25519 key the webhook's own secret would approve, which the configuration names."""
    config = shop.config(admission=admission_block(shop, 1))
    text, count = re.subn(r"    - \{ kid: approve-1.*\n", "", config.read_text())
    assert count == 1
    config.write_text(text)
    refused_at_start(shop, config, write_root(shop), "trust.keys: none is an Ed25519 key with the role approve")


def test_c5_an_older_configuration_is_a_rollback_though_the_floor_was_lost(signed):
    old = signed.config_file.read_bytes(), (signed.folder / "signet.yaml.jws").read_bytes()
    sign_config(signed, change(signed))
    start(signed, signed.config_file, signed.root)
    serial = signed.status()["configuration"]["serial"]
    (signed.state / "router.state").unlink()
    signed.config_file.write_bytes(old[0])
    (signed.folder / "signet.yaml.jws").write_bytes(old[1])
    reload(signed)
    wait_for(lambda: signed.refused("rollback") == 1, "the refusal")
    assert signed.status()["configuration"]["serial"] == serial and signed.serves()


def test_a_configuration_that_was_not_applied_is_no_floor(signed):
    old = signed.config_file.read_bytes(), (signed.folder / "signet.yaml.jws").read_bytes()
    start(signed, signed.config_file, signed.root)
    signed.config_file.write_text(signed.config_file.read_text().replace(str(signed.health), str(free_port())))
    sign_config(signed, signed.config_file)
    reload(signed)
    wait_for(lambda: signed.router.events("reload_refused"), "the refusal")
    assert "need a restart" in signed.router.events("reload_refused")[0]["error"]
    signed.config_file.write_bytes(old[0])
    (signed.folder / "signet.yaml.jws").write_bytes(old[1])
    signed.router.kill()
    start(signed, signed.config_file, signed.root)
    assert signed.serves()


def test_what_the_root_revokes_counts_no_more_though_the_configuration_is_refused(signed):
    make_key(signed, "next.key")
    another = f"    - {{ kid: release-2, role: release, secret_file: {signed.folder}/next.key }}\n"
    start(signed, signed.config_file, write_root(signed, trust_more=another + "  require_signed_config: true\n"))
    write_root(signed, trust_more=another + "  require_signed_config: true\n  revoked: [release-1]\n")
    reload(signed)
    wait_for(lambda: signed.refused("key_revoked") >= 1, "the refusal of the configuration")
    assert signed.serves()
    serial = signed.status()["graph"]["serial"]
    make_graph(signed, "by the revoked key")
    reload(signed)
    wait_for(lambda: signed.status()["last_refusal"]["graph"], "the refusal of the graph")
    assert signed.status()["last_refusal"]["graph"]["reason"] == "key_revoked"
    assert signed.status()["graph"]["serial"] == serial and signed.serves()


def test_messages_of_a_refused_reload_show_no_text_of_the_file(shop):
    start(shop, without_trust(shop), write_root(shop))
    config = shop.folder / "signet.yaml"
    config.write_text(config.read_text().replace("graph:\n", "graph:\n  token: hunter2\n  token: hunter2\n", 1))
    reload(shop)
    wait_for(lambda: shop.router.events("reload_refused"), "the refusal")
    assert "signet.yaml:" in shop.router.events("reload_refused")[0]["error"] and "hunter2" not in shop.router.log()
