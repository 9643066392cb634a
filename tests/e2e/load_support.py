"""Load that one process can make and check: subgraphs that cost next to nothing, and clients that pipeline.

Both are programs of their own, so that they have processor time of their own: `load_support.py subgraphs`, and
`load_support.py load …`.
"""

import asyncio
import json
import mmap
import os
import pathlib
import selectors
import socket
import struct
import subprocess
import sys
import time

PROGRESS = struct.Struct("QQ")  # answers that were right; 1 when the load shall end
DATE_BYTES = len("Thu, 26 Nov 2026 22:56:33 GMT")
QUERY = {"query": "{ me { name score } }"}


def body_of(version):
    """The whole answer to QUERY under a graph whose subgraphs lie below /v{version}."""
    return b'{"data":{"me":{"name":"%d","score":%d}}}' % (version, version)


class Subgraph(asyncio.Protocol):
    """Subgraphs a and b of graphs/small.graphql for QUERY: what they say of `me` is the version in the path."""

    def connection_made(self, transport):
        self.transport, self.got = transport, b""

    def data_received(self, data):
        self.got += data
        while (end := self.got.find(b"\r\n\r\n")) >= 0:
            head = self.got[:end].lower()
            length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            if len(self.got) < end + 4 + length:
                return
            body, self.got = self.got[end + 4:end + 4 + length], self.got[end + 4 + length:]
            version = head[head.index(b"/v") + 2:head.index(b"/v") + 3]
            if b"_entities" in body:
                answer = b'{"data":{"_entities":[{"score":%s}]}}' % version
            else:
                answer = b'{"data":{"me":{"id":"1","name":"%s"}}}' % version
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                                 % (len(answer), answer))


async def serve_subgraphs():
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Subgraph, "127.0.0.1", 0) for _ in range(2)]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.Event().wait()


class Client:
    """One connection with `window` requests under way. Every byte that comes back belongs to an answer that is right: but
    for the date, `head` and one of `tails`, which are equally long."""

    def __init__(self, port, window, message, head, tails):
        self.message, self.head, self.tails = message, head, tails
        self.length = len(head) + DATE_BYTES + len(tails[0])
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got, self.counts, self.under_way = b"", [0] * len(tails), 0
        self.ask(window)

    def ask(self, count):
        self.sock.sendall(self.message * count)
        self.under_way += count

    def read(self, more):
        """How many answers came. Asks as many again, if `more`."""
        piece = self.sock.recv(1 << 18)
        if not piece:
            raise ConnectionError("the router closed a connection")
        self.got += piece
        whole = len(self.got) // self.length
        block, rest = self.got[:whole * self.length], self.got[whole * self.length:]
        counts = [block.count(tail) for tail in self.tails]
        if sum(counts) != whole or block.count(self.head) != whole:
            raise ValueError(f"an answer of no version: {block[:2000]!r}")
        self.counts = [sum(pair) for pair in zip(self.counts, counts)]
        self.got, self.under_way = rest, self.under_way - whole
        if more and whole:
            self.ask(whole)
        return whole


def make_load(port, connections, window, progress_file):
    """Asks until it is told to end; prints what came of it as JSON."""
    body = json.dumps(QUERY).encode()
    message = b"POST /graphql HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        len(body), body)
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(message)
        head = sock.recv(65536).partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    before, after = head[:head.index(b"Date: ") + 6], head[head.index(b"Date: ") + 6 + DATE_BYTES:]
    clients = [Client(port, window, message, before, [after + body_of(version) for version in (1, 2)]) for _ in range(connections)]
    selector = selectors.DefaultSelector()
    for client in clients:
        selector.register(client.sock, selectors.EVENT_READ, client)
    result = {"problem": None}
    with open(progress_file, "r+b") as file, mmap.mmap(file.fileno(), PROGRESS.size) as progress:
        done, stop = PROGRESS.unpack_from(progress)
        try:
            while any(client.under_way for client in clients):
                ready = selector.select(10)
                if not ready:
                    raise TimeoutError(f"{sum(client.under_way for client in clients)} requests are not answered")
                for key, _ in ready:
                    done += key.data.read(not stop)
                stop = PROGRESS.unpack_from(progress)[1]
                PROGRESS.pack_into(progress, 0, done, stop)
        except (OSError, ValueError) as problem:
            result["problem"] = str(problem)
    result["answers"] = [sum(client.counts[i] for client in clients) for i in range(2)]
    print(json.dumps(result), flush=True)


def start(*arguments):
    return subprocess.Popen([sys.executable, __file__, *map(str, arguments)], stdout=subprocess.PIPE, text=True)


class FastSubgraphs:
    """Subgraphs a and b in a process of their own; puts them into the shop."""

    def __init__(self, shop):
        self.process = start("subgraphs")
        shop.closing.append(self.close)
        ports = [int(port) for port in self.process.stdout.readline().split()]
        for stub, port in zip((shop.a, shop.b), ports):
            stub.close()
            stub.close = lambda: None
            stub.port = port
        shop.closing[:2] = []

    def close(self):
        self.process.kill()
        self.process.wait()


class Load:
    """Clients of the router in a process of their own, until end()."""

    def __init__(self, shop, connections=16, window=8):
        self.file = pathlib.Path(shop.folder) / "progress"
        self.file.write_bytes(PROGRESS.pack(0, 0))
        self.process = start("load", shop.port, connections, window, self.file)
        shop.closing.append(self.process.kill)

    def done(self):
        """Answers so far, all of them right."""
        return PROGRESS.unpack(self.file.read_bytes())[0]

    def wait_done(self, count, timeout=60):
        end = time.monotonic() + timeout
        while self.done() < count:
            assert self.process.poll() is None, f"the load ended: {self.process.stdout.read()}"
            assert time.monotonic() < end, f"{self.done()} answers of {count}"
            time.sleep(0.002)

    def end(self):
        """Lets the last answers come. {"answers": by version, "problem": why it ended early, or None}"""
        with self.file.open("r+b") as file, mmap.mmap(file.fileno(), PROGRESS.size) as progress:
            progress[8:16] = struct.pack("Q", 1)
        return json.loads(self.process.communicate(timeout=30)[0])


if __name__ == "__main__":
    if sys.argv[1] == "subgraphs":
        asyncio.run(serve_subgraphs())
    else:
        make_load(*map(int, sys.argv[2:5]), sys.argv[5])
