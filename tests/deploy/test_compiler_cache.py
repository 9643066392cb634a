"""What one tree has compiled is found by another: same objects, whatever folder they are built in."""

import os
import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(tree CXX)
set(CMAKE_CXX_STANDARD 23)
include(deploy/cmake/Precompiled.cmake)
set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_SOURCE_DIR}/deploy/lib/compile" "${CMAKE_SOURCE_DIR}")
add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
add_library(one STATIC one.cpp)
target_include_directories(one PUBLIC "${CMAKE_SOURCE_DIR}")
signet_precompile(one router/base/precompiled.hpp)
"""


def make_tree(folder, header="#include <vector>\n"):
    for name in ("deploy/lib/compile", "deploy/cmake/Precompiled.cmake", "deploy/debian-packages.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "router/base").mkdir(parents=True)
    (folder / "router/base/precompiled.hpp").write_text("#pragma once\n" + header)
    (folder / "one.cpp").write_text("int one() { return static_cast<int>(std::vector<int>{1}.size()); }\n")
    (folder / "CMakeLists.txt").write_text(PROJECT)
    return folder


def build(tree, cache):
    """Builds the tree; hits and misses of the cache by it."""
    env = {**os.environ, "CCACHE_DIR": str(cache)}
    subprocess.run(["ccache", "-z"], env=env, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "-S", tree, "-B", tree / "build/dev", "-G", "Ninja", "-DCMAKE_CXX_COMPILER=clang++-19"], env=env,
                   check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", tree / "build/dev"], env=env, check=True, stdout=subprocess.DEVNULL)
    lines = subprocess.run(["ccache", "--print-stats"], env=env, check=True, capture_output=True, text=True).stdout
    counts = dict(line.split("\t") for line in lines.splitlines())
    return int(counts["direct_cache_hit"]), int(counts["cache_miss"])


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="the packages are not known without dpkg-query")
def test_objects_are_found_by_another_tree(tmp_path):
    cache = tmp_path / "cache"
    _, misses = build(make_tree(tmp_path / "here"), cache)
    assert misses == 2  # the precompiled header, and the object
    hits, misses = build(make_tree(tmp_path / "there"), cache)
    assert (hits, misses) == (1, 1)  # a precompiled header is its tree's own


def test_another_precompiled_header_is_another_object(tmp_path):
    cache = tmp_path / "cache"
    build(make_tree(tmp_path / "here"), cache)
    hits, misses = build(make_tree(tmp_path / "there", "#include <vector>\n#include <string>\n"), cache)
    assert (hits, misses) == (0, 2)
