"""Plants each bug of bugs.py in a copy of the tree, builds the binary that has to notice, and runs the tests named there.

A bug that no test notices is a failure. `python3 tests/planted/run.py [--only WORDS]`; the copy lies in build/planted.
Last line: "N passed, N failed".
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from bugs import BUGS  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "build" / "planted" / "tree"
BUILD = ROOT / "build" / "planted" / "build"


def quiet(*command, **options):
    return subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, **options)


def copy_tree():
    """Only what differs is written, so that a second run builds little."""
    listed = quiet("git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "-z").stdout.split("\0")
    for name in filter(None, listed):
        source, target = ROOT / name, COPY / name
        if not source.is_file() or (target.exists() and target.read_bytes() == source.read_bytes()):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)  # with its mode: the compiler is started by a script


def build(binary):
    return quiet("cmake", "--build", BUILD, "-j", len(os.sched_getaffinity(0)), "--target", binary)


def tests(binary, selection):
    """Exit code of the tests, and how many ran."""
    done = quiet(BUILD / "tests" / binary, f"--gtest_filter={selection}", env={**os.environ, "SIGNET_SOURCE_DIR": str(COPY)})
    return done.returncode, "[==========] 0 tests" not in done.stdout and "0 tests from 0 test suites" not in done.stdout


def problem_with(bug):
    """Why the bug went unnoticed; None: it was noticed. The tests were green before."""
    file = COPY / bug.file
    good = file.read_text()
    if good.count(bug.before) != 1:
        return f"{bug.file} holds the line {good.count(bug.before)} times"
    file.write_text(good.replace(bug.before, bug.after))
    try:
        if (built := build(bug.binary)).returncode != 0:
            return "it does not build: " + built.stdout[-600:]
        code, ran = tests(bug.binary, bug.tests)
        if not ran:
            return f"no test is called {bug.tests}"
        return None if code != 0 else f"{bug.tests} of {bug.binary} did not notice"
    finally:
        file.write_text(good)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    chosen = [bug for bug in BUGS if parser.parse_args().only in bug.name]
    copy_tree()
    configured = quiet("cmake", "-S", COPY, "-B", BUILD, "-G", "Ninja", "-DCMAKE_CXX_COMPILER=clang++-19", "-DCMAKE_BUILD_TYPE=Dev")
    failed = 0
    if configured.returncode != 0:
        print(configured.stdout[-2000:])
        failed += 1
    for binary in sorted({bug.binary for bug in chosen}):
        built = build(binary)
        selection = ":".join(bug.tests for bug in chosen if bug.binary == binary)
        if built.returncode != 0 or tests(binary, selection)[0] != 0:
            print(f"FAIL {binary} without any bug\n{built.stdout[-1000:]}")
            failed += 1
    passed = 0
    for bug in chosen if failed == 0 else []:
        why = problem_with(bug)
        passed, failed = passed + (why is None), failed + (why is not None)
        print(f"{'FAIL' if why else 'ok  '} {bug.name}{': ' + why if why else ''}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
