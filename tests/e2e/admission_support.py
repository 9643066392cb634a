"""The admission server asked directly: ConfigReviews made and signed here, and many of them at once."""

import hashlib
import hmac
import base64
import itertools
import json
import pathlib
import socket
import time

from support import Cdn, decode_payload, request, signet, webhook_headers

_ids = itertools.count()


def new_id():
    return f"msg_{time.time_ns()}_{next(_ids)}"


def review_body(statement):
    """What a router posts about `statement`; its list of subgraphs is a lie, which a server that reads the artifact ignores."""
    says = json.loads(decode_payload(statement))
    return json.dumps({"apiVersion": "admission.signet.dev/v1", "kind": "ConfigReview", "request": {
        "uid": new_id(), **{key: says[key] for key in ("artifact", "graph", "environment", "serial", "previous", "sha256")},
        "source": "cdn", "signedBy": [], "subgraphs": [{"name": "a", "url": "https://told.by.the.router/"}],
        "statement": json.loads(statement)}}).encode()


def ask(port, secret_file, statement):
    """The verdict about `statement`; the answer's own signature must be right under the secret."""
    body, message_id = review_body(statement), new_id()
    answer = request(port, "POST", "/review", webhook_headers(secret_file, body, message_id), body)
    assert answer.status == 200, (answer.status, answer.body)
    assert answered_under(secret_file, answer, message_id)
    return answer.json()["response"]


def answered_under(secret_file, answer, message_id):
    secret = base64.b64decode(pathlib.Path(secret_file).read_text().strip().removeprefix("whsec_"))
    signed = f"{message_id}.{answer.header('webhook-timestamp')}.".encode() + answer.body
    mac = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return answer.header("webhook-id") == message_id and f"v1,{mac}" in answer.header("webhook-signature").split(" ")


def ask_at_once(port, secret_file, statements, timeout=30):
    """Opens a connection for each, sends all requests, then reads all answers. Returns the verdicts, in order."""
    socks = []
    for statement in statements:
        body = review_body(statement)
        fields = "".join(f"{k}: {v}\r\n" for k, v in webhook_headers(secret_file, body, new_id()).items())
        sock = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        sock.sendall(f"POST /review HTTP/1.1\r\nHost: t\r\nConnection: close\r\n{fields}Content-Length: {len(body)}\r\n\r\n".encode())
        socks.append((sock, body))
    for sock, body in socks:
        sock.sendall(body)
    verdicts = []
    for sock, _ in socks:
        got = b""
        while piece := sock.recv(65536):
            got += piece
        sock.close()
        head, _, answer = got.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), head
        verdicts.append(json.loads(answer)["response"])
    return verdicts


class Publisher:
    """Graphs published to a CDN of their own, each with a release signature."""

    def __init__(self, shop):
        self.shop, self.cdn, self.count = shop, Cdn(), 0
        shop.closing.append(self.cdn.close)
        self.statements = {}

    def publish(self, text, previous=None):
        """The statement. `previous`: the statement of what it replaces."""
        self.count += 1
        file = self.shop.folder / f"published-{self.count}.graphql"
        file.write_text(text)
        arguments = ["sign", file, "--kind", "graph", "--graph", "shop", "--environment", "test", "--kid", "release-1",
                     "--key", self.shop.folder / "release.key"]
        if previous is not None:
            old = self.shop.folder / f"previous-{self.count}.jws"
            old.write_bytes(previous)
            arguments += ["--previous", old]
        signet(*arguments)
        statement = pathlib.Path(f"{file}.jws").read_bytes()
        self.cdn.publish(file.read_bytes(), statement)
        return statement

    def policy(self, forbid="[breaking]", top="", graph=""):
        """What `Shop.policy()` takes: artifacts from this CDN, a store, and changes that are forbidden."""
        store = self.shop.folder / "store"
        store.mkdir(exist_ok=True)
        lines = f"    artifacts: {{ cdn: {{ url: \"{self.cdn.url}\" }} }}\n{graph}"
        if forbid:
            lines += f"    forbid: {forbid}\n"
        return {"top": f"store_dir: {store}\n{top}", "graph": lines}


def counts(port):
    return request(port, "GET", "/status").json()
