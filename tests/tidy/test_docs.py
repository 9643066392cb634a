"""Docs that name things name what exists, and registries have their pages."""

import functools
import re

import pytest
from tree import ROOT, files, relative


def registry(path, macro):
    """The argument lists of a .def file, strings unquoted."""
    text = (ROOT / path).read_text()
    entries = []
    for match in re.finditer(rf"^{macro}\((.*)\)$", text, re.MULTILINE):
        entries.append([part.strip().strip('"') for part in re.findall(r'"(?:[^"\\]|\\.)*"|[^,]+', match[1])
                        if part.strip()])
    assert entries, f"{path} has no {macro}"
    return [[part.replace('\\"', '"') for part in entry] for entry in entries]


def rows(path):
    """The rows of a page's tables, by their first cell."""
    found = {}
    for line in (ROOT / path).read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) > 1:
            found[cells[0].strip("`")] = cells
    return found


def test_every_error_code_has_its_row():
    page = rows("docs/errors.md")
    for name, status, level, help_text in registry("router/base/error_codes.def", "SIGNET_ERROR_CODE"):
        assert name in page, f"docs/errors.md lacks {name}"
        assert page[name][1:] == [status, level, help_text], name


def test_every_refusal_has_its_row():
    page = rows("docs/refusals.md")
    for name, title, what_to_do in registry("signing/core/refusals.def", "SIGNET_REFUSAL"):
        assert name in page, f"docs/refusals.md lacks {name}"
        assert page[name][1:] == [title, what_to_do], name


def test_every_metric_and_attribute_is_documented():
    page = (ROOT / "docs/telemetry.md").read_text()
    for _, name, kind, unit, description in registry("telemetry/record/metrics.def", "SIGNET_METRIC"):
        assert f"| `{name}` | {kind} | {unit} | {description} |" in page, name
    for macro in ("SIGNET_LABEL", "SIGNET_NUMBER"):
        for entry in registry("telemetry/record/attributes.def", macro):
            assert f"`{entry[1]}`" in page, entry[1]


@functools.cache
def known_tests():
    """Every test's name: Suite.Name of GoogleTest, file::function of pytest, names of ctest's compile-fail tests."""
    names = set()
    for path in files(".cpp"):
        if relative(path).startswith("tests/"):
            names |= {f"{suite}.{name}" for suite, name in
                      re.findall(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", path.read_text(), re.MULTILINE)}
    for path in files(".py"):
        if relative(path).startswith("tests/"):
            names |= {f"{relative(path)}::{name}" for name in
                      re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)}
    lists = (ROOT / "tests/compile_fail/CMakeLists.txt").read_text()
    names |= {f"compile_fail_{name}" for name in re.findall(r"^signet_compile_fail\((\w+)\)", lists, re.MULTILINE)}
    return names


def promised_tests():
    """(row, column, test) of the table of promises in README.md."""
    text = (ROOT / "README.md").read_text()
    table = text[text.index("| promise |"):].split("\n\n")[0].splitlines()[2:]
    found = []
    for line in table:
        noun, _, holds, refused = [cell.strip() for cell in line.strip("|").split("|")]
        for column, cell in (("holds", holds), ("refused", refused)):
            tests = re.findall(r"`([^`]+)`", cell)
            assert tests, f"{noun}: no test under {column}"
            found += [(noun, column, test) for test in tests]
    return found


def test_the_readme_has_a_row_per_noun():
    nouns = {noun for noun, _, _ in promised_tests()}
    assert len(nouns) >= 14, nouns


@pytest.mark.parametrize("noun,column,test", promised_tests())
def test_promises_name_tests_that_exist(noun, column, test):
    assert test in known_tests(), f"README.md, {noun}, {column}: there is no test {test}"


def test_links_lead_somewhere():
    broken = []
    for path in files(".md"):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text()):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{relative(path)}: {target}")
    assert not broken, broken


def test_every_page_is_in_the_index():
    index = (ROOT / "docs/README.md").read_text()
    missing = [relative(path) for path in files(".md") if relative(path).startswith("docs/")
               and path.name != "README.md" and f"({path.relative_to(ROOT / 'docs')})" not in index]
    assert not missing, missing
