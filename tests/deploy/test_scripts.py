"""The scripts of deploy/: they parse, and what they install exists for a reason."""

import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = ["deploy/demo", "deploy/test", ".ci/run", "deploy/lib/common.sh", "deploy/lib/lay-out", "tests/bench/profile"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_script_parses(script):
    subprocess.run(["bash", "-n", ROOT / script], check=True)


@pytest.mark.parametrize("script", [script for script in SCRIPTS if not script.endswith(".sh")])
def test_script_runs_and_stops_at_the_first_error(script):
    assert os.access(ROOT / script, os.X_OK)
    assert "set -euo pipefail" in (ROOT / script).read_text()


def shell(text, **env):
    return subprocess.run(["bash", "-euo", "pipefail", "-c", f"source {ROOT}/deploy/lib/common.sh\n{text}"],
                          capture_output=True, text=True, env={**os.environ, **env})


def test_sections_are_read():
    packages = shell("packages_of build").stdout.split()
    assert "clang-19" in packages and "python3-pytest" not in packages
    assert shell("packages_of browser").stdout.split() == ["chromium"]


def test_nothing_is_installed_when_all_is_there(tmp_path):
    # An apt-get that must not be called, and a dpkg-query that knows every package.
    (tmp_path / "apt-get").write_text("#!/bin/sh\nexit 9\n")
    (tmp_path / "dpkg-query").write_text("#!/bin/sh\nprintf installed\n")
    for tool in tmp_path.iterdir():
        tool.chmod(0o755)
    done = shell("is_debian_12() { true; }\ninstall_packages build test counterparts",
                 PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert done.returncode == 0 and done.stdout == "==> packages: all there\n", done.stderr


def test_without_root_the_message_names_the_packages(tmp_path):
    (tmp_path / "dpkg-query").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "sudo").write_text("#!/bin/sh\nexit 1\n")
    for tool in tmp_path.iterdir():
        tool.chmod(0o755)
    done = subprocess.run(["bash", "-euo", "pipefail", "-c",
                           f"source {ROOT}/deploy/lib/common.sh\nis_debian_12() {{ true; }}\ninstall_packages bench"],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert done.returncode == 3
    assert "these packages are missing: libbenchmark-dev nginx-light wrk" in done.stderr


def test_elsewhere_what_is_missing_is_named(tmp_path):
    done = shell("is_debian_12() { false; }\ncommand() { [ \"$2\" != ninja ]; }\ninstall_packages build")
    assert done.returncode == 3
    assert "not Debian 12" in done.stderr and "missing: ninja" in done.stderr


def test_every_package_is_one_line_of_one_section():
    lines = [line for line in (ROOT / "deploy/debian-packages.txt").read_text().splitlines()
             if line and not line.startswith("#")]
    names = [line for line in lines if not line.startswith("[")]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]*", name) for name in names)
