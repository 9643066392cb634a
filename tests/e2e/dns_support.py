"""A name server and subgraphs on addresses of their own, for tests in a network namespace of their own."""

import fcntl
import os
import pathlib
import socket
import struct
import subprocess
import sys
import threading
import time

import pytest

from support import ROOT, JSON

NXDOMAIN, SERVFAIL = 3, 2


def run_alone(module, function):
    """Runs `module.function()` in a process with its own network, mounts and resolv.conf; skips where that may not be."""
    alone = ["-m", "-n"] if os.getuid() == 0 else ["-r", "-m", "-n"]
    probe = subprocess.run(["unshare", *alone, "sh", "-c", "mount --make-rprivate / && mount -t tmpfs tmpfs /mnt"],
                           capture_output=True, text=True)
    if probe.returncode != 0:
        pytest.skip(f"unshare {' '.join(alone)} does not work here: {probe.stderr.strip()}")
    code = f"import dns_support, {module}; dns_support.enter(); {module}.{function}(); print('done')"
    done = subprocess.run(["unshare", *alone, sys.executable, "-c", code], cwd=ROOT / "tests" / "e2e",
                          capture_output=True, text=True, timeout=180,
                          env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode == 0 and done.stdout.endswith("done\n"), done.stdout + done.stderr


def enter():
    """Loopback up, and a resolv.conf that knows one name server: ours."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = bytearray(struct.pack("16sh14x", b"lo", 0))
        fcntl.ioctl(sock, 0x8913, request)
        flags = struct.unpack_from("h", request, 16)[0]
        fcntl.ioctl(sock, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/mnt"], check=True)
    for name, text in (("resolv.conf", "nameserver 127.0.0.1\n"), ("nsswitch.conf", "hosts: files dns\n")):
        file = pathlib.Path("/mnt") / name
        file.write_text(text)
        if not os.path.exists(f"/etc/{name}"):
            continue
        subprocess.run(["mount", "--bind", file, os.path.realpath(f"/etc/{name}")], check=True)


def own_address(address, number):
    """This machine's from now on: a public address to serve on. `number` tells several apart."""
    name = f"lo:{number}".encode()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for call, value in ((0x8916, address), (0x891C, "255.255.255.255")):  # SIOCSIFADDR, SIOCSIFNETMASK
            fcntl.ioctl(sock, call, struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(value)))


class NameServer:
    """Answers A questions from `records`: a list of addresses, a response code, None for silence, another name as an alias
    (CNAME) to follow, or a function that returns one of these for each question."""

    def __init__(self):
        self.records, self.delay, self.questions = {}, 0.0, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            question, peer = self.socket.recvfrom(512)
            threading.Thread(target=self.answer, args=(question, peer), daemon=True).start()

    def answer(self, question, peer):
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode())
            at += 1 + question[at]
        kind = struct.unpack_from("!H", question, at + 1)[0]
        self.questions += 1
        record, aliases = self.record(".".join(labels)), b""
        owner, count = b"\xc0\x0c", 0  # a pointer to the question's name
        while isinstance(record, str):
            target = b"".join(bytes([len(label)]) + label.encode() for label in record.split(".")) + b"\0"
            aliases += owner + struct.pack("!HHIH", 5, 1, 1, len(target)) + target
            owner, count, record = target, count + 1, self.record(record)
        if record is None:
            return
        time.sleep(self.delay)
        code, addresses = (record, []) if isinstance(record, int) else (0, record if kind == 1 else [])
        out = question[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, count + len(addresses), 0, 0) + question[12:at + 5]
        out += aliases
        for address in addresses:  # TTL 1
            out += owner + struct.pack("!HHIH", 1, 1, 1, 4) + socket.inet_aton(address)
        self.socket.sendto(out, peer)

    def record(self, name):
        record = self.records.get(name, NXDOMAIN)
        return record() if callable(record) else record


class AddressedSubgraph:
    """Answers `me` with its own address as the name, on 127.0.0.x; counts connections and requests, and keeps the last one."""

    def __init__(self, address, port):
        self.address, self.connections, self.requests, self.open, self.last = address, 0, 0, [], b""
        self.listener = socket.create_server((address, port), backlog=128)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        try:
            while True:
                sock, _ = self.listener.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections += 1
                self.open.append(sock)
                threading.Thread(target=self.serve, args=(sock,), daemon=True).start()
        except OSError:
            pass  # closed

    def serve(self, sock):
        body = b'{"data":{"me":{"id":"1","name":"%s"}}}' % self.address.encode()
        try:
            while piece := sock.recv(65536):
                self.requests += 1
                self.last = piece
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                             % (len(body), body))
        except OSError:
            pass

    def cut(self):
        """Closes what is connected, and serves on."""
        for sock in self.open:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.open = []

    def kill(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()


class DeadAddress:
    """Listens and lets nobody in: what would open a connection is swallowed, as by a machine that is gone."""

    def __init__(self, address, port):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((address, port))
        self.listener.listen(0)
        self.fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex((address, port))
            self.fillers.append(filler)
        time.sleep(0.05)

    def close(self):
        self.listener.close()
        for filler in self.fillers:
            filler.close()


class Load(threading.Thread):
    """One keep-alive client that asks `query` at a steady rate and notes what came and how long it took."""

    def __init__(self, port, query, rate=50):
        super().__init__(daemon=True)
        self.port, self.rate, self.query = port, rate, query
        self.answers, self.stopping = [], False  # (when, seconds, name or None)

    def run(self):
        import http.client
        import json
        connection, due = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10), time.monotonic()
        while not self.stopping:
            time.sleep(max(0.0, due - time.monotonic()))
            began = time.monotonic()
            connection.request("POST", "/graphql", json.dumps({"query": self.query}), JSON)
            data = json.loads(connection.getresponse().read())["data"]
            value = data and next(iter(data.values()))
            self.answers.append((began, time.monotonic() - began, value and value.get("name")))
            due = max(due + 1 / self.rate, time.monotonic() - 0.1)
        connection.close()

    def since(self, when):
        return [answer for answer in self.answers if answer[0] >= when]

    def stop(self):
        self.stopping = True
        self.join()
