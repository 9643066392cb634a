"""Cosmo's CDN as reference/cosmo.md §1.5 describes it: tokens, versions and signatures made with Python's own hmac."""

import base64
import hashlib
import hmac
import json
import re
import ssl
import uuid

from cosmo_support import execution_config
from source_support import answer
from support import RawServer

ORGANIZATION, GRAPH = "5e5d3a1c-0000-4000-8000-00000000000a", "9b1d2f3e-0000-4000-8000-00000000000b"
SIGN_KEY = "Sx9v-K2p_Qm4Zt7w+Yb1Nc6r/Dg3Hj8L"  # 32 characters, as Cosmo wants
NEXT_KEY = "a7Fq2Wm9Rk4Tz6Xc1Vb8Nn3Ll5Pp0Jd+"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signature_of(body, key=SIGN_KEY):
    """X-Signature-SHA256: standard base64 of the HMAC under the key's characters as they are."""
    return base64.b64encode(hmac.new(key.encode(), body, hashlib.sha256).digest()).decode()


class CosmoCdn(RawServer):
    """`odd` is answered in place of what Cosmo would: bytes, or a function that writes to the socket."""

    def __init__(self, pair=None):
        self.token_secret = b"only the CDN knows this"
        self.published, self.odd = None, None
        self.requests, self.statuses = [], []
        self.context = None
        if pair:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(pair.cert, pair.key)
        super().__init__()

    @property
    def url(self):
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}/cdn"

    @property
    def path(self):
        return f"/cdn/{ORGANIZATION}/{GRAPH}/routerconfigs/latest.json"

    def token(self, **claims):
        """The JWT of a graph; a claim that is None is left out."""
        all_claims = {"iss": "user", "organization_id": ORGANIZATION, "federated_graph_id": GRAPH, "aud": "cosmo:graph-key",
                      **claims}
        parts = [{"alg": "HS256", "typ": "JWT"}, {name: value for name, value in all_claims.items() if value is not None}]
        text = ".".join(base64url(json.dumps(part).encode()) for part in parts)
        return f"{text}.{base64url(hmac.new(self.token_secret, text.encode(), hashlib.sha256).digest())}"

    def source(self, token=None, **more):
        return json.dumps({"cdn": {"url": self.url, "token": token or self.token(), "poll": "1s", "jitter": "0s", **more}})

    def publish(self, body, version="", key=SIGN_KEY, signatures=None, coded=None):
        """What is delivered from now on: the body, or `coded` with the fields that go with it; and its signature."""
        self.published = (body, version, [signature_of(body, key)] if signatures is None else signatures, coded)

    @staticmethod
    def receive(stream):
        piece = stream.recv(65536)
        if not piece:
            raise ConnectionError("the router has left")
        return piece

    def read(self, stream):
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.receive(stream)
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        while len(body) < int(fields.get("content-length", 0)):
            body += self.receive(stream)
        method, path, _ = lines[0].split(" ")
        return method, path, fields, body

    def serve(self, sock):
        try:
            with sock if not self.context else self.context.wrap_socket(sock, server_side=True) as stream:
                request = self.read(stream)
                self.requests.append(request)
                out = self.odd or self.respond(*request)
                if callable(out):
                    out(stream)
                else:
                    self.statuses.append(int(out.split(b" ", 2)[1]))
                    stream.sendall(out)
        except OSError:
            pass  # the router has seen enough

    def claims(self, authorization):
        """Those of a token that this CDN signed; else nothing."""
        found = re.fullmatch(r"Bearer ([\w-]+\.([\w-]+))\.([\w-]+)", authorization or "")
        if not found:
            return None
        mac = base64url(hmac.new(self.token_secret, found[1].encode(), hashlib.sha256).digest())
        return json.loads(base64.urlsafe_b64decode(found[2] + "==")) if mac == found[3] else None

    def respond(self, method, path, fields, body):
        close = "Connection: close\r\n"
        claims = self.claims(fields.get("authorization"))
        place = re.fullmatch(r"/cdn/([^/]+)/([^/]+)/routerconfigs/latest\.json", path)
        if not place or method != "POST" or not fields.get("content-type", "").startswith("application/json"):
            return answer(b"no such route", "404 Not Found", close)
        if claims is None:
            return answer(b"", "401 Unauthorized", close)
        if (claims["organization_id"], claims["federated_graph_id"]) != place.groups():
            return answer(b"", "400 Bad Request", close)
        if self.published is None:
            return answer(b"", "404 Not Found", close)
        config, version, signatures, coded = self.published
        asked = json.loads(body)["version"]
        if asked and asked == version:
            return f"HTTP/1.1 304 Not Modified\r\n{close}\r\n".encode()
        close += "".join(f"X-Signature-SHA256: {value}\r\n" for value in signatures)
        if coded:
            return answer(coded[0], fields=close + coded[1])
        return answer(config, fields=close + "Content-Type: application/json\r\n")


class Supergraph:
    """Bodies that are SDL. They have no version, so that the CDN never answers that nothing has changed."""

    versioned = False

    def make(self, shop, marker):
        """The bytes of another configuration of the shop, and its version."""
        return shop.supergraph(marker).encode(), ""


class ExecutionConfigs:
    """Bodies as Cosmo publishes them: execution configs, each publication with a version of its own."""

    versioned = True

    def make(self, shop, marker):
        made = {**execution_config(shop), "version": f"{marker}-{uuid.uuid4()}"}
        return json.dumps(made, indent=1).encode(), made["version"]


def trust_block(shop, keys):
    """trust.keys for Cosmo alone: (kid, file name, other members)."""
    return "".join(f"    - {{ kid: {kid}, role: release, format: cosmo, secret_file: {shop.folder / name}{more} }}\n"
                   for kid, name, more in keys)


def write_key(shop, name, key=SIGN_KEY):
    file = shop.folder / name
    file.write_text(key + "\n")
    file.chmod(0o600)
    return file


def config(shop, source, keys=(("cosmo-1", "cosmo.key", ""),), statement_keys=False, fallback="", trust_extra="", **options):
    """signet.yaml of a router of Cosmo's: its sign key, and those of statements only where they are asked for."""
    file = shop.config(source, trust_extra=f"  unsafe_compat: cosmo\n{trust_extra}", **options)
    mine = trust_block(shop, keys)
    text, count = re.subn(r"(?<=  keys:\n)((?:    - .*\n)+)", lambda old: mine + (old[1] if statement_keys else ""),
                          file.read_text())
    assert count == 1
    if fallback:
        text = text.replace("trust:\n", f"  fallback: {fallback}\ntrust:\n", 1)
    file.write_text(text)
    return file
