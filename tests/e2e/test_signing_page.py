"""What docs/signing.md tells a publisher to type is typed here, in one shell."""

import json
import os
import pathlib
import re
import subprocess

from keys_support import kids_of, statement_of
from support import ROOT, SIGNET, signet
from test_quick_start import shell_blocks


def test_the_commands_of_the_page(shop):
    script = "set -eu\n" + "\n".join(shell_blocks("docs/signing.md"))
    for written, here in {'"$PWD/build/release:$PATH"': f'"{pathlib.Path(SIGNET).resolve().parent}:$PATH"',
                          "127.0.0.1:4001": f"127.0.0.1:{shop.a.port}", "127.0.0.1:4002": f"127.0.0.1:{shop.b.port}"}.items():
        assert written in script, written
        script = script.replace(written, here)
    done = subprocess.run(["bash", "-c", script], cwd=shop.folder, env=dict(os.environ, GRAPH=str(shop.graph_file)),
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("verified     yes\napproved     yes\n") == 7, done.stdout
    assert "posture: nothing is weaker than it could be" in done.stdout
    folder = shop.folder / "publisher"
    served = statement_of(folder / "site/statement.jws")
    assert kids_of(folder / "site/statement.jws") == ["2027-01", "approver"]
    artifacts = {file.name for file in (folder / "site/artifacts").iterdir()}
    assert len(artifacts) == 2 and {served["sha256"], served["previous"]} == artifacts
    assert json.loads(subprocess.run([SIGNET, "inspect", folder / "graph.graphql.jws", "--json"], capture_output=True,
                                     text=True, check=True).stdout)["serial"] > 0


def test_the_vector_of_the_format(shop):
    page = (ROOT / "docs/formats/keys.md").read_text()
    master, context, key = re.search(r"master `(\S+)`, info `signet\.key\.v1/(\S+)` give the key file\n`(\S+)`", page).groups()
    purpose, graph, environment = context.split("/")
    (shop.folder / "master.key").write_text(master)
    derived = signet("keygen", "derive", "--master", shop.folder / "master.key", "--purpose", purpose, "--graph", graph,
                     "--environment", environment).stdout
    assert derived == key + "\n"
    by_openssl = subprocess.run(["bash", "-c", shell_blocks("docs/formats/keys.md")[0]], capture_output=True, text=True)
    assert by_openssl.stdout.strip() == key, by_openssl.stderr
