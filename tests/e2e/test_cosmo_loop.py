"""A Cosmo control plane with `signet admission serve` as its admission webhook and routers of ours behind its CDN: what is
served is what the webhook has signed."""

import base64
import hashlib
import hmac
import json

import pytest

from cosmo_cdn_support import CosmoCdn, config, write_key
from cosmo_control_plane import ControlPlane, SIGN_KEY
from cosmo_support import execution_config
from support import wait_for


class Publisher:
    """Publishes what the webhook signs, as Cosmo does; nothing else reaches the routers' CDN."""

    def __init__(self, shop):
        allow = [f"http://127.0.0.1:{stub.port}" for stub in (shop.a, shop.b)] + ["127.0.0.0/8"]
        self.plane = ControlPlane(shop, b"", allow, ", allow_plain_http: true")
        self.cdn = CosmoCdn()
        shop.closing.append(self.cdn.close)

    def publish(self, body, version):
        """The webhook's answer."""
        self.plane.config = body
        answer = self.plane.ask()
        if answer.status == 200:
            self.cdn.publish(body, version, signatures=[answer.json()["signatureSha256"]])
        return answer


@pytest.fixture
def cosmo(shop):
    write_key(shop, "cosmo.key", SIGN_KEY.decode())
    return Publisher(shop)


def made(shop, version, change=lambda config: None):
    graph = {**execution_config(shop), "version": version}
    change(graph)
    return json.dumps(graph).encode()


def running(shop):
    return (shop.status()["graph"] or {}).get("sha256")


def test_what_our_webhook_signs_is_served_and_what_it_refuses_is_not(shop, cosmo):
    first = made(shop, "one")
    answer = cosmo.publish(first, "one")
    assert answer.status == 200, answer.body
    assert answer.json()["signatureSha256"] == base64.b64encode(
        hmac.new(SIGN_KEY, first, hashlib.sha256).digest()).decode()
    shop.start(config(shop, cosmo.cdn.source()))
    assert shop.serves() and running(shop) == hashlib.sha256(first).hexdigest()

    def elsewhere(graph):
        fetch = graph["engineConfig"]["datasourceConfigurations"][1]["customGraphql"]["fetch"]
        fetch["url"]["staticVariableContent"] = "https://evil.test/graphql"

    refused = cosmo.publish(made(shop, "two", elsewhere), "two")
    assert refused.status == 400 and "evil.test" in refused.json()["error"]
    third = made(shop, "three")
    assert cosmo.publish(third, "three").status == 200
    wait_for(lambda: running(shop) == hashlib.sha256(third).hexdigest(), "the third configuration")
    assert shop.serves() and not shop.router.events("artifact_refused")
