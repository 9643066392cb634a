"""What docs/quick-start.md tells a newcomer to type is typed here, on other ports."""

import json
import os
import pathlib
import re
import signal
import subprocess

from support import ROOT, SIGNET, free_port, request, signet, wait_for


def shell_blocks(page):
    return re.findall(r"^```sh\n(.*?)^```", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)


def test_the_quick_start_serves(shop):
    port, health, webhook = free_port(), free_port(), free_port()
    script = "set -eu\n" + "\n".join(shell_blocks("docs/quick-start.md"))
    changes = {"127.0.0.1:4000 }": f"127.0.0.1:{port}, health: 127.0.0.1:{health}, admin: 127.0.0.1:{free_port()} }}",
               "127.0.0.1:4001": f"127.0.0.1:{shop.a.port}", "127.0.0.1:4002": f"127.0.0.1:{shop.b.port}",
               "127.0.0.1:9443": f"127.0.0.1:{webhook}", '"$PWD/build/release:$PATH"': f'"{pathlib.Path(SIGNET).resolve().parent}:$PATH"'}
    for written, here in changes.items():
        assert written in script, written
        script = script.replace(written, here)
    log = (shop.folder / "quick-start.log").open("w")
    shell = subprocess.Popen(["bash", "-c", script + "\nwait"], cwd=shop.folder, stdout=log, stderr=log,
                             env=dict(os.environ, GRAPH=str(shop.graph_file)), start_new_session=True)
    try:
        def ready():
            assert shell.poll() is None, (shop.folder / "quick-start.log").read_text()
            try:
                return request(health, "GET", "/health/ready").status == 200
            except OSError:
                return False
        wait_for(ready, "the router to serve")
        answer = request(port, "POST", "/graphql", {"content-type": "application/json"},
                         json.dumps({"query": "{ __typename }"}))
        assert json.loads(answer.body) == {"data": {"__typename": "Query"}}
    finally:
        os.killpg(shell.pid, signal.SIGTERM)
        shell.wait(timeout=20)


def test_the_manifest_of_the_docs_is_one(shop):
    page = (ROOT / "docs/formats/operations-manifest.md").read_text()
    manifest = shop.folder / "operations.json"
    manifest.write_text(re.search(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[1])
    shop.sign(manifest, kind="operations")
    manifest.write_text(manifest.read_text().replace("me {", "you {"))
    done = signet("sign", manifest, "--kind", "operations", "--graph", "shop", "--environment", "test", "--kid", "k",
                  "--key", shop.folder / "release.key", check=False)
    assert done.returncode == 1 and "operations[0]: id is not the SHA-256 of body" in done.stderr
