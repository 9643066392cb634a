"""A Cosmo control plane that has `signet admission serve` as its admission webhook."""

import hashlib
import hmac
import json

from gate_support import serve_admission
from support import Stub, request

WEBHOOK = b"the control plane's webhook secret, 32+"
SIGN_KEY = b"0123456789abcdefghijklmnopqrstuv"  # Cosmo's are 32 characters
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl"


class ControlPlane:
    """Its CDN with the draft `config`, and its questions. `more` stands in the policy's cosmo block."""

    def __init__(self, shop, config, allow, more=""):
        self.shop, self.config = shop, config
        self.cdn = Stub(lambda *_: (200, {"Content-Type": "application/json"}, self.config))
        shop.closing.append(self.cdn.close)
        (shop.folder / "cosmo-webhook").write_bytes(WEBHOOK + b"\n")
        (shop.folder / "cosmo-sign").write_bytes(SIGN_KEY + b"\n")
        self.origin = f"http://127.0.0.1:{self.cdn.port}"
        self.url = f"{self.origin}/org/graph/routerconfigs/draft.json?token={TOKEN}"
        top = (f"cosmo: {{ webhook_secret_file: {shop.folder}/cosmo-webhook, sign_key_file: {shop.folder}/cosmo-sign, "
               f"origins: [\"{self.origin}\"], allow: {json.dumps(allow)}{more} }}\n")
        self.server, self.port = serve_admission(shop, top=top)

    def ask(self, url=None, secret=WEBHOOK, headers=None):
        body = json.dumps({"privateConfigUrl": self.url if url is None else url, "organizationId": "org",
                           "federatedGraphId": "graph"}, separators=(",", ":")).encode()
        if headers is None:
            headers = {"X-Cosmo-Signature-256": hmac.new(secret, body, hashlib.sha256).hexdigest()}
        return request(self.port, "POST", "/validate-config", {"Content-Type": "application/json", **headers}, body)
