"""The executable that ships: hardened, laid out by its profile, and whole after strip. It is read as an ELF file here, not
by the tools that made it."""

import pathlib
import shutil
import struct
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = ROOT / "build/release/signet"

PT_LOAD, PT_DYNAMIC, PT_GNU_STACK, PT_GNU_RELRO = 1, 2, 0x6474E551, 0x6474E552
PF_X, PF_W = 1, 2
DT_NULL, DT_FLAGS_1 = 0, 0x6FFFFFFB
DF_1_NOW, DF_1_PIE = 0x1, 0x08000000


def segments_of(data):
    """(type, flags, offset, address, size) of each program header."""
    offset, size, count = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
    for i in range(count):
        kind, flags, start, address, _, length = struct.unpack_from("<IIQQQQ", data, offset + i * size)
        yield kind, flags, start, address, length


def dynamic_of(data):
    start, length = next((s[2], s[4]) for s in segments_of(data) if s[0] == PT_DYNAMIC)
    entries = dict(struct.iter_unpack("<QQ", data[start:start + length]))
    assert DT_NULL in entries
    return entries


def check_hardened(executable):
    data = executable.read_bytes()
    segments = list(segments_of(data))
    stack = [flags for kind, flags, *_ in segments if kind == PT_GNU_STACK]
    assert len(stack) == 1 and not stack[0] & PF_X, "without it the C library makes the stacks of threads executable"
    assert not any(flags & PF_W and flags & PF_X for _, flags, *_ in segments)
    assert any(kind == PT_GNU_RELRO for kind, *_ in segments)
    flags = dynamic_of(data)[DT_FLAGS_1]
    assert flags & DF_1_NOW and flags & DF_1_PIE
    addresses = [address for kind, _, _, address, _ in segments if kind == PT_LOAD]
    assert addresses == sorted(addresses)


def sections_of(executable):
    output = subprocess.run(["llvm-readelf-19", "-SW", executable], check=True, capture_output=True, text=True).stdout
    return output.split()


def test_it_is_hardened():
    check_hardened(RELEASE)


def test_it_is_laid_out_by_its_profile():
    assert ".bolt.org.text" in sections_of(RELEASE)
    assert ".bolt.org.text" not in sections_of(RELEASE.with_name("signet-as-linked"))


@pytest.mark.parametrize("tool", ["strip", "llvm-strip-19"])
def test_it_survives_strip(tmp_path, tool):
    stripped = shutil.copy(RELEASE, tmp_path / "signet")
    done = subprocess.run([tool, stripped], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    check_hardened(stripped)
    subprocess.run([stripped, "demo", "--check"], check=True, capture_output=True, timeout=120)


def test_no_memory_of_a_router_is_writable_and_executable(tmp_path):
    demo = subprocess.Popen([RELEASE, "demo", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        demo.stdout.readline()  # it has its threads
        maps = pathlib.Path(f"/proc/{demo.pid}/maps").read_text().splitlines()
        assert any("r-xp" in line for line in maps)
        assert not [line for line in maps if "w" in line.split()[1] and "x" in line.split()[1]]
    finally:
        demo.terminate()
        demo.wait(timeout=30)
