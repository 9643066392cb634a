"""docs/testing.md lists the bugs of tests/planted, each of which still has its place in the sources. SIGNET_UPDATE=1 writes
the table anew; that tests notice them is for tests/planted/run.py to say."""

import os
import re
import sys

from tree import ROOT

sys.path.insert(0, str(ROOT / "tests/planted"))

from bugs import BUGS  # noqa: E402

PAGE = ROOT / "docs/testing.md"


def table():
    lines = ["| bug | in | noticed by |", "|---|---|---|"]
    lines += [f"| {bug.name} | `{bug.file}` | `{bug.binary}`: `{bug.tests}` |" for bug in BUGS]
    return "\n".join(lines)


def test_page_lists_them():
    page = PAGE.read_text()
    filled = re.sub(r"(<!-- planted -->\n).*?(<!-- end -->)", lambda found: found[1] + table() + "\n" + found[2], page, flags=re.DOTALL)
    if os.environ.get("SIGNET_UPDATE"):
        PAGE.write_text(filled)
    assert PAGE.read_text() == filled, "run it again with SIGNET_UPDATE=1"


def test_each_has_its_place():
    lost = [bug.name for bug in BUGS if (ROOT / bug.file).read_text().count(bug.before) != 1]
    assert lost == []


def test_there_are_enough_and_no_two_are_the_same():
    assert len({(bug.file, bug.after) for bug in BUGS}) == len(BUGS) == len({bug.name for bug in BUGS}) >= 10
