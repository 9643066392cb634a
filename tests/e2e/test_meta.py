"""The tests can fail: with a program that does nothing in the router's place, not one of them passes."""

import os
import pathlib
import re
import subprocess
import sys


def test_nothing_passes_without_a_router():
    if os.environ.get("SIGNET_META"):
        raise AssertionError("this test does not run inside itself")
    here = pathlib.Path(__file__).parent
    true = "/bin/true" if pathlib.Path("/bin/true").exists() else "/usr/bin/true"
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(here)],
                          env={**os.environ, "SIGNET_BIN": true, "SIGNET_META": "1"}, capture_output=True, text=True)
    summary = done.stdout.strip().splitlines()[-1]
    assert not re.search(r"\b\d+ passed", summary), summary
    assert re.search(r"\d+ (failed|error)", summary), summary
