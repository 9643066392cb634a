"""The rooms stay layered: the check passes on the tree, and fails on trees that are wrong in one place each."""

import subprocess

import pytest
from tree import ROOT

SCRIPT = ROOT / "deploy" / "cmake" / "CheckIncludes.cmake"


def check(root):
    return subprocess.run(["cmake", f"-DSIGNET_ROOT={root}", "-P", SCRIPT], capture_output=True, text=True)


def room(root, name, links="", source=""):
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "CMakeLists.txt").write_text(f"signet_room({name}\n  SOURCES a.cpp\n  LINKS {links})\n")
    (folder / "a.hpp").write_text("// A header.\n#pragma once\n")
    (folder / "a.cpp").write_text(source)


@pytest.fixture
def house(tmp_path):
    """Three good rooms."""
    room(tmp_path, "router/base")
    room(tmp_path, "router/json", "router/base", '#include <simdjson.h>\n#include "router/base/a.hpp"\n')
    room(tmp_path, "router/graphql", "router/base", '#include "router/base/a.hpp"\n')
    return tmp_path


def test_the_tree_is_layered():
    done = check(ROOT)
    assert done.returncode == 0, done.stderr


def test_a_good_house_passes(house):
    done = check(house)
    assert done.returncode == 0, done.stderr
    assert "3 rooms" in done.stdout


def test_an_include_that_goes_up_fails(house):
    (house / "router/json/a.cpp").write_text('#include "router/graphql/a.hpp"\n')
    done = check(house)
    assert done.returncode != 0
    assert "router/json/a.cpp includes router/graphql/a.hpp: router/graphql does not lie below router/json" in done.stderr


def test_an_include_without_a_link_fails(house):
    (house / "router/graphql/a.cpp").write_text('#include "router/json/a.hpp"\n')
    done = check(house)
    assert done.returncode != 0
    assert "router/graphql does not link router/json" in " ".join(done.stderr.split())


def test_a_link_that_goes_up_fails(house):
    (house / "router/json/CMakeLists.txt").write_text(
        "signet_room(router/json\n  SOURCES a.cpp\n  LINKS router/graphql router/base)\n")
    done = check(house)
    assert done.returncode != 0
    assert "router/json links router/graphql" in " ".join(done.stderr.split())


def test_a_third_party_header_in_the_wrong_room_fails(house):
    (house / "router/graphql/a.cpp").write_text("#include <boost/asio/io_context.hpp>\n")
    done = check(house)
    assert done.returncode != 0
    assert "only router/net may" in " ".join(done.stderr.split())


def test_an_empty_tree_fails(tmp_path):
    assert check(tmp_path).returncode != 0
