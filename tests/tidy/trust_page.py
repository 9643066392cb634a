"""The generated parts of docs/config-trust.md: which tests stand behind the cells of the state table, and behind the rows
of attacks. Tests say what they are about by their names (test_running_cdn_down_..., test_c12_..., C5...), unit tests also by
a comment behind them (`TEST(...) {  // D10`)."""

import re

from tree import ROOT, files, relative

PAGE = ROOT / "docs/config-trust.md"
STATES = {"running": "running", "last_good": "starting, last-good copy present", "nothing": "starting, nothing good"}
EVENTS = {"new artifact good": "new_artifact", "same as running": "same_artifact", "CDN down": "cdn", "webhook down": "webhook",
          "expired": "expired|outside_its_validity", "key revoked": "revoked", "state folder lost": "state",
          "clock a year off": "clock|outside_its_validity"}
NO_CELL = {("nothing", "same as running")}


def python_tests(path):
    return re.findall(r"^def (test_\w+)\(", path.read_text(), re.MULTILINE)


def state_cells():
    """Test names by (state, event)."""
    cells = {(state, event): [] for state in STATES for event in EVENTS if (state, event) not in NO_CELL}
    for name in python_tests(ROOT / "tests/e2e/test_state_table.py"):
        for (state, event), found in cells.items():
            if name.startswith(f"test_{state}_") and re.search(EVENTS[event], name):
                found.append(name)
    return cells


def attack_tests():
    """Test names by row (C5, W3, D10)."""
    rows = {}
    for path in files(".py"):
        if path.parent == ROOT / "tests/e2e":
            for name in python_tests(path):
                if found := re.match(r"test_([cdw]\d+)_", name):
                    rows.setdefault(found[1].upper(), []).append(f"{path.name}: {name}")
    for path in files(".cpp"):
        if not relative(path).startswith("tests/unit/"):
            continue
        for line in path.read_text().splitlines():
            test = re.match(r"TEST(?:_F|_P)?\((\w+), (\w+)\)", line)
            if not test:
                continue
            ids = re.findall(r"\b[CDW]\d+\b", line.partition("//")[2]) + re.findall(r"^[CDW]\d+(?=[A-Z])", test[2])
            for row in ids:
                rows.setdefault(row, []).append(f"{test[1]}.{test[2]}")
    return rows


def state_table():
    lines = ["| what happens | " + " | ".join(STATES.values()) + " |", "|---" * (len(STATES) + 1) + "|"]
    cells = state_cells()
    for event in EVENTS:
        texts = ["<br>".join(f"`{name}`" for name in cells.get((state, event), [])) or "–" for state in STATES]
        lines.append(f"| {event} | " + " | ".join(texts) + " |")
    return "\n".join(lines)


def attack_table():
    lines = ["| row | tests |", "|---|---|"]
    rows = attack_tests()
    for row in sorted(rows, key=lambda row: (row[0], int(row[1:]))):
        lines.append(f"| {row} | " + "<br>".join(f"`{name}`" for name in sorted(rows[row])) + " |")
    return "\n".join(lines)


def page_rows(page):
    """The rows of attacks that the page describes."""
    return re.findall(r"^\| ([CWD]\d+) \|(?! `)", page, re.MULTILINE)


def filled_in(page):
    for name, table in (("states", state_table()), ("attacks", attack_table())):
        page = re.sub(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", lambda found: found[1] + table + "\n" + found[2], page,
                      flags=re.DOTALL)
    return page
