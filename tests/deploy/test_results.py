"""The runner's counting: every form of result it reads, and the ones that must not pass for success."""

import xml.etree.ElementTree as ElementTree

import pytest
from results import from_junit, from_text


def read(tmp_path, text):
    (tmp_path / "r.xml").write_text(text)
    return from_junit(tmp_path / "r.xml")


def test_googletest(tmp_path):
    results = read(tmp_path, """<testsuites><testsuite name="S">
      <testcase name="A" classname="S" status="run" result="completed"/>
      <testcase name="B" classname="S" status="run"><failure message="no"/></testcase>
      <testcase name="C" classname="S" status="run" result="skipped"><skipped message="why"/></testcase>
      <testcase name="D" classname="S" status="notrun" result="suppressed"/></testsuite></testsuites>""")
    assert (results.passed, results.failed, results.skipped) == (1, ["S.B"], ["S.C: why", "S.D"])


def test_pytest(tmp_path):
    results = read(tmp_path, """<testsuites><testsuite><testcase classname="tests.e2e.test_x" name="test_a"/>
      <testcase classname="tests.e2e.test_x" name="test_b"><error message="fixture"/></testcase></testsuite></testsuites>""")
    assert (results.passed, results.failed) == (1, ["tests.e2e.test_x.test_b"])


def test_ctest(tmp_path):
    results = read(tmp_path, """<testsuite><testcase name="fuzz_url" classname="fuzz_url" status="run"/>
      <testcase name="compile_fail_x" classname="compile_fail_x" status="fail"><failure message=""/></testcase>
      </testsuite>""")
    assert (results.passed, results.failed) == (1, ["compile_fail_x.compile_fail_x"])


def test_a_file_that_was_cut_off_is_an_error(tmp_path):
    with pytest.raises(ElementTree.ParseError):
        read(tmp_path, "<testsuites><testsuite><testcase name='A'")


def test_text():
    assert from_text("seed 1\n10 passed, 0 failed\n", "x").passed == 10
    assert len(from_text("3 passed, 2 failed\n", "x").failed) == 2
    assert from_text("all is well\n", "x") is None
