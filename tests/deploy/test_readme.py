"""The README's first screen works as it stands."""

import json
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIGNET = os.environ.get("SIGNET_BIN", str(ROOT / "build" / "release" / "signet"))
README = (ROOT / "README.md").read_text()


def signet(*arguments):
    return subprocess.run([SIGNET, *map(str, arguments)], capture_output=True, text=True, timeout=60)


def test_the_smallest_configuration_is_good(tmp_path):
    (tmp_path / "keys").mkdir()
    assert signet("keygen", "hmac", "--out", tmp_path / "keys/2026-11").returncode == 0
    assert signet("keygen", "webhook", "--out", tmp_path / "keys/admission").returncode == 0
    text = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)[1].replace("/etc/signet", str(tmp_path))
    (tmp_path / "signet.yaml").write_text(text)
    done = signet("check", "-c", tmp_path / "signet.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_commands_exist():
    assert set(re.findall(r"^(deploy/\w+)", README, re.MULTILINE)) == {"deploy/demo", "deploy/test"}
    assert signet("demo", "--help").returncode == 0


def test_the_answer_is_the_demos(tmp_path):
    """The plan of the curl line's query over the demo's supergraph touches the subgraphs that the README says."""
    query = json.loads(re.search(r"-d '(\{.*\})'", README)[1])["query"]
    graph = (ROOT / "router/demo/supergraph.graphql").read_text().replace("{port}", "4001")
    (tmp_path / "graph.graphql").write_text(graph)
    (tmp_path / "query.graphql").write_text(query)
    done = signet("plan", "--supergraph", tmp_path / "graph.graphql", "--operation", tmp_path / "query.graphql")
    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"sub=(\w+)", done.stdout)) == {"accounts", "reviews", "products", "inventory"}
