"""Counts of tests: from JUnit XML, or from a line `N passed, N failed`."""

import dataclasses
import re
import xml.etree.ElementTree as ElementTree


@dataclasses.dataclass
class Results:
    passed: int = 0
    failed: list = dataclasses.field(default_factory=list)   # names
    skipped: list = dataclasses.field(default_factory=list)  # names, with the reason where one is given

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    @property
    def total(self):
        return self.passed + len(self.failed) + len(self.skipped)


def from_junit(path):
    """GoogleTest, pytest and ctest write the same elements with small differences. A file that is missing or cut off
    (a test binary that crashed) is for the caller to report: it raises."""
    results = Results()
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = ".".join(part for part in (case.get("classname"), case.get("name")) if part)
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
            results.failed.append(name)
        elif skipped is not None or case.get("status") in ("notrun", "disabled"):
            reason = skipped.get("message", "") if skipped is not None else ""
            results.skipped.append(f"{name}: {reason}" if reason else name)
        else:
            results.passed += 1
    return results


def from_text(text, name):
    """The last `N passed, N failed` of a log; nothing when there is none."""
    found = re.findall(r"^(\d+) passed, (\d+) failed", text, re.MULTILINE)
    if not found:
        return None
    passed, failed = map(int, found[-1])
    return Results(passed=passed, failed=[f"{name} ({i + 1} of {failed})" for i in range(failed)])
