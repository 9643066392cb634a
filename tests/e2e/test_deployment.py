"""What a cluster gives a container: nobody's uid, a read-only root, little memory, half a CPU, no way out."""

import errno
import fcntl
import json
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

import pytest

from support import ROOT, Shop, wait_for

NOBODY = 65534
MEMORY_BYTES_MAX = 128 << 20
REQUESTS_PER_SECOND = 200
SECONDS = 4


def needs_unshare(*arguments):
    """Skips, with the system's words, where `unshare` may not do that here."""
    done = subprocess.run(["unshare", *arguments, "true"], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"unshare {arguments[0]} does not work here: {done.stderr.strip()}")


# Becomes signet in a mount namespace of its own: $1 the operator's folder, copied to a tmpfs at /mnt; then the binary
# and its arguments. Each exec keeps the process id.
READ_ONLY = """
set -e
folder=$1 signet=$2
shift 2
mount --make-rprivate /
mount -t tmpfs -o mode=0755 tmpfs /mnt
cp -a "$folder/." /mnt/
cp "$signet" /mnt/signet
chown -R 65534:65534 /mnt
mount -t tmpfs -o ro,mode=0000 tmpfs /tmp
mount -o remount,bind,ro /
cd /
exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
  env -i /mnt/signet "$@"
"""


def test_runs_as_nobody_on_a_read_only_root(shop):
    if os.getuid() != 0:
        pytest.skip("needs root: mounts, and another uid")
    needs_unshare("-m", "sh", "-c", "mount --make-rprivate / && mount -o remount,bind,ro / && exec \"$@\"", "sh")
    config = shop.config()
    config.write_text(config.read_text().replace(str(shop.folder), "/mnt"))
    shop.start("/mnt/signet.yaml", prefix=["unshare", "-m", "sh", "-c", READ_ONLY, "sh", str(shop.folder)])
    assert shop.serves()
    proc = pathlib.Path(f"/proc/{shop.router.process.pid}")
    status = (proc / "status").read_text()
    assert re.search(rf"^Uid:\t{NOBODY}\t{NOBODY}\t{NOBODY}\t{NOBODY}$", status, re.M)
    assert re.search(r"^CapEff:\t0+$", status, re.M)
    assert (proc / "environ").read_bytes() == b"", "no HOME, and nothing else"
    mounts = [line.split() for line in (proc / "mounts").read_text().splitlines()]
    options = {fields[1]: fields[3].split(",") for fields in mounts}
    assert "ro" in options["/"] and "ro" in options["/tmp"] and "rw" in options["/mnt"]
    assert list((proc / "root/mnt/state").iterdir()), "it keeps its state where it may"
    assert shop.router.stop() == 0


def half_a_cpu_and_128_mib(shop):
    """(words, join, folders): the means found here, and what a new process has to do to be held by it."""
    base, made = pathlib.Path("/sys/fs/cgroup"), []
    name = f"signet-test-{os.getpid()}"

    def make(folder, **limits):
        folder.mkdir()
        shop.closing.insert(0, folder.rmdir)  # last of all, when the router has ended
        made.append(folder)
        for file, value in limits.items():
            (folder / file.replace("__", ".")).write_text(str(value))

    words = "pinned to one core, its memory measured: no writable cgroup"
    try:
        if (base / "cgroup.controllers").exists():
            make(base / name, memory__max=MEMORY_BYTES_MAX, cpu__max="50000 100000")
            words = "cgroup v2"
        elif (base / "memory").exists() and (base / "cpu").exists():
            make(base / "memory" / name, memory__limit_in_bytes=MEMORY_BYTES_MAX)
            make(base / "cpu" / name, cpu__cfs_period_us=100_000, cpu__cfs_quota_us=50_000)
            words = "cgroup v1"
    except OSError as error:
        words += f" ({error})"

    def join():
        if words.startswith("cgroup"):
            for folder in made:
                (folder / "cgroup.procs").write_text(str(os.getpid()))
        else:
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    return words, join, made


class Client(threading.Thread):
    """One keep-alive connection that asks `count` times, each at its due time or as soon as it can."""

    BODY = b'{"query":"{ me { id name } }"}'
    EXPECTED = {"data": {"me": {"id": "1", "name": "Ada"}}}

    def __init__(self, port, count, interval):
        super().__init__(daemon=True)
        self.port, self.count, self.interval = port, count, interval
        self.good, self.latencies = 0, []

    def run(self):
        head = (f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(self.BODY)}\r\n\r\n").encode()
        with socket.create_connection(("127.0.0.1", self.port), timeout=15) as sock:
            stream, due = sock.makefile("rb"), time.monotonic()
            for _ in range(self.count):
                time.sleep(max(0.0, due - time.monotonic()))
                start = time.monotonic()
                sock.sendall(head + self.BODY)
                status, length = stream.readline(), 0
                while (line := stream.readline().strip()):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                body = json.loads(stream.read(length))
                self.latencies.append(time.monotonic() - start)
                self.good += status.split()[1] == b"200" and body == self.EXPECTED
                due += self.interval


def test_fits_in_128_MiB_and_half_a_cpu(shop, record_property):
    words, join, folders = half_a_cpu_and_128_mib(shop)
    shop.start(preexec=join)
    connections, total = 8, REQUESTS_PER_SECOND * SECONDS
    clients = [Client(shop.port, total // connections, connections / REQUESTS_PER_SECOND) for _ in range(connections)]
    start = time.monotonic()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    took = time.monotonic() - start
    status = pathlib.Path(f"/proc/{shop.router.process.pid}/status").read_text()
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) << 10
    good = sum(client.good for client in clients)
    latencies = sorted(latency for client in clients for latency in client.latencies)
    throttled = [line for folder in folders for file in folder.glob("cpu.stat")
                 for line in file.read_text().splitlines() if line.startswith("nr_throttled")]
    found = (f"{words}: {good} of {total} answered in {took:.1f} s ({good / took:.0f}/s), "
             f"p99 {1000 * latencies[len(latencies) * 99 // 100]:.1f} ms, peak {peak / (1 << 20):.1f} MiB "
             + " ".join(throttled))
    print(found)
    record_property("held by", found)
    assert good == total
    assert took < 2 * SECONDS, "it keeps up"
    assert peak < MEMORY_BYTES_MAX
    starting = shop.router.events("starting")[0]
    assert starting["workers"] == "1", starting["workers_because"]
    assert shop.router.stop() == 0


def test_no_secret_on_the_command_line(shop):
    shop.start()
    assert shop.serves()
    secrets = []
    for name in ("release.key", "approve.key", "hook.key", "push.key"):
        lines = (shop.folder / name).read_text().splitlines()
        secrets += [line.removeprefix("whsec_").encode() for line in lines if line and not line.startswith("-----")]
    assert len(secrets) >= 4 and all(len(secret) >= 16 for secret in secrets)
    proc = pathlib.Path(f"/proc/{shop.router.process.pid}")
    arguments = (proc / "cmdline").read_bytes().split(b"\0")
    assert arguments[1:-1] == [b"serve", b"-c", str(shop.folder / "signet.yaml").encode()]
    shown = [(proc / "cmdline").read_bytes(), (proc / "environ").read_bytes(), (proc / "comm").read_bytes(),
             json.dumps(shop.status()).encode(), shop.metrics().encode(), shop.router.stdout.read_bytes(),
             shop.router.stderr.read_bytes()]
    shown += [file.read_bytes() for file in shop.state.iterdir()]
    assert not [secret for secret in secrets for text in shown if secret in text]


def no_routes():
    """How often this network namespace was asked for a way to an address that it has none to (IPv4 and IPv6)."""
    names, values = [line.split()[1:] for line in pathlib.Path("/proc/net/snmp").read_text().splitlines()
                     if line.startswith("Ip:")]
    six = re.search(r"^Ip6OutNoRoutes\s+(\d+)", pathlib.Path("/proc/net/snmp6").read_text(), re.M)
    return int(dict(zip(names, values))["OutNoRoutes"]) + int(six[1])


def alone_on_loopback():
    """Runs in a network namespace of its own: only loopback, so that each other attempt fails and is counted."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:  # lo up
        request = bytearray(struct.pack("16sh14x", b"lo", 0))
        fcntl.ioctl(sock, 0x8913, request)
        flags = struct.unpack_from("h", request, 16)[0]
        fcntl.ioctl(sock, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))
    before = no_routes()
    with socket.socket() as probe:
        assert probe.connect_ex(("192.0.2.1", 53)) == errno.ENETUNREACH
    assert no_routes() == before + 1, "attempts are counted"
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(folder)
        try:
            before = no_routes()
            shop.start()
            for _ in range(10):
                assert shop.serves()
            graph = shop.status()["graph"]["serial"]
            shop.graph_file.write_text(shop.supergraph("second"))
            shop.sign()
            shop.approve()
            wait_for(lambda: shop.status()["graph"]["serial"] > graph, "the new graph")
            assert shop.serves() and shop.router.stop() == 0
            assert no_routes() == before, "signet tried to leave loopback"
        finally:
            shop.close()
    print("served on loopback alone")


def test_makes_no_connection_of_its_own(shop):
    alone = ["-n"] if os.getuid() == 0 else ["-r", "-n"]
    needs_unshare(*alone)
    code = "import test_deployment; test_deployment.alone_on_loopback()"
    done = subprocess.run(["unshare", *alone, sys.executable, "-c", code], cwd=ROOT / "tests" / "e2e",
                          capture_output=True, text=True, timeout=120, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("served on loopback alone\n")
