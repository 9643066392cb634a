"""The egress allowlist: at load for the whole graph, at connect time for the resolved address."""

from support import request, signet, wait_for


def test_listed_subgraphs_are_asked(running):
    assert running.serves() and running.subgraph_requests() == 2


def test_graph_with_one_url_outside_is_refused_whole(shop):
    allow = [f"http://127.0.0.1:{shop.a.port}", "127.0.0.0/8"]  # b is missing
    shop.start(shop.config(allow=allow), ready=False)
    shop.wait_live()
    wait_for(lambda: shop.refused("egress") > 0, "the refusal")
    assert shop.get_health().status == 503
    assert shop.query("{ me { id } }").status == 503 and shop.subgraph_requests() == 0


def test_new_graph_with_a_foreign_url_is_refused_and_the_old_one_serves(running):
    text = running.supergraph().replace(f"127.0.0.1:{running.b.port}", "evil.example")
    running.graph_file.write_text(text)
    running.sign()
    wait_for(lambda: running.refused("egress") > 0, "the refusal")
    assert running.serves()


def test_name_that_resolves_to_an_unlisted_address_is_not_connected(shop):
    """`localhost` is listed by name, but no CIDR lists loopback: refused at connect time, for the resolved address."""
    names = [f"http://localhost:{shop.a.port}", f"http://localhost:{shop.b.port}"]
    shop.graph_file.write_text(shop.supergraph().replace("127.0.0.1", "localhost"))
    shop.sign()
    signet("admission", "approve", shop.graph_file, "-p", shop.policy(allow=names))
    shop.start(shop.config(allow=names))
    answer = shop.query("{ me { score } }")
    assert answer.json()["data"]["me"] is None and answer.codes() == ["SUBGRAPH_EGRESS_DENIED"]
    assert b"localhost" not in answer.body and b"127.0.0.1" not in answer.body and shop.subgraph_requests() == 0


def test_redirects_are_errors(running):
    running.b.answer = lambda *_: (302, {"Location": "http://127.0.0.1:1/"}, b"")
    assert running.query("{ me { score } }").codes() == ["SUBGRAPH_HTTP_ERROR"]


def test_health_listener_tells_nothing_about_subgraphs(running):
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert str(running.a.port).encode() not in request(running.health, "GET", path).body
    assert request(running.health, "GET", "/status").status == 404
