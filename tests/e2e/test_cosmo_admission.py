"""POST /validate-config, as a Cosmo control plane asks it."""

import base64
import hashlib
import hmac
import json
import socket
import threading

import pytest
from cosmo_control_plane import ControlPlane, SIGN_KEY, TOKEN, WEBHOOK
from gate_support import serve_admission
from support import request

CONFIG = {
    "engineConfig": {
        "defaultFlushInterval": "500",
        "datasourceConfigurations": [{
            "kind": "GRAPHQL", "id": "0", "rootNodes": [{"typeName": "Query", "fieldNames": ["a"]}], "childNodes": [],
            "overrideFieldPathFromAlias": True, "requestTimeoutSeconds": "10",
            "customGraphql": {
                "fetch": {"url": {"staticVariableContent": "https://s1.shop.internal/graphql"}, "method": "POST", "body": {},
                          "baseUrl": {}, "path": {}},
                "subscription": {"enabled": True, "url": {"staticVariableContent": "wss://s1.shop.internal/graphql"},
                                 "protocol": "GRAPHQL_SUBSCRIPTION_PROTOCOL_WS"},
                "federation": {"enabled": True, "serviceSdl": "type Query { a: Int }"}, "upstreamSchema": {"key": "k"}}}],
        "fieldConfigurations": [], "graphqlSchema": "type Query { a: Int }", "stringStorage": {"k": "type Query { a: Int }"}},
    "version": "4ed6c8a2", "subgraphs": [{"id": "0", "name": "s1", "routingUrl": "https://s1.shop.internal/graphql"}],
    "compatibilityVersion": "1:0.1.0"}


@pytest.fixture
def plane(shop):
    return ControlPlane(shop, json.dumps(CONFIG).encode(), ["https://*.shop.internal"])


def test_good_config_is_signed_as_it_stands(plane):
    answer = plane.ask()
    mac = base64.b64encode(hmac.new(SIGN_KEY, plane.config, hashlib.sha256).digest()).decode()
    assert (answer.status, answer.json()) == (200, {"signatureSha256": mac})
    assert plane.cdn.requests[0][1] == f"/org/graph/routerconfigs/draft.json?token={TOKEN}"
    wait = plane.server.events("review")[0]
    assert wait["allowed"] == "true" and wait["sha256"] == hashlib.sha256(plane.config).hexdigest()
    assert TOKEN not in plane.server.log()


def test_w2_callers_without_the_secret_are_not_heard(plane):
    good = hmac.new(WEBHOOK, b"x", hashlib.sha256).hexdigest()
    for headers in ({}, {"X-Cosmo-Signature-256": ""}, {"X-Cosmo-Signature-256": good}, {"X-Cosmo-Signature-256": "0" * 64}):
        assert plane.ask(headers=headers).status == 401
    assert plane.ask(secret=SIGN_KEY).status == 401
    assert not plane.cdn.requests


def test_url_that_is_not_allowed_is_refused_wherever_it_stands(plane):
    text = json.dumps(CONFIG)
    places = ["https://s1.shop.internal/graphql\"}, \"method", "wss://s1.shop.internal", "https://s1.shop.internal/graphql\"}],"]
    for place in places:
        assert text.count(place) == 1, place
        for evil in ("evil.test", "169.254.169.254"):
            plane.config = text.replace(place, place.replace("s1.shop.internal", evil)).encode()
            answer = plane.ask()
            assert answer.status == 400 and "error" in answer.json(), answer.body
    plane.config = text.replace("\"routingUrl\"", "\"routing_url\"").encode()
    assert "does not know" in plane.ask().json()["error"]


def test_w4_configs_are_fetched_from_the_listed_origin_only(plane):
    connected, listeners = [], []
    for host in range(2, 10):
        listener = socket.create_server((f"127.0.0.{host}", plane.cdn.port))
        listeners.append(listener)

        def accept(listener=listener):
            while True:
                try:
                    sock, _ = listener.accept()
                except OSError:
                    return
                connected.append(listener.getsockname())
                sock.close()

        threading.Thread(target=accept, daemon=True).start()
    urls = tricky_urls(plane.cdn.port)
    assert len(urls) == len(set(urls)) >= 80
    for url in urls:
        answer = plane.ask(url)
        assert answer.status == 400 and "error" in answer.json(), url
        assert len(answer.body) < 600, answer.body
    assert not connected and not plane.cdn.requests
    # Nor where a redirect of the listed origin leads.
    for status in (301, 302, 303, 307, 308):
        plane.cdn.answer = lambda *_, status=status: (status, {"Location": f"http://127.0.0.2:{plane.cdn.port}/x?token=secret"}, b"")
        answer = plane.ask()
        assert answer.status == 400 and "fetch_redirect" in answer.json()["error"] and b"secret" not in answer.body
        assert TOKEN.encode() not in answer.body
    assert not connected and len(plane.cdn.requests) == 5
    for listener in listeners:
        listener.close()


def tricky_urls(port):
    """URLs that some reader takes for the listed origin, http://127.0.0.1:PORT, and that lead elsewhere or nowhere."""
    good, bad = f"127.0.0.1:{port}", [f"127.0.0.{host}:{port}" for host in range(2, 10)]
    urls = [f"http://{host}/x" for host in bad]
    urls += [f"http://{good}@{bad[0]}/", f"http://127.0.0.1@{bad[1]}/", f"http://a:b@{bad[2]}/", f"http://{good}%40{bad[3]}/",
             f"http://{bad[4]}\\@{good}/", f"http://{good}\\@{bad[5]}/", f"http:\\\\{bad[6]}\\x", f"http://{bad[7]}#{good}/",
             f"http://{bad[0]}#@{good}/", f"http://{bad[1]}?{good}", f"http://{bad[2]}?@{good}/", f"http://{bad[3]};{good}/",
             f"http://{bad[4]}/{good}", f"http://{bad[5]}/../{good}/", f"//{bad[6]}/x", f"http:{bad[7]}/x", f"http:/{bad[0]}/x",
             f"http:///{bad[1]}/x", f"https://{bad[2]}/x", f"https://{good}/x", f"HTTP://{good}/x", f"Http://{bad[3]}/x",
             f"ws://{bad[4]}/x", f"ftp://{bad[5]}/x", f"file://{bad[6]}/etc/passwd", "file:///etc/passwd", f"gopher://{bad[7]}/_x",
             f"dict://{bad[0]}/x", "unix:/run/a.sock", f"jar:http://{bad[1]}/x!/y", f"view-source:http://{bad[2]}/", "javascript:1",
             f"http://2130706434:{port}/", f"http://0x7f000002:{port}/", f"http://0x7f.0.0.2:{port}/", f"http://0177.0.0.2:{port}/",
             f"http://127.2:{port}/", f"http://127.0.2:{port}/", f"http://127.0.0.02:{port}/", f"http://0:{port}/",
             f"http://0.0.0.0:{port}/", f"http://127.0.0.1.:{port}/", f"http://127.0.0.2.:{port}/", f"http://[::1]:{port}/",
             f"http://[::ffff:127.0.0.2]:{port}/", f"http://[::ffff:7f00:2]:{port}/", f"http://[64:ff9b::7f00:2]:{port}/",
             f"http://[2002:7f00:2::]:{port}/", f"http://[::1%25lo]:{port}/", f"http://[::]:{port}/", f"http://localhost:{port}/",
             f"http://LOCALHOST:{port}/", f"http://localhost.:{port}/", f"http://127.0.0.1.nip.io:{port}/",
             f"http://127%2e0%2e0%2e2:{port}/", f"http://127.0.0.1%00.evil.test:{port}/", f"http://127.0.0.1%2f@{bad[3]}/",
             f"http://127。0。0。2:{port}/", f"http://１２７.0.0.2:{port}/", f"http://①②⑦.0.0.2:{port}/",
             f"http://{good}:{port}/", f"http://127.0.0.1:+{port}/", f"http://127.0.0.1:0{port}/", f"http://127.0.0.1:{port} /",
             f"http://127.0.0.1:{port + 65536}/", "http://127.0.0.1:/", "http://127.0.0.1:0/", "http://127.0.0.1/",
             f"http://127.0.0.1: {port}/", f" http://{good}/", f"http://{good}/ ", f"\thttp://{good}/", f"http://{good}\r\nHost: {bad[4]}/",
             f"http://{good}\n.evil.test/", f"http://{good}\0{bad[5]}/", f"http://{good}/\r\nX: y", f"http://{good}/a\\b",
             f"http://{good}/%00", f"http://{good}/%2e%2e/x", f"http://{good}/#x", f"http://{good}/%zz",
             f"http://169.254.169.254:{port}/", "", "http://", "http", "/", "?", f"http://{good}" + "/x" * 1100]
    return urls


def test_without_its_block_there_is_no_such_page(shop):
    _, port = serve_admission(shop)
    assert request(port, "POST", "/validate-config", {}, b"{}").status == 404
