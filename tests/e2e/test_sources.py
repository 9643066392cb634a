"""Fetching from sources that are hostile, broken or away: each row of the attack list on the running binary."""

import base64
import gzip
import hashlib
import hmac
import json
import random
import time

import pytest

from attack_support import rss_mib
from gate_support import reload, wait_serial
from source_support import Origin, answer, chunked, new_version
from support import decode_payload, signet, wait_for
from tls_support import Authority

STATEMENT = "/shop/statement.jws"
MIB = 1 << 20


@pytest.fixture
def origin(shop):
    origin = Origin()
    shop.closing.append(origin.close)
    return origin


def config(shop, origin, fallback="", host="127.0.0.1", **cdn):
    """signet.yaml with a CDN as its source, which is asked when a test says so."""
    source = json.dumps({"cdn": {"url": origin.url(host), "token": "t0k3n", "poll": "60s", "jitter": "0s", **cdn}})
    file = shop.config(source)
    if fallback:
        file.write_text(file.read_text().replace("trust:\n", f"  fallback: {fallback}\ntrust:\n", 1))
    return file


def start(shop, origin, **options):
    """A shop that serves version one from the origin."""
    origin.publish(shop.graph_file)
    shop.start(config(shop, origin, **options))


def applied(shop):
    return shop.metric("signet_config_applied_total")


def refused_with(shop, reason):
    """Polls until the refusal is counted once more."""
    before = shop.refused(reason)
    reload(shop)
    wait_for(lambda: shop.refused(reason) > before, f"a refusal {reason}")


def publish_new(shop, origin, marker="new"):
    new_version(shop, marker)
    return origin.publish(shop.graph_file)


# C13: sizes, lengths, codings and time.

def cut(data, count):
    return data[:len(data) - count]


def coded(body, coding="gzip"):
    return answer(body, fields=f"Content-Encoding: {coding}\r\n")


STATEMENT_ROWS = {
    "cut": ("fetch_truncated", lambda good: answer(cut(good, 1), length=len(good))),
    "cut in the head": ("fetch_truncated", lambda good: b"HTTP/1.1 200 OK\r\nContent-Len"),
    "cut chunk": ("fetch_truncated", lambda good: cut(chunked(good), 8)),
    "no last chunk": ("fetch_truncated", lambda good: chunked(good, end=b"")),
    "chunk that is none": ("fetch_truncated", lambda good: chunked(good, end=b"zz\r\n")),
    "two lengths": ("fetch_truncated", lambda good: answer(good, fields=f"Content-Length: {len(good) + 1}\r\n")),
    "length and chunks": ("fetch_truncated", lambda good: chunked(good, fields="Content-Length: 5\r\n")),
    "length is shorter": ("statement_malformed", lambda good: answer(good, length=len(good) - 1)),
    "large head": ("fetch_truncated", lambda good: answer(good, fields=f"X-Large: {'x' * (64 << 10)}\r\n")),
    "announced too large": ("fetch_too_large", lambda good: answer(good, length=(64 << 10) + 1)),
    "too large": ("fetch_too_large", lambda good: chunked(good + b" " * (64 << 10))),
    "empty": ("fetch_empty", lambda good: answer()),
    "no content": ("fetch_status", lambda good: b"HTTP/1.1 204 No Content\r\n\r\n"),
    "not modified": ("fetch_status", lambda good: b"HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n"),
    "page": ("statement_malformed", lambda good: answer(b"<!doctype html><p>sign in", fields="Content-Type: text/html\r\n")),
    "byte-order mark": ("statement_malformed", lambda good: answer(b"\xef\xbb\xbf" + good)),
    "cut gzip": ("compression", lambda good: coded(cut(gzip.compress(good), 4))),
    "more after gzip": ("compression", lambda good: coded(gzip.compress(good) + b"x")),
    "gzip that is none": ("compression", lambda good: coded(good)),
    "gzip twice": ("compression", lambda good: coded(gzip.compress(gzip.compress(good)), "gzip, gzip")),
    "another coding": ("compression", lambda good: coded(good, "br")),
    "statement bomb": ("compression", lambda good: coded(gzip.compress(b" " * MIB))),
}


def test_c13_statements_that_are_cut_padded_or_coded_wrongly_are_refused(shop, origin):
    start(shop, origin)
    publish_new(shop, origin)
    good = origin.files[STATEMENT]
    for name, (reason, make) in STATEMENT_ROWS.items():
        # What would be good is served again between the rows, so that nothing is refused for having been seen.
        origin.odd[STATEMENT] = make(good)
        seen = len(origin.requests)
        before = shop.refused(reason)
        reload(shop)
        wait_for(lambda: shop.refused(reason) > before, f"{reason} of {name}")  # noqa: B023
        assert {path for path, _ in origin.requests[seen:]} == {STATEMENT}, name
    assert applied(shop) == 1 and shop.serves()
    origin.odd = {STATEMENT: coded(gzip.compress(good))}  # and within the caps it is good
    reload(shop)
    wait_for(lambda: applied(shop) == 2, "the new graph")


def test_c13_artifacts_cut_at_many_offsets_are_refused(shop, origin):
    start(shop, origin)
    _, path = publish_new(shop, origin)
    whole = answer(origin.files[path])
    for at in range(1, len(whole), max(1, len(whole) // 60)):
        origin.odd[path] = whole[:at]
        refused_with(shop, "fetch_truncated")
    assert applied(shop) == 1 and shop.serves()
    del origin.odd[path]
    reload(shop)
    wait_for(lambda: applied(shop) == 2, "the new graph")


def bomb(mib, line):
    """gzip of so many MiB of one line again and again."""
    return gzip.compress(line * (mib * MIB // len(line) + 1))


def endless(chunk):
    def write(sock):
        sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            sock.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))

    return write


def test_c13_artifacts_beyond_the_caps_are_refused_at_little_cost(shop, origin):
    rng = random.Random(13)
    lines = b"".join(b"# %016x%s\n" % (rng.randrange(1 << 64), b"x" * 980) for _ in range(66 << 10))
    large = gzip.compress(lines)
    assert len(large) < 16 * MIB and len(lines) > 64 * MIB and len(lines) < 100 * len(large)
    start(shop, origin)
    _, path = publish_new(shop, origin)
    before = rss_mib(shop)
    for reason, odd in (("fetch_too_large", answer(b"x", length=16 * MIB + 1)),
                        ("fetch_too_large", endless(b"x" * 65536)),
                        ("compression", coded(bomb(8, b" "))),
                        ("compression", coded(large))):
        origin.odd[path] = odd
        refused_with(shop, reason)
    assert rss_mib(shop) - before < 100 and applied(shop) == 1 and shop.serves()


def test_report_19_graph_of_15_mib_is_served(shop, origin):
    """Far beyond the 8 MiB that the parser's library allows by itself."""
    text = shop.supergraph()
    shop.graph_file.write_text(text + f"# {'x' * 1000}\n" * ((15 * MIB - len(text)) // 1003))
    shop.sign()
    shop.approve()
    _, path = origin.publish(shop.graph_file)
    assert 14 * MIB < len(origin.files[path]) < 15 * MIB
    shop.start(config(shop, origin))
    assert shop.serves()


def test_c13_coded_artifact_may_be_larger_than_what_is_sent(shop, origin):
    rng = random.Random(14)
    shop.graph_file.write_text(shop.supergraph() + "".join(f"# {rng.randrange(1 << 64):016x}{'x' * 980}\n"
                                                           for _ in range(18 << 10)))
    shop.sign()
    shop.approve()
    _, path = origin.publish(shop.graph_file)
    assert len(origin.files[path]) > 16 * MIB
    origin.odd[path] = coded(gzip.compress(origin.files[path]))
    file = config(shop, origin)
    shop.start(file)
    assert shop.serves()
    # And the copy of it is taken up again.
    assert shop.router.stop() == 0
    origin.close()
    shop.start(file)
    assert shop.serves() and shop.status()["graph"]["source"] == "last_good"


def drip(sock):
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n")
    while True:
        sock.sendall(b"x")
        time.sleep(1)


def test_c13_one_byte_a_second_ends_after_30_s_for_statement_and_artifact_together(shop, origin):
    """The statement takes 8 s of the 30, its artifact never ends; then the fallback is asked."""
    _, path = origin.publish(shop.graph_file)

    def late(sock):
        time.sleep(8)
        sock.sendall(answer(origin.files[STATEMENT]))

    origin.odd = {STATEMENT: late, path: drip}
    began = time.monotonic()
    shop.start(config(shop, origin, f"{{ file: {shop.graph_file} }}"), ready=False)
    shop.wait_live()
    wait_for(lambda: (ready := shop.get_health()) and ready.status == 200, "the fallback", 50)
    assert 29 < time.monotonic() - began < 37  # each with 30 s of its own would take 38
    assert shop.refused("fetch_timeout") == 1 and shop.status()["graph"]["source"] == "fallback" and shop.serves()


# C14: redirects, credentials, certificates.

def test_c14_redirects_are_not_followed_and_the_token_stays(shop, origin):
    elsewhere = Origin()
    shop.closing.append(elsewhere.close)
    start(shop, origin)
    new_version(shop, "behind a redirect")
    elsewhere.publish(shop.graph_file)
    _, path = origin.publish(shop.graph_file)
    for where in (STATEMENT, path):
        for status in (301, 302, 303, 307, 308):
            target = f"{elsewhere.url()}/{where.removeprefix('/shop/')}?token=sesame"
            origin.odd = {where: answer(b"moved", f"{status} Moved", f"Location: {target}\r\n")}
            refused_with(shop, "fetch_redirect")
    assert not elsewhere.requests and applied(shop) == 1 and shop.serves()
    assert "sesame" not in shop.router.log() and "t0k3n" not in shop.router.log()
    assert all(fields["Authorization"] == "Bearer t0k3n" for _, fields in origin.requests)


def test_c14_proxies_of_the_environment_are_not_used(shop, origin, monkeypatch):
    proxy = Origin()
    shop.closing.append(proxy.close)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    start(shop, origin)
    assert shop.serves() and not proxy.requests


@pytest.mark.parametrize("source", [
    '{ cdn: { url: "http://cdn.example/shop" } }',
    '{ s3: { endpoint: "http://s3.example", bucket: graphs, credentials_file: /aws } }',
])
def test_c14_plain_http_to_other_hosts_is_refused(shop, source):
    file = shop.config(source, extra=f"operations: {{ mode: ids_only, source: {source} }}\n")
    file.write_text(file.read_text().replace("trust:\n", f"  fallback: {source}\ntrust:\n", 1))
    told = signet("check", "-c", file, check=False)
    assert told.returncode == 1 and told.stderr.count("is plain http to a host that is not loopback") == 3


def test_c14_certificate_of_the_source_is_verified(shop):
    authority, other = Authority(shop.folder), Authority(shop.folder, "other")
    origin = Origin(pair=authority.issue("localhost", days=-1))
    shop.closing.append(origin.close)
    origin.publish(shop.graph_file)
    trusted = shop.folder / "cdn.pem"
    trusted.write_bytes(authority.cert.read_bytes())
    shop.start(config(shop, origin, host="localhost", tls={"ca_file": str(trusted)}), ready=False)
    shop.wait_live()
    for pair in (None, authority.issue("cdn.test"), other.issue("localhost")):  # expired, another host, another authority
        if pair:
            origin.use(pair)
        refused_with(shop, "fetch_tls")
    assert not origin.requests and shop.get_health().status == 503
    trusted.write_bytes(other.cert.read_bytes())
    reload(shop)
    shop.wait_ready()
    assert shop.serves()
    origin.use(authority.issue("localhost"))
    refused_with(shop, "fetch_tls")
    trusted.write_text("no certificate")
    refused_with(shop, "fetch_tls")
    assert "the authorities are older ones" in shop.router.events("artifact_refused")[-1]["detail"]


def test_c14_authorities_of_the_system_do_not_vouch_for_a_private_one(shop):
    origin = Origin(pair=Authority(shop.folder).issue("localhost"))
    shop.closing.append(origin.close)
    origin.publish(shop.graph_file)
    shop.start(config(shop, origin, host="localhost"), ready=False)
    shop.wait_live()
    refused_with(shop, "fetch_tls")
    assert not origin.requests and shop.get_health().status == 503


# C15: names.

def test_c15_names_in_signed_statements_lead_nowhere(shop, origin):
    start(shop, origin)
    key = (shop.folder / "release.key").read_bytes().rstrip(b"\n")
    payload = json.loads(decode_payload(origin.files[STATEMENT]))
    paths = {path for path, _ in origin.requests}
    encode = lambda data: base64.urlsafe_b64encode(data).decode().rstrip("=")  # noqa: E731
    digest = payload["sha256"]
    for name in ("../../evil", "%2e%2e%2fevil", digest.upper(), digest + "/..", f"{digest}?x", digest[:-1],
                 "\0" * 64, "x" * 4096, f"{digest}\r\nX: y"):
        text = encode(json.dumps({**payload, "serial": payload["serial"] + 1, "sha256": name}).encode())
        head = encode(json.dumps({"typ": "signet.statement.v1", "alg": "HS256", "kid": "release-1"}).encode())
        mac = encode(hmac.new(key, f"{head}.{text}".encode(), hashlib.sha256).digest())
        origin.files[STATEMENT] = json.dumps(
            {"payload": text, "signatures": [{"protected": head, "signature": mac}]}).encode()
        refused_with(shop, "statement_malformed")
    assert {path for path, _ in origin.requests} == paths and applied(shop) == 1 and shop.serves()


@pytest.mark.parametrize("source", [
    '{ cdn: { url: "https://cdn.example/shop/../other" } }',
    '{ cdn: { url: "https://cdn.example/shop/%2e%2e/other" } }',
    '{ cdn: { url: "https://user:secret@cdn.example/shop" } }',
    '{ s3: { endpoint: "https://s3.example", bucket: "../other", credentials_file: /aws } }',
    '{ s3: { endpoint: "https://s3.example", bucket: graphs, prefix: "../other", credentials_file: /aws } }',
    '{ s3: { endpoint: "https://s3.example", bucket: graphs, prefix: "a%2fb", credentials_file: /aws } }',
])
def test_c15_names_in_the_configuration_have_no_tricks(shop, source):
    told = signet("check", "-c", shop.config(source), check=False)
    assert told.returncode == 1 and "graph.source." in told.stderr and "secret" not in told.stderr


# C4: the fallback.

@pytest.fixture
def fallback(shop):
    fallback = Origin()
    shop.closing.append(fallback.close)
    return fallback


def as_fallback(origin):
    return json.dumps({"cdn": {"url": origin.url()}})


def altered(statement):
    """One character of a signature is another one."""
    jws = json.loads(statement)
    signature = jws["signatures"][0]["signature"]
    jws["signatures"][0]["signature"] = ("A" if signature[0] != "A" else "B") + signature[1:]
    return json.dumps(jws).encode()


def test_c4_bad_signature_on_the_primary_is_final_for_the_poll(shop, origin, fallback):
    start(shop, origin, fallback=as_fallback(fallback))
    publish_new(shop, origin)
    fallback.publish(shop.graph_file)  # good, and newer than what runs: it would be applied
    good = origin.files[STATEMENT]
    for reason, bad in (("signature", altered(good)), ("statement_malformed", b"<html>")):
        origin.files[STATEMENT] = bad
        refused_with(shop, reason)
    origin.files[STATEMENT] = good
    path = next(path for path in fallback.files if path != STATEMENT)
    origin.odd[path] = answer(origin.files[path].replace(b"new", b"old"))
    refused_with(shop, "digest_mismatch")
    assert not fallback.requests and applied(shop) == 1 and shop.serves()


@pytest.mark.parametrize("reason, odd", [
    ("fetch_status", answer(b"gone", "404 Not Found")),
    ("fetch_status", answer(b"no", "403 Forbidden")),
    ("fetch_status", b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    ("fetch_redirect", answer(b"", "302 Found", fields="Location: http://127.0.0.1:1/\r\n")),
    ("fetch_empty", answer()),
    ("fetch_too_large", answer(b"x", length=MIB)),
    ("compression", coded(gzip.compress(b" " * MIB))),
])
def test_c4_what_the_primary_says_does_not_lead_to_the_fallback(shop, origin, fallback, reason, odd):
    start(shop, origin, fallback=as_fallback(fallback))
    publish_new(shop, fallback)  # it would be applied
    origin.odd[STATEMENT] = odd
    refused_with(shop, reason)
    assert not fallback.requests and applied(shop) == 1 and shop.serves()


@pytest.mark.parametrize("reason, odd", [
    ("fetch_unavailable", answer(b"down", "503 Service Unavailable")),
    ("fetch_unavailable", answer(b"slower", "429 Too Many Requests")),
    ("fetch_truncated", answer(b"x", length=100)),
])
def test_c4_a_primary_that_is_not_heard_does(shop, origin, fallback, reason, odd):
    start(shop, origin, fallback=as_fallback(fallback))
    serial = new_version(shop, "on the fallback")
    fallback.publish(shop.graph_file)
    origin.odd[STATEMENT] = odd
    refused_with(shop, reason)
    wait_serial(shop, serial)
    assert shop.status()["graph"]["source"] == "fallback" and shop.serves()


def test_c4_fallback_passes_the_same_gate(shop, origin, fallback):
    start(shop, origin, fallback=as_fallback(fallback))
    publish_new(shop, fallback)
    good = fallback.files[STATEMENT]
    origin.odd[STATEMENT] = answer(b"down", "503 Service Unavailable")
    fallback.files[STATEMENT] = altered(good)
    refused_with(shop, "signature")
    unsigned = json.loads(good)
    unsigned["signatures"] = unsigned["signatures"][:0]
    fallback.files[STATEMENT] = json.dumps(unsigned).encode()
    refused_with(shop, "statement_malformed")
    assert applied(shop) == 1 and shop.serves()
    assert not any("Authorization" in fields for _, fields in fallback.requests)  # the primary's token is the primary's


def test_c4_fallback_serves_transport_failures_and_the_primary_comes_back(shop, origin, fallback):
    start(shop, origin, fallback=as_fallback(fallback), poll="1s")
    serial = new_version(shop, "on the fallback")
    fallback.publish(shop.graph_file)
    origin.odd[STATEMENT] = lambda sock: None  # closes without an answer
    reload(shop)
    wait_serial(shop, serial)
    assert shop.status()["graph"]["source"] == "fallback" and shop.serves()
    serial = new_version(shop, "on the primary")
    origin.publish(shop.graph_file)
    del origin.odd[STATEMENT]
    wait_serial(shop, serial)  # by its own poll
    assert shop.status()["graph"]["source"] == "cdn"
    asked = len(fallback.requests)
    reload(shop)
    count = len(origin.requests)
    wait_for(lambda: len(origin.requests) > count, "the poll")
    assert len(fallback.requests) == asked


def test_c4_fallback_that_lags_behind_is_no_way_back(shop, origin, fallback):
    fallback.publish(shop.graph_file)
    new_version(shop, "newer")
    start(shop, origin, fallback=as_fallback(fallback))
    origin.odd[STATEMENT] = answer(b"down", "503 Service Unavailable")
    refused_with(shop, "rollback")
    assert applied(shop) == 1 and shop.status()["graph"]["source"] == "cdn" and shop.serves()
