"""Secrets stay inside: canaries of every kind in a router that serves, refuses, reloads and ends badly; then every byte that
it gave out is searched for them, as they are and in hexadecimal and Base64.

A core dump is prevented rather than searched: keys in use are in memory, and copies of them in OpenSSL's, wherever the
allocator put them. That no core is written is tested beside a program that does write one, with a canary in it.
"""

import base64
import http.client
import json
import os
import pathlib
import resource
import signal
import ssl
import subprocess
import sys
import tempfile
import time

import pytest

import keys_support
from gate_support import admission_block, serve_admission, wait_serial
from source_support import Bucket
from support import JSON, Cdn, Shop, Stub, request, signet, wait_for
from tls_support import Authority

TOKEN, SECRET_KEY, ENVIRONMENT = "canary-token-Qe7fXw", "canary/secret+access+key+Zt4b", "canary-environment-Vp2k"


def forms(secret):
    """Texts in which `secret` would be found again, each long enough not to be there by chance."""
    out = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for shift in range(3):  # wherever it stands in what is encoded
        encoded = base64.b64encode(b"\0" * shift + secret)
        inner = encoded[4 if shift else 0:-4]
        out |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return {form for form in out if len(form) >= 12}


def test_forms_are_found_wherever_they_stand():
    secret = b"0123456789abcdef-secret"
    for before in (b"", b"x", b"xx", b"xxx"):
        for encode in (lambda data: data, lambda data: data.hex().encode(), base64.b64encode, base64.urlsafe_b64encode):
            text = encode(before + secret + b"tail")
            assert any(form in text for form in forms(secret)), (before, text)
    assert signet("--version").stdout.startswith("signet ")


class Canaries:
    """A shop with a secret of each kind, and everything that leaves its router."""

    def __init__(self, folder):
        self.shop = shop = Shop(folder)
        self.cdn, self.bucket = Cdn(), Bucket()
        self.collector = Stub(lambda *_: (200, {}, b""))
        shop.closing += [self.cdn.close, self.bucket.close, self.collector.close]
        self.bucket.keys = {"AKIASHOP": SECRET_KEY}
        credentials = self.bucket.credentials(shop.folder / "aws")
        pair = Authority(folder).issue()
        for name in ("master.key", "audit.key"):
            keys_support.make_key(shop, name)
        sealed = signet("secrets", "seal", "--master-key-file", shop.folder / "master.key", "--graph", "shop", "--environment",
                        "test", "--key", "graph.source.cdn.token", text=TOKEN).stdout.strip()
        _, port = serve_admission(shop)
        self.unapproved("first")
        self.publish()
        source = json.dumps({"cdn": {"url": self.cdn.url, "poll": "1s", "jitter": "0s", "token": sealed,
                                     "push": {"secret_file": f"{shop.folder}/push.key"}}})
        config = shop.config(source, admission=admission_block(shop, port),
                             telemetry=f"telemetry: {{ otlp: {{ endpoint: \"http://127.0.0.1:{self.collector.port}\", interval: 1s }} }}\n",
                             extra=f"secrets: {{ master_key_file: {shop.folder}/master.key }}\n"
                                   f"audit: {{ key_file: {shop.folder}/audit.key, kid: audit-1 }}\n")
        text = config.read_text().replace("  state_dir:", f"  fallback: {self.bucket.source(credentials)}\n  state_dir:")
        text = text.replace("listen:\n", f"listen:\n  tls: {{ cert_file: {pair.cert}, key_file: {pair.key} }}\n", 1)
        config.write_text(text)
        der = subprocess.run(["openssl", "pkey", "-in", pair.key, "-outform", "DER"], check=True, capture_output=True).stdout
        read = lambda name: (shop.folder / name).read_bytes().strip()  # noqa: E731
        whsec = lambda name: base64.b64decode(read(name).removeprefix(b"whsec_"))  # noqa: E731
        self.secrets = {"HMAC key": read("release.key"), "admission secret": whsec("hook.key"), "push secret": whsec("push.key"),
                        "admission file": read("hook.key"), "CDN token": TOKEN.encode(), "S3 secret": SECRET_KEY.encode(),
                        "master key": read("master.key"), "audit key": read("audit.key"), "TLS key": der[-100:-70],
                        "TLS key, its PEM": b"".join(pathlib.Path(pair.key).read_bytes().splitlines()[1:3])[-60:]}
        self.outputs = {}

    def unapproved(self, marker):
        self.shop.graph_file.write_text(self.shop.supergraph(marker))
        self.shop.sign()
        return json.loads(signet("inspect", f"{self.shop.graph_file}.jws", "--json").stdout)["serial"]

    def publish(self):
        self.cdn.publish(self.shop.graph_file.read_bytes(), pathlib.Path(f"{self.shop.graph_file}.jws").read_bytes())

    def keep(self, name, data):
        self.outputs[name] = self.outputs.get(name, b"") + (data if isinstance(data, bytes) else data.encode())

    def exercise(self):
        """Good answers, refusals of each kind, rotations, reloads with mistakes."""
        shop, folder = self.shop, self.shop.folder
        serial = self.unapproved("second")
        self.publish()
        wait_serial(shop, serial)
        client = http.client.HTTPSConnection("127.0.0.1", shop.port, context=ssl._create_unverified_context(), timeout=10)
        client.request("POST", "/graphql", json.dumps({"query": "{ me { id name score } }"}), JSON)
        self.keep("answers", client.getresponse().read())
        self.cdn.statement = self.cdn.statement.replace(b'"signature":"', b'"signature":"A', 1)  # no signature any more
        wait_for(lambda: shop.router.events("artifact_refused"), "a refusal")
        self.cdn.down = True  # the bucket is asked
        wait_for(lambda: self.bucket.requests, "the fallback")
        files = {name: (folder / name).read_bytes() for name in ("release.key", "hook.key", "push.key", "master.key", "aws")}
        for name, good in files.items():
            (folder / name).write_bytes(good[:len(good) // 2])
        wait_for(lambda: len(shop.router.events("secret_refused")) >= 4, f"the refusals\n{shop.router.log()}", 10)
        self.keep("status", json.dumps(shop.status()))
        config = folder / "signet.yaml"
        text = config.read_text()
        for damage in ("", text.replace("trust:", "trusted:"), text.replace("token", "tokens"), text + "x: [\n",
                       text.replace("release.key", "aws").replace("hook.key", "none")):
            config.write_text(damage)
            seen = len(shop.router.events("reload_refused"))
            shop.router.process.send_signal(signal.SIGHUP)
            wait_for(lambda: len(shop.router.events("reload_refused")) > seen, "the refusal")  # noqa: B023
            for command in (["check", "-c", config], ["check", "-c", config, "--output", "json"], ["config", "explain", "-c", config]):
                done = signet(*command, check=False, env=self.environment())
                self.keep("commands", done.stdout + done.stderr)
        config.write_text(text)
        for name, good in files.items():
            (folder / name).write_bytes(good)
        keys_support.reload(shop)
        self.keep("push", request(shop.health, "POST", "/push", {"webhook-id": "x"}, b"{}").body)
        time.sleep(1.2)  # one more export

    @staticmethod
    def environment():
        return {**os.environ, "CANARY": ENVIRONMENT}

    def collect(self):
        shop = self.shop
        self.keep("status", json.dumps(shop.status()))
        self.keep("metrics", shop.metrics())
        self.keep("command line", pathlib.Path(f"/proc/{shop.router.process.pid}/cmdline").read_bytes())

    def collect_files(self):
        shop = self.shop
        for file in (shop.router.stdout, shop.router.stderr, *shop.folder.glob("state/*")):
            self.keep(file.name, file.read_bytes())
        for name, requests in (("collector", self.collector.requests), ("subgraphs", shop.a.requests + shop.b.requests),
                               ("bucket", self.bucket.requests)):
            self.keep(name, repr(requests))


def found(secrets, outputs):
    return [(kind, name) for kind, secret in secrets.items() for form in forms(secret) for name, data in outputs.items() if form in data]


def no_limit():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def test_c16_no_secret_leaves_the_process(tmp_path):
    world = Canaries(tmp_path)
    shop = world.shop
    try:
        shop.start(env=world.environment(), config=shop.folder / "signet.yaml", preexec=no_limit, cwd=tmp_path)
        world.exercise()
        world.collect()
        shop.router.process.send_signal(signal.SIGABRT)
        assert shop.router.process.wait(20) == -signal.SIGABRT
        world.collect_files()
    finally:
        shop.close()
    assert {"status", "metrics", "command line", "router.stderr", "router.stdout", "collector", "subgraphs", "bucket", "commands",
            "graph.last-good", "audit-00000001.log"} <= set(world.outputs)
    assert all(world.outputs[name] for name in ("status", "metrics", "router.stderr", "collector", "commands"))
    assert b"Ada" in world.outputs["answers"] and b"_entities" in world.outputs["subgraphs"]
    assert found(world.secrets, world.outputs) == []
    assert [path.name for path in tmp_path.rglob("core*")] == []
    # The search finds what is there: the token does go to its CDN.
    assert found({"CDN token": TOKEN.encode()}, {"CDN": repr(world.cdn.stub.requests).encode()}) != []


def test_c16_no_core_is_written_where_other_programs_write_one(shop):
    """The same signal, limits and folder for a program that holds a canary in memory: its core must have it."""
    pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if pattern.startswith(("|", "/")):
        pytest.skip(f"core_pattern is {pattern}: cores do not come into the folder")
    folder = shop.folder / "cores"
    folder.mkdir()
    shop.start(preexec=no_limit, cwd=folder)
    assert shop.serves()
    shop.router.process.send_signal(signal.SIGABRT)
    assert shop.router.process.wait(20) == -signal.SIGABRT
    assert list(folder.iterdir()) == []
    control = "import os; secret = ''.join(['control', '-', 'canary'] * 3); os.abort()"
    subprocess.run([sys.executable, "-c", control], cwd=folder, preexec_fn=no_limit, capture_output=True)
    cores = list(folder.iterdir())
    assert cores and any(b"control-canarycontrol" in core.read_bytes() for core in cores)


READ_OTHER = """
import sys
for name in ("mem", "environ"):
    try:
        open(f"/proc/{sys.argv[1]}/{name}", "rb").read(16)
        print(name, "can be read")
    except OSError as problem:
        print(name, problem.errno)
"""


def test_c16_other_processes_of_the_same_user_read_neither_memory_nor_environment():
    """Also a debugger's way: what may not open /proc/PID/mem may not attach either."""
    user = 65534 if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "shop"
        folder.mkdir()
        shop = Shop(folder)
        try:
            if user:
                os.chmod(name, 0o755)
                for path in (folder, *folder.rglob("*")):
                    os.chown(path, user, user)
            become = (lambda: os.setresuid(user, user, user)) if user else None
            shop.start(preexec=become, env={**os.environ, "CANARY": ENVIRONMENT})
            as_user = lambda pid: subprocess.run([sys.executable, "-c", READ_OTHER, str(pid)], preexec_fn=become,  # noqa: E731
                                                 capture_output=True, text=True, cwd="/").stdout
            other = subprocess.Popen(["sleep", "60"], preexec_fn=become)
            try:
                assert "environ can be read" in as_user(other.pid)  # the control: usually one may
            finally:
                other.kill()
                other.wait()
            assert as_user(shop.router.process.pid).split() == ["mem", "13", "environ", "13"]
        finally:
            shop.close()
