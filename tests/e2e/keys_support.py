"""Keys and statements as tests need them: a trust block of one's own, signatures one by one, load beside a change."""

import base64
import datetime
import hashlib
import hmac
import json
import re
import threading

import gate_support
from gate_support import statement_file
from support import decode_payload, signet, wait_for

RELEASE = ("release-1", "release", "release.key", "")
APPROVE = ("approve-1", "approve", "approve.key", "")


def timestamp(seconds_from_now):
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds_from_now)
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def make_key(shop, name, kind="hmac"):
    signet("keygen", kind, "--out", shop.folder / name)
    return shop.folder / name


def trust(shop, keys, more="", **options):
    """The shop's configuration with these keys: (kid, role, file, other members as YAML)."""
    lines = []
    for kid, role, name, members in keys:
        public = shop.folder / f"{name}.pub"
        file = f"alg: Ed25519, public_key_file: {public}" if public.exists() else f"secret_file: {shop.folder / name}"
        lines.append(f"    - {{ kid: {kid}, role: {role}, {file}{members} }}\n")
    config = shop.config(**options)
    text, count = re.subn(r"(?<=  keys:\n)(?:    - .*\n)+", lambda _: "".join(lines) + more, config.read_text())
    assert count == 1
    config.write_text(text)
    return config


def sign(shop, kid="release-1", key="release.key", *more, check=True):
    return signet("sign", shop.graph_file, "--graph", "shop", "--environment", "test", "--kid", kid, "--key",
                  shop.folder / key, *more, check=check)


def add(shop, kid, key, *more, check=True):
    return signet("sign", "--add", statement_file(shop), "--kid", kid, "--key", shop.folder / key, *more, check=check)


def replace(file, text):
    """At once, as an operator or an agent should."""
    fresh = file.with_name(file.name + ".fresh")
    fresh.write_bytes(text if isinstance(text, bytes) else text.encode())
    fresh.chmod(0o600)
    fresh.rename(file)


def publish(shop, marker, *signers):
    """Another version, signed beside and put in place at once: graph, then statement. Returns its serial."""
    staged = shop.folder / "staged.graphql"
    staged_statement = shop.folder / "staged.graphql.jws"
    staged.write_text(shop.supergraph(marker))
    (kid, key), *others = signers
    signet("sign", staged, "--graph", "shop", "--environment", "test", "--kid", kid, "--key", shop.folder / key,
           "--previous", statement_file(shop))
    for kid, key in others:
        signet("sign", "--add", staged_statement, "--kid", kid, "--key", shop.folder / key)
    serial = statement_of(staged_statement)["serial"]
    staged.rename(shop.graph_file)
    staged_statement.rename(statement_file(shop))
    return serial


def statement_of(file):
    return json.loads(decode_payload(file.read_bytes()))


def kids_of(file):
    headers = [entry["protected"] for entry in json.loads(file.read_bytes())["signatures"]]
    return [json.loads(from_base64url(header))["kid"] for header in headers]


def verdict(shop, config, statement=None):
    """What `signet verify` says: True, or the reason code."""
    done = signet("verify", shop.graph_file, "--statement", statement or statement_file(shop), "-c", config, "--json",
                  check=False)
    answer = json.loads(done.stdout)
    assert done.returncode == (0 if answer["verified"] else 1)
    return answer["approved"] if answer["verified"] else answer["reason"]


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hkdf_sha256(secret, salt, info, length=32):
    """RFC 5869, from hmac alone."""
    pseudo_random_key = hmac.new(salt, secret, hashlib.sha256).digest()
    out, block, count = b"", b"", 0
    while len(out) < length:
        count += 1
        block = hmac.new(pseudo_random_key, block + info + bytes([count]), hashlib.sha256).digest()
        out += block
    return out[:length]


def reload(shop):
    """SIGHUP, and the wait until the router has said that it took the configuration."""
    before = len(shop.router.events("reloaded"))
    gate_support.reload(shop)
    wait_for(lambda: len(shop.router.events("reloaded")) > before, f"the reload\n{shop.router.log()}")


def refusals(shop):
    """All refusals of the router so far, as lines of /metrics that are not zero."""
    return [line for line in shop.metrics().splitlines()
            if line.startswith("signet_config_refused_total") and not line.endswith(" 0")]


class Load:
    """Requests one after the other for as long as the block lasts; `failed` holds what was not the right answer."""

    def __init__(self, shop):
        self.shop, self.count, self.failed = shop, 0, []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.stop.is_set():
            try:
                if not self.shop.serves():
                    self.failed.append("a wrong answer")
            except OSError as problem:
                self.failed.append(repr(problem))
            self.count += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
