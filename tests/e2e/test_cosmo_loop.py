"""A Cosmo control plane with `signet admission serve` as its admission webhook and routers of ours behind its CDN: what is
served is what the webhook has signed."""

import base64
import hashlib
import hmac
import json

import pytest

from cosmo_cdn_support import CosmoCdn, config, write_key
from cosmo_support import execution_config
from gate_support import serve_admission
from support import Stub, request, wait_for

WEBHOOK = b"the control plane's webhook secret, 32+"


class ControlPlane:
    """Publishes what the webhook signs, as Cosmo does; nothing else reaches its CDN."""

    def __init__(self, shop, port, drafts):
        self.shop, self.port, self.drafts = shop, port, drafts
        self.cdn = CosmoCdn()
        shop.closing.append(self.cdn.close)

    def publish(self, body, version):
        """The webhook's answer."""
        self.drafts.body = body
        asked = json.dumps({"privateConfigUrl": f"{self.drafts.origin}/org/graph/routerconfigs/draft.json?token=draft",
                            "organizationId": "org", "federatedGraphId": "graph"}, separators=(",", ":")).encode()
        answer = request(self.port, "POST", "/validate-config", {
            "Content-Type": "application/json",
            "X-Cosmo-Signature-256": hmac.new(WEBHOOK, asked, hashlib.sha256).hexdigest()}, asked)
        if answer.status == 200:
            self.cdn.publish(body, version, signatures=[answer.json()["signatureSha256"]])
        return answer


class Drafts:
    """The control plane's draft, where the webhook fetches it."""

    def __init__(self):
        self.body = b""
        self.stub = Stub(lambda *_: (200, {"Content-Type": "application/json"}, self.body))
        self.origin = f"http://127.0.0.1:{self.stub.port}"


@pytest.fixture
def plane(shop):
    drafts = Drafts()
    shop.closing.append(drafts.stub.close)
    (shop.folder / "cosmo-webhook").write_bytes(WEBHOOK + b"\n")
    write_key(shop, "cosmo.key")
    allow = [f"http://127.0.0.1:{stub.port}" for stub in (shop.a, shop.b)] + ["127.0.0.0/8"]
    _, port = serve_admission(shop, top=(
        f"cosmo: {{ webhook_secret_file: {shop.folder}/cosmo-webhook, sign_key_file: {shop.folder}/cosmo.key, "
        f"origins: [\"{drafts.origin}\"], allow: {json.dumps(allow)}, allow_plain_http: true }}\n"))
    return ControlPlane(shop, port, drafts)


def made(shop, version, change=lambda config: None):
    graph = {**execution_config(shop), "version": version}
    change(graph)
    return json.dumps(graph).encode()


def running(shop):
    return (shop.status()["graph"] or {}).get("sha256")


def test_what_our_webhook_signs_is_served_and_what_it_refuses_is_not(shop, plane):
    first = made(shop, "one")
    answer = plane.publish(first, "one")
    assert answer.status == 200, answer.body
    assert answer.json()["signatureSha256"] == base64.b64encode(
        hmac.new((shop.folder / "cosmo.key").read_bytes().strip(), first, hashlib.sha256).digest()).decode()
    shop.start(config(shop, plane.cdn.source()))
    assert shop.serves() and running(shop) == hashlib.sha256(first).hexdigest()

    def elsewhere(graph):
        fetch = graph["engineConfig"]["datasourceConfigurations"][1]["customGraphql"]["fetch"]
        fetch["url"]["staticVariableContent"] = "https://evil.test/graphql"

    refused = plane.publish(made(shop, "two", elsewhere), "two")
    assert refused.status == 400 and "evil.test" in refused.json()["error"]
    third = made(shop, "three")
    assert plane.publish(third, "three").status == 200
    wait_for(lambda: running(shop) == hashlib.sha256(third).hexdigest(), "the third configuration")
    assert shop.serves() and not shop.router.events("artifact_refused")
