"""Only anonymized metadata leaves: OTLP decoded by protoc, the Prometheus page, and a hunt for canaries."""

import base64
import pathlib
import re
import subprocess
import time

import pytest

from support import ROOT, Stub, request, wait_for

PROTO = pathlib.Path(__file__).parent / "otlp"


def decode(message, body):
    """protoc's text form of one export request; fails on bytes that do not fit."""
    done = subprocess.run(["protoc", f"--proto_path={PROTO}", f"--decode=signet.test.otlp.{message}", "otlp.proto"],
                          input=body, capture_output=True, check=True)
    text = done.stdout.decode()
    assert not re.search(r"^\s*\d+:", text, re.M), f"unknown fields:\n{text}"
    return text


class Collector:
    def __init__(self):
        self.stub = Stub(lambda *_: (200, {"Content-Type": "application/x-protobuf"}, b""))
        self.url = f"http://127.0.0.1:{self.stub.port}"

    def bodies(self, path):
        return [body for _, got, headers, body in self.stub.requests
                if got == path and headers["Content-Type"] == "application/x-protobuf"]

    def decoded(self, path, message):
        return "\n".join(decode(message, body) for body in self.bodies(path))


@pytest.fixture
def collector(shop):
    collector = Collector()
    shop.closing.append(collector.stub.close)
    return collector


def start(shop, collector, extra=""):
    telemetry = (f"telemetry: {{ otlp: {{ endpoint: \"{collector.url}\", interval: 1s }}, traces: {{ sample: 1.0 }}, "
                 "service_name: shop-router }\n")
    shop.start(shop.config(telemetry=telemetry, extra=extra))


def test_one_span_per_request_and_per_fetch(shop, collector):
    start(shop, collector)
    assert shop.serves()
    wait_for(lambda: collector.bodies("/v1/traces"), "spans")
    text = collector.decoded("/v1/traces", "ExportTraceServiceRequest")
    assert text.count("kind: SERVER") == 1 and text.count("kind: CLIENT") == 2
    assert text.count('name: "query"') == 1 and 'string_value: "shop-router"' in text
    for expected in ("http.request.method", "http.response.status_code", "graphql.operation.type",
                     "signet.operation.hash", "signet.subgraph.name", "http.route"):
        assert f'"{expected}"' in text
    traces = set(re.findall(r'trace_id: "(.*)"', text))
    assert len(traces) == 1, "fetches belong to their request's trace"
    # The subgraphs were told the trace, with the fetch's own span as parent.
    sent = [headers.get("traceparent") for _, _, headers, _ in shop.a.requests + shop.b.requests]
    assert len(set(sent)) == 2 and all(re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", value) for value in sent)


def test_request_count_and_duration_metrics(shop, collector):
    start(shop, collector)
    for _ in range(3):
        assert shop.serves()
    wait_for(lambda: "http.client.request.duration" in collector.decoded("/v1/metrics", "ExportMetricsServiceRequest"),
             "metrics")
    text = collector.decoded("/v1/metrics", "ExportMetricsServiceRequest")
    assert '"http.server.request.duration"' in text and "explicit_bounds: 0.005" in text
    assert "aggregation_temporality: 2" in text and "count: 3" in text


def test_schema_usage_counts(shop, collector):
    start(shop, collector)
    for _ in range(2):
        assert shop.serves()
    wait_for(lambda: collector.bodies("/v1/logs"), "usage")
    text = collector.decoded("/v1/logs", "ExportLogsServiceRequest")
    for field in ("Query.me", "User.id", "User.name", "User.score"):
        assert f'"{field}"' in text
    assert "signet.schema.usage" in text and "User.tier" not in text


def test_prometheus_page_counts_requests(running):
    assert running.serves()
    wait_for(lambda: running.metric("signet_http_server_request_duration_seconds_count",
                                    http_request_method="POST", http_response_status_code="200") == 1, "the count")
    assert "# TYPE signet_http_server_request_duration_seconds histogram" in running.metrics()
    assert running.metric("signet_http_client_request_duration_seconds_count", signet_subgraph_name="b") == 1


def test_gauges_tell_what_serves(running):
    graph = running.status()["graph"]
    assert running.metric("signet_config_serial") == graph["serial"]
    assert 0 <= running.metric("signet_config_age_seconds") < 60
    assert running.metric("signet_http_server_active_requests") == 0


def test_counters_are_there_before_they_count(running):
    """But for limit_exceeded, whose limits each have a name: a rate sees the first event of a counter that was there."""
    table = re.findall(r"^\| `(\S+)` \| counter \|", (ROOT / "docs/telemetry.md").read_text(), re.MULTILINE)
    page, lines = running.metrics(), None
    for name in table:
        lines = re.findall(rf"^{name.replace('.', '_')}_total(?:{{.*}})? (\d+)$", page, re.MULTILINE)
        assert lines or name == "signet.limit.exceeded", name
    assert 'signet_config_refused_total{signet_refusal_reason="rollback"} 0' in page
    assert 'signet_request_errors_total{error_type="PLANNER_BUSY"} 0' in page and lines


def test_access_log_is_one_line_per_request(running):
    import json
    lines = []
    # Workers report each on their own, so the order across workers is not the clients' order: one request at a time.
    for ask in (running.serves, lambda: running.query("{"), lambda: request(running.port, "PUT", "/graphql")):
        assert ask()
        wait_for(lambda: running.router.stdout.read_text().count("\n") > len(lines), "one more line")
        lines = [json.loads(line) for line in running.router.stdout.read_text().splitlines()]
    assert [line["status"] for line in lines] == [200, 200, 405]
    assert lines[0]["fetches"] == 2 and lines[1]["error"] == "GRAPHQL_PARSE_FAILED"


def canaries():
    return {name: f"c4n4ry{name}0123456789ab" for name in
            ("literal", "variable", "varname", "alias", "opname", "fragment", "header", "cookie", "auth", "agent",
             "client", "url", "value", "errortext", "comment", "tracestate", "baggage", "unknown", "syntax")}


def spellings(canary):
    raw = canary.encode()
    encoded = base64.b64encode(raw).rstrip(b"=")
    return [raw, raw[::-1], encoded[:-2], raw.hex().encode(), raw.upper()]


def test_no_canary_leaves(shop, collector):
    from support import json_answer
    c = canaries()
    start(shop, collector, "access_log: { output: stdout }\n")

    def answer(*_):
        return json_answer({"data": {"me": {"id": "1", "name": c["value"]}, "echo": c["value"]},
                            "errors": [{"message": c["errortext"], "path": ["echo"],
                                        "extensions": {"code": c["errortext"]}}]})

    shop.a.answer = answer
    headers = {"Authorization": f"Bearer {c['auth']}", "Cookie": f"session={c['cookie']}", "X-Custom": c["header"],
               "User-Agent": f"{c['agent']}/1.0", "apollographql-client-name": c["client"],
               "tracestate": f"a={c['tracestate']}", "baggage": f"user={c['baggage']}"}
    query = (f"query {c['opname']}(${c['varname']}: String) {{ {c['alias']}: echo(s: \"{c['literal']}\") "
             f"other: echo(s: ${c['varname']}) ...{c['fragment']} }} # {c['comment']}\n"
             f"fragment {c['fragment']} on Query {{ me {{ id name }} }}")
    for text, variables in [
        (query, {c["varname"]: c["variable"]}), (query, {c["varname"]: {"wrong": c["variable"]}}),
        (f"{{ {c['unknown']} }}", {}), (f"{{ me {{ {c['syntax']} ", {}), ("{ me " + "{ friend " * 30 + c["alias"], {}),
    ]:
        shop.query(text, headers, variables=variables, operationName=c["opname"] if text == query else None)
    request(shop.port, "GET", f"/graphql?query=%7Bme%7Bid%7D%7D&x={c['url']}",
            {**headers, "apollo-require-preflight": "1"})
    request(shop.port, "GET", f"/{c['url']}", headers)
    request(shop.port, c["header"].upper(), "/graphql", headers)
    wait_for(lambda: len(collector.bodies("/v1/traces")) and collector.bodies("/v1/logs"), "exports")
    page, status = shop.metrics(), request(shop.admin, "GET", "/status").body
    assert shop.router.stop() == 0
    out = [page.encode(), status, shop.router.stdout.read_bytes(), shop.router.stderr.read_bytes()]
    out += [file.read_bytes() for file in shop.state.iterdir()]
    out += [body + str(headers).encode() + path.encode() for _, path, headers, body in collector.stub.requests]
    everything = b"\n".join(out)
    assert b"Query.echo" in everything, "the test saw what was exported"
    for name, canary in c.items():
        for spelling in spellings(canary):
            assert spelling.lower() not in everything.lower(), f"{name} leaked"


def test_a_dead_collector_changes_nothing(shop, collector):
    collector.stub.close()
    start(shop, collector)
    for _ in range(5):
        assert shop.serves()
    assert shop.get_health().status == 200


def test_report_19_collectors_answer_is_cut_at_64_kib(shop, collector):
    """Whoever answered has what was sent: it is counted as lost, and not sent again."""
    size = [5 << 20]
    collector.stub.answer = lambda *_: (200, {"Content-Type": "application/x-protobuf"}, b"x" * size[0])
    start(shop, collector)
    assert shop.serves()
    lost = wait_for(lambda: shop.metric("signet_telemetry_dropped_total"), "the loss")
    time.sleep(2.5)
    spans = collector.bodies("/v1/traces")
    assert len(spans) == len(set(spans)) == 1 and shop.serves()
    size[0] = 60 << 10
    wait_for(lambda: len(collector.bodies("/v1/traces")) == 2, "the next spans")
    time.sleep(1.5)
    kept = shop.metric("signet_telemetry_dropped_total")
    time.sleep(2.5)
    assert shop.metric("signet_telemetry_dropped_total") == kept >= lost > 0 and shop.serves()


def test_the_event_log_tells_once_that_a_subgraph_is_down(shop):
    shop.a.close()
    shop.start(shop.config())
    for _ in range(3):
        assert shop.query("{ echo }").codes() == ["SUBGRAPH_UNREACHABLE"]
    (event,) = wait_for(lambda: shop.router.events("subgraph_failed"), "the event")
    assert (event["level"], event["subgraph"], event["reason"]) == ("warn", "a", "unreachable")
    assert event["problem"] == f"http://127.0.0.1:{shop.a.port}: Connection refused"
    shop.query("{ echo }")
    time.sleep(0.5)
    assert len(shop.router.events("subgraph_failed")) == 1, "once a minute"
