"""Style that a machine can check: docs of the house rules in CONTRIBUTING.md."""

import re
import shutil
import subprocess

import pytest
from tree import CODE, files, relative

LINES_MAX = 600


def test_code_is_formatted():
    tool = shutil.which("clang-format-19")
    if tool is None:
        pytest.skip("clang-format-19 is not installed")
    code = files(".cpp", ".hpp")
    done = subprocess.run([tool, "--dry-run", "-Werror", *map(str, code)], capture_output=True, text=True)
    wrong = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error", done.stderr, re.MULTILINE)))
    assert not wrong, "run clang-format-19 -i on these:\n" + "\n".join(wrong)
    assert done.returncode == 0, done.stderr[-2000:]


def test_files_have_one_subject():
    code = files(*CODE, ".py", ".mjs", ".cmake")
    long = {relative(path): n for path in code if (n := len(path.read_text().splitlines())) > LINES_MAX}
    assert not long, f"longer than {LINES_MAX} lines; split by subject: {long}"


def test_nothing_is_left_to_do():
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XXX)\b")
    found = [f"{relative(path)}:{number}" for path in files(*CODE, ".py", ".mjs", ".cmake", ".md", ".sh", ".txt")
             for number, line in enumerate(path.read_text().splitlines(), 1) if marks.search(line)]
    assert not found, found


def test_headers_say_what_they_are():
    bare = []
    for path in files(".hpp"):
        first = path.read_text().lstrip().splitlines()[:1]
        if not first or not first[0].startswith("//"):
            bare.append(relative(path))
    assert not bare, f"begin with a comment that says what the file is: {bare}"


def test_headers_are_guarded():
    bare = [relative(path) for path in files(".hpp") if "#pragma once" not in path.read_text()]
    assert not bare, bare


def test_no_output_of_builds_is_committed():
    wrong = [relative(path) for path in files() if path.suffix in (".o", ".a", ".so", ".pyc", ".profraw")
             or "node_modules" in path.parts]
    assert not wrong, wrong
