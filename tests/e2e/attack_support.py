"""What the attacks have in common: raw connections, raw subgraphs, and a look at the process."""

import json
import os
import pathlib
import socket
import struct

from support import RawServer, request

HEAD = b"POST /graphql HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"


def post(value, head=HEAD):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def rss_mib(shop):
    status = pathlib.Path(f"/proc/{shop.router.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def descriptors(shop):
    return len(os.listdir(f"/proc/{shop.router.process.pid}/fd"))


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def live(shop, timeout=2.0):
    try:
        return request(shop.health, "GET", "/health/live", timeout=timeout).status == 200
    except OSError:
        return False


def pipelined(shop, bodies, window=64):
    """Sends requests over one connection, `window` at a time, and counts the answers."""
    answers = 0
    with socket.create_connection(("127.0.0.1", shop.port), timeout=20) as sock:
        for at in range(0, len(bodies), window):
            some = bodies[at:at + window]
            sock.sendall(b"".join(post(body) for body in some))
            got, tail = 0, b""
            while got < len(some):
                piece = sock.recv(1 << 20)
                assert piece, "the connection was closed"
                joined = tail + piece
                got += joined.count(b"HTTP/1.1 ")
                tail = joined[-8:]
            answers += got
    return answers


class RawSubgraph(RawServer):
    """A subgraph in bytes: `answer(request)` returns what to send, or None to reset the connection."""

    def __init__(self, answer):
        self.answer, self.requests = answer, []
        super().__init__()

    def serve(self, sock):
        try:
            while data := sock.recv(65536):
                self.requests.append(data)
                out = self.answer(data)
                if out is None:
                    return reset(sock)
                sock.sendall(out)
        except OSError:
            pass


def use_subgraph_a(shop, port):
    shop.a.close()
    shop.a.port = port
    shop.closing = shop.closing[1:]
    shop.graph_file.write_text(shop.supergraph())
    shop.sign()
    shop.approve()
