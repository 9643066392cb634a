"""The world around the binary under test: keys, signed graphs, stub subgraphs, CDN, collector, and the processes.

Every test drives the real `signet` (environment variable SIGNET_BIN, else build/release/signet). Stubs live in threads of
the test process on free loopback ports.
"""

import base64
import contextlib
import hashlib
import hmac
import http.client
import http.server
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIGNET = os.environ.get("SIGNET_BIN", str(ROOT / "build" / "release" / "signet"))
GRAPHS = pathlib.Path(__file__).parent / "graphs"
TIMEOUT = 0.3 if os.environ.get("SIGNET_META") else 15.0  # with no router behind it, nothing is worth waiting for


def signet(*arguments, check=True, text=None, env=None):
    """Runs one command of the binary and returns the completed process."""
    done = subprocess.run([SIGNET, *map(str, arguments)], input=text, capture_output=True, text=True, timeout=60, env=env)
    if check and done.returncode != 0:
        raise AssertionError(f"signet {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def free_ports(count):
    """Distinct free loopback ports below the ephemeral range: no stub or client gets one before the router listens."""
    ports = set()
    while len(ports) < count:
        port = random.randrange(15_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.add(port)
    return list(ports)


def free_port():
    return free_ports(1)[0]


def wait_for(condition, what, timeout=TIMEOUT):
    """Waits until `condition()` is true and returns its value."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"timed out waiting for {what}")
        time.sleep(0.01)


class Response:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def codes(self):
        return [error["extensions"]["code"] for error in self.json().get("errors", [])]

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def all_headers(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]


def request(port, method, path, headers=None, body=None, timeout=TIMEOUT):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return Response(answer.status, answer.getheaders(), answer.read())
    finally:
        connection.close()


def raw_exchange(port, data, timeout=5.0, shutdown=True):
    """Sends bytes and returns everything the server says until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as sock:
        sock.sendall(data)
        if shutdown:
            sock.shutdown(socket.SHUT_WR)
        got = b""
        try:
            while piece := sock.recv(65536):
                got += piece
        except socket.timeout:
            pass
        return got


class RawServer:
    """Accepts connections on a free loopback port, or of the listener that it is given; `serve(sock)` of whoever derives
    from it has one each, in a thread."""

    def __init__(self, listener=None):
        self.socket = listener or socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = None if listener else self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # else accept() would take one more
        self.socket.close()


class Stub:
    """An HTTP server whose answers a test decides: `answer(handler, body)` returns (status, headers, bytes)."""

    def __init__(self, answer):
        self.requests = []
        self.answer = answer
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1  # head and body in one segment: delayed acknowledgements would cost 40 ms an answer

            def log_message(self, *_):
                pass

            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                stub.requests.append((self.command, self.path, dict(self.headers), body))
                status, headers, out = stub.answer(self, body)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(out)))
                self.end_headers()
                self.wfile.write(out)

            do_GET = do_POST = serve

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


JSON = {"Content-Type": "application/json"}


def json_answer(value, status=200):
    return status, JSON, json.dumps(value).encode()


def subgraph_a(handler, body):
    """The subgraph `a` of graphs/small.graphql, by the fields that a query names."""
    query = json.loads(body)["query"]
    variables = json.loads(body).get("variables", {})
    user = {"id": "1", "name": "Ada", "friend": {"id": "2", "name": "Bob", "friend": None}}
    data = {}
    if "slow" in query:
        time.sleep(variables.get("delay", 1.0))
        data["slow"] = "done"
    if "me" in query:
        data["me"] = user
    if "users" in query:
        data["users"] = [user, user["friend"]]
    if "echo" in query:
        data["echo"] = "echoed"
    if "bump" in query:
        data["bump"] = 1
    if "broken" in query:
        return json_answer({"data": {**data, "broken": None},
                            "errors": [{"message": "secret-subgraph-detail", "path": ["broken"]}]})
    return json_answer({"data": data})


def subgraph_b(handler, body):
    """Entities for one list of representations or, under aliases, for several."""
    request = json.loads(body)
    lists = re.findall(r"(?:(\w+):)?_entities\(representations:\$(\w+)\)", request["query"])
    return json_answer({"data": {alias or "_entities": [{"score": 10 * int(r["id"]), "tier": "GOLD"}
                                                        for r in request["variables"][variable]]
                                 for alias, variable in lists}})


class Cdn:
    """The layout of docs/formats/statement.md over HTTP: /statement.jws and /artifacts/<sha256>."""

    def __init__(self):
        self.statement = b""
        self.artifacts = {}
        self.down = False
        self.stub = Stub(self.serve)
        self.url = f"http://127.0.0.1:{self.stub.port}/shop"

    def serve(self, handler, _):
        if self.down:
            return 503, {}, b"down"
        if handler.path == "/shop/statement.jws" and self.statement:
            return 200, {}, self.statement
        name = handler.path.rsplit("/", 1)[-1]
        if handler.path.startswith("/shop/artifacts/") and name in self.artifacts:
            return 200, {}, self.artifacts[name]
        return 404, {}, b"nothing here"

    def publish(self, artifact, statement):
        sha256 = json.loads(decode_payload(statement))["sha256"]
        self.artifacts[sha256] = artifact
        self.statement = statement

    def close(self):
        self.stub.close()


def decode_payload(statement):
    payload = json.loads(statement)["payload"]
    return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


def webhook_headers(secret_file, body, message_id="msg_test", timestamp=None):
    """Standard Webhooks fields, computed here and not by the code under test."""
    secret = base64.b64decode(pathlib.Path(secret_file).read_text().strip().removeprefix("whsec_"))
    timestamp = str(int(time.time()) if timestamp is None else timestamp)
    signed = f"{message_id}.{timestamp}.".encode() + body
    mac = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": f"v1,{mac}"}


class Process:
    """A running `signet`, its output kept in files. `prefix` is a command that becomes it (taskset, unshare)."""

    def __init__(self, folder, name, arguments, preexec=None, env=None, cwd=None, prefix=()):
        self.stdout, self.stderr = folder / f"{name}.stdout", folder / f"{name}.stderr"
        self.process = subprocess.Popen([*prefix, SIGNET, *map(str, arguments)], stdin=subprocess.DEVNULL,
                                        stdout=self.stdout.open("wb"), stderr=self.stderr.open("wb"),
                                        preexec_fn=preexec, env=env, cwd=cwd)

    def alive(self):
        return self.process.poll() is None

    def log(self):
        return self.stderr.read_text(errors="replace")

    def events(self, name=None):
        whole, _, _being_written = self.log().rpartition("\n")
        found = [json.loads(line) for line in whole.splitlines() if line.startswith("{")]
        return [event for event in found if name is None or event["event"] == name]

    def stop(self, sig=signal.SIGTERM, timeout=TIMEOUT):
        if self.alive():
            self.process.send_signal(sig)
        return self.process.wait(timeout)

    def kill(self):
        if self.alive():
            self.process.kill()
        self.process.wait()


class Shop:
    """A graph called `shop`: keys, two stub subgraphs, and the files of an operator."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.a, self.b = Stub(subgraph_a), Stub(subgraph_b)
        self.closing = [self.a.close, self.b.close]
        self.graph_file = self.folder / "graph.graphql"
        self.state = self.folder / "state"
        self.state.mkdir()
        self.port, self.health, self.admin = free_ports(3)
        for name, kind in [("release.key", "hmac"), ("approve.key", "ed25519"), ("hook.key", "webhook"),
                           ("push.key", "webhook")]:
            signet("keygen", kind, "--out", self.folder / name)
        self.allow = None  # policy's and configuration's, where it is not both subgraphs and loopback
        self.graph_file.write_text(self.supergraph())
        self.sign()
        self.approve()
        self.router = None

    def supergraph(self, marker=""):
        text = (GRAPHS / "small.graphql").read_text()
        text = text.replace("http://subgraph-a.invalid/", f"http://127.0.0.1:{self.a.port}/graphql")
        text = text.replace("http://subgraph-b.invalid/", f"http://127.0.0.1:{self.b.port}/graphql")
        return text + (f"\n# {marker}\n" if marker else "")

    def sign(self, file=None, kind="graph", **options):
        file = file or self.graph_file
        arguments = ["sign", file, "--kind", kind, "--graph", options.get("graph", "shop"), "--environment",
                     options.get("environment", "test"), "--kid", options.get("kid", "release-1"), "--key",
                     options.get("key", self.folder / "release.key")]
        if options.get("lifetime"):
            arguments += ["--lifetime", options["lifetime"]]
        if options.get("unchecked"):
            arguments.append("--unchecked")
        signet(*arguments)
        return pathlib.Path(f"{file}.jws")

    def replace_subgraph_a(self, server):
        """From now on `server`, which has `port` and `close()`, is subgraph a; the graph says so, signed and approved."""
        self.a.close()
        self.closing[0] = server.close
        self.a = server
        self.graph_file.write_text(self.supergraph())
        self.sign()
        self.approve()

    def move_subgraph_a(self, url, origin, addresses="127.0.0.0/8"):
        """From now on subgraph a is at `url`: the graph says so, signed and approved, and `origin` is allowed in its place."""
        self.graph_file.write_text(self.supergraph().replace(f"http://127.0.0.1:{self.a.port}/graphql", url))
        self.allow = [origin, f"http://127.0.0.1:{self.b.port}", addresses]
        self.sign()
        self.approve()

    def allowed(self):
        return self.allow or [f"http://127.0.0.1:{self.a.port}", f"http://127.0.0.1:{self.b.port}", "127.0.0.0/8"]

    def policy(self, **changes):
        allow = changes.get("allow", self.allowed())
        lines = ["version: 1", f"listen: 127.0.0.1:{changes.get('port', free_port())}",
                 f"secret_file: {self.folder}/hook.key"]
        lines += changes.get("top", "").splitlines()
        if changes.get("approve", True):
            lines.append(f"approve: {{ kid: approve-1, key_file: {self.folder}/approve.key }}")
        lines += ["graphs:", "  - name: shop", "    environment: test",
                  f"    keys: [{{ kid: release-1, role: release, secret_file: {self.folder}/release.key }}]",
                  f"    allow: {json.dumps(allow)}", f"    allow_plain_http: {changes.get('plain_http', 'true')}"]
        if "approvers" in changes:
            lines.append(f"    approvers: {changes['approvers']}")
        lines += changes.get("graph", "").splitlines()
        file = self.folder / "admission.yaml"
        file.write_text("\n".join(lines) + "\n")
        return file

    def approve(self, file=None):
        signet("admission", "approve", file or self.graph_file, "-p", self.policy())

    def config(self, source=None, extra="", trust_extra="", allow=None, admission="", state=True, telemetry=""):
        allow = allow or self.allowed()
        text = f"""version: 1
listen:
  graphql: 127.0.0.1:{self.port}
  health: 127.0.0.1:{self.health}
  admin: 127.0.0.1:{self.admin}
graph:
  name: shop
  environment: test
  source: {source or f'{{ file: {self.graph_file} }}'}
"""
        if state:
            text += f"  state_dir: {self.state}\n"
        text += f"""trust:
  keys:
    - {{ kid: release-1, role: release, secret_file: {self.folder}/release.key }}
    - {{ kid: approve-1, alg: Ed25519, role: approve, public_key_file: {self.folder}/approve.key.pub }}
{trust_extra}subgraphs:
  allow: {json.dumps(allow)}
shutdown: {{ pre_stop: 200ms, drain: 5s }}
{admission}{telemetry}{extra}"""
        file = self.folder / "signet.yaml"
        file.write_text(text)
        return file

    def start(self, config=None, ready=True, **process):
        self.router = Process(self.folder, "router", ["serve", "-c", config or self.config()], **process)
        self.closing.append(self.router.kill)
        if ready:
            self.wait_ready()
        return self.router

    def get_health(self, path="/health/ready"):
        try:
            return request(self.health, "GET", path)
        except OSError:
            return None

    def wait_ready(self):
        def ready():
            assert self.router.alive(), f"the router ended:\n{self.router.log()}"
            answer = self.get_health()
            return answer is not None and answer.status == 200

        try:
            wait_for(ready, "readiness")
        except AssertionError as problem:
            raise AssertionError(f"{problem}\n{self.router.log()}") from None

    def wait_live(self):
        wait_for(lambda: (answer := self.get_health("/health/live")) and answer.status == 200, "liveness")

    def query(self, text="{ me { id name score } }", headers=None, **members):
        body = {"query": text, **members}
        if text is None:
            del body["query"]
        return request(self.port, "POST", "/graphql", {"Content-Type": "application/json", **(headers or {})},
                       json.dumps(body))

    def serves(self):
        """A federated answer comes out right."""
        answer = self.query()
        return answer.status == 200 and answer.json() == {"data": {"me": {"id": "1", "name": "Ada", "score": 10}}}

    def status(self):
        return request(self.admin, "GET", "/status").json()

    def metrics(self):
        return request(self.health, "GET", "/metrics").body.decode()

    def metric(self, name, **labels):
        """The value of one series of /metrics; 0 when it is not there."""
        for line in self.metrics().splitlines():
            if line.startswith(name) and all(f'{key}="{value}"' in line for key, value in labels.items()):
                return float(line.rsplit(" ", 1)[1])
        return 0.0

    def refused(self, reason):
        return self.metric("signet_config_refused_total", signet_refusal_reason=reason)

    def subgraph_requests(self):
        return len(self.a.requests) + len(self.b.requests)

    def close(self):
        for close in reversed(self.closing):
            close()
