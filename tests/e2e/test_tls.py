"""TLS on both sides of the running binary: who may speak, who is trusted, and certificates that change meanwhile."""

import http.client
import json
import os
import signal
import socket
import ssl
import threading
import time

import pytest

from attack_support import rss_mib
from support import signet, wait_for
from tls_support import Authority, TlsShop

JSON = {"Content-Type": "application/json"}
ROTATIONS = 100
QUERY = json.dumps({"query": "{ __typename }"})
HEAD = b"POST /graphql HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\n"
GOOD = b'{"query":"{ me { id } }"}'


@pytest.fixture
def shop(tmp_path):
    shop = TlsShop(tmp_path)
    yield shop
    shop.close()


@pytest.fixture
def secure(shop):
    """A shop whose router speaks TLS to its clients."""
    shop.start(shop.tls_config())
    return shop


def connect(shop, context=None, host="localhost", **options):
    return (context or shop.client_context()).wrap_socket(
        socket.create_connection(("127.0.0.1", shop.port), timeout=10), server_hostname=host, **options)


def exchange(shop, data, context=None):
    """Sends bytes and returns everything up to close_notify; a connection that is merely cut raises."""
    with connect(shop, context) as sock:
        sock.sendall(data)
        got = b""
        while piece := sock.recv(65536):
            got += piece
        return got


def query(shop, context=None, text="{ me { id name score } }"):
    connection = http.client.HTTPSConnection("localhost", shop.port, timeout=10,
                                             context=context or shop.client_context())
    try:
        connection.request("POST", "/graphql", json.dumps({"query": text}), JSON)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def serial(shop):
    with connect(shop) as sock:
        return sock.getpeercert()["serialNumber"]


def failed(shop, reason):
    return shop.metric("signet_tls_handshake_failed_total", signet_tls_failure=reason)


# The side of clients.

def test_silent_connections_cost_next_to_nothing(secure):
    """No session is made before the first byte. 1,000 connections come, say nothing, and go."""
    for _ in range(3):
        assert query(secure)[0] == 200
    before = rss_mib(secure)
    for _ in range(2):
        silent = [socket.create_connection(("127.0.0.1", secure.port), timeout=10) for _ in range(1_000)]
        assert query(secure)[0] == 200
        assert rss_mib(secure) - before < 8
        for sock in silent:
            sock.close()
        wait_for(lambda: failed(secure, "closed") % 1_000 == 0, "their end")
    assert query(secure)[0] == 200 and failed(secure, "closed") == 2_000
    assert rss_mib(secure) - before < 8


def test_stalled_handshakes_are_bounded_and_hold_nobody_up(shop):
    """1,000 clients begin a handshake and do not go on, where 100 may: 75 KiB each would be 73 MiB."""
    shop.start(shop.tls_config(extra="limits: { tls_handshakes: 100 }\n"))
    assert query(shop)[0] == 200
    before, times, stalled = rss_mib(shop), [], []
    for _ in range(10):
        for _ in range(100):
            stalled.append(socket.create_connection(("127.0.0.1", shop.port), timeout=10))
            stalled[-1].sendall(b"\x16\x03\x01\x02")
        began = time.monotonic()
        assert query(shop)[0] == 200
        times.append(time.monotonic() - began)
    assert max(times) < 5, times
    assert rss_mib(shop) - before < 20
    wait_for(lambda: failed(shop, "crowded") >= 800, "the end of those that make room")
    for sock in stalled:
        sock.close()
    wait_for(lambda: failed(shop, "crowded") + failed(shop, "closed") == 1_000, "the end of the others")
    assert failed(shop, "timeout") == 0


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_queries_over_tls(secure):
    assert query(secure) == (200, {"data": {"me": {"id": "1", "name": "Ada", "score": 10}}})
    with connect(secure) as sock:
        assert sock.version() == "TLSv1.3"
    context = secure.client_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with connect(secure, context) as sock:
        assert sock.version() == "TLSv1.2" and sock.cipher()[0].startswith("ECDHE-")
    context = secure.client_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with pytest.raises(OSError):
        connect(secure, context)
    assert failed(secure, "version") == 1


def test_min_version_1_3(shop):
    shop.start(shop.tls_config(listen=', min_version: "1.3"'))
    context = shop.client_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        connect(shop, context)
    assert query(shop)[0] == 200


def test_http_2_is_not_offered(secure):
    with connect(secure, secure.client_context(protocols=["h2", "http/1.1"])) as sock:
        assert sock.selected_alpn_protocol() == "http/1.1"
    with pytest.raises(ssl.SSLError, match="(?i)no.application.protocol"):
        connect(secure, secure.client_context(protocols=["h2"]))
    assert failed(secure, "alpn") == 1
    answer = exchange(secure, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 505 ") and b"Connection: close" in answer
    upgrade = HEAD + b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nConnection: Upgrade, close\r\nContent-Length: 25\r\n\r\n"
    assert exchange(secure, upgrade + GOOD).startswith(b"HTTP/1.1 200 ")
    assert all("upgrade" not in {name.lower() for name in headers} for _, _, headers, _ in secure.a.requests)


def test_http_in_clear_on_the_tls_port(secure):
    with socket.create_connection(("127.0.0.1", secure.port), timeout=10) as sock:
        sock.sendall(HEAD + b"Content-Length: 25\r\n\r\n" + GOOD)
        answer = b""
        while piece := sock.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 400 ") and answer.count(b"HTTP/1.1") == 1
    assert secure.subgraph_requests() == 0 and failed(secure, "plain_http") == 1


def test_clients_with_certificates(shop):
    clients, others = Authority(shop.folder, "clients"), Authority(shop.folder, "others")
    shop.start(shop.tls_config(listen=f", client_ca_file: {clients.cert}"))
    assert query(shop, shop.client_context(clients.issue("client")))[0] == 200
    for pair in (None, others.issue("client"), clients.issue("client", days=-1)):
        with pytest.raises(OSError):
            query(shop, shop.client_context(pair))
    assert failed(shop, "certificate") == 3 and len(shop.a.requests) == 1
    (event,) = wait_for(lambda: shop.router.events("client_tls_failed"), "the event")
    assert event["reason"] == "certificate" and event["problem"], event
    assert "127.0.0.1" not in json.dumps(event)


def test_client_handshakes_that_fail_are_told_of_once_a_minute(secure):
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", secure.port), timeout=10) as sock:
            sock.sendall(b"not TLS at all")
            sock.recv(100)
        socket.create_connection(("127.0.0.1", secure.port), timeout=10).close()  # a probe
    with pytest.raises(ssl.SSLError):
        connect(secure, secure.client_context(protocols=["h2"]))
    wait_for(lambda: failed(secure, "closed") == 20 and failed(secure, "alpn") == 1, "the counts")
    wait_for(lambda: len(secure.router.events("client_tls_failed")) == 2, "the events")
    time.sleep(0.5)
    events = secure.router.events("client_tls_failed")
    assert sorted(event["reason"] for event in events) == ["alpn", "malformed"], events
    assert all(event["count"].isdigit() for event in events)


def test_sessions_are_taken_up_again_after_a_rotation(secure):
    context = secure.client_context()
    with connect(secure, context) as sock:
        sock.sendall(HEAD + b"Content-Length: 25\r\n\r\n" + GOOD)
        sock.recv(65536)
        session = sock.session
    rotate(secure, secure.authority.issue())
    for _ in range(6):  # whichever worker gets it
        with connect(secure, context, session=session) as sock:
            assert sock.session_reused


# Files.

def rotate(shop, pair):
    applied = len(shop.router.events("tls_files_applied"))
    shop.place(pair)
    shop.router.process.send_signal(signal.SIGHUP)
    wait_for(lambda: len(shop.router.events("tls_files_applied")) > applied, "the new pair")


def test_a_hundred_rotations_lose_nothing(secure):
    pairs = [secure.authority.issue() for _ in range(3)]
    stop, problems, counts = threading.Event(), [], []

    def load(keep):
        context, count = secure.client_context(), 0
        connection = None
        try:
            while not stop.is_set():
                connection = connection or http.client.HTTPSConnection("localhost", secure.port, timeout=10,
                                                                       context=context)
                connection.request("POST", "/graphql", QUERY, JSON)
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200 or json.loads(body) != {"data": {"__typename": "Query"}}:
                    problems.append((answer.status, body))
                if answer.getheader("Connection") == "close":
                    problems.append("a connection that does not stay")
                count += 1
                if not keep:
                    connection.close()
                    connection = None
        except Exception as problem:  # whatever it is, it is a lost request
            problems.append(repr(problem))
        counts.append(count)

    threads = [threading.Thread(target=load, args=(keep,)) for keep in (True, True, False, False)]
    for thread in threads:
        thread.start()
    seen = set()
    for i in range(ROTATIONS):
        rotate(secure, pairs[i % len(pairs)])
        seen.add(serial(secure))
    stop.set()
    for thread in threads:
        thread.join()
    assert not problems, problems[:3]
    assert min(counts) > 50 and len(seen) == len(pairs)
    assert secure.metric("signet_tls_files_applied_total") == ROTATIONS
    assert not secure.router.events("tls_files_refused")


def test_files_that_change_are_noticed(secure):
    before, expiry = serial(secure), secure.metric("signet_tls_certificate_expiry_seconds")
    assert 4 * 86400 < expiry - time.time() < 6 * 86400
    secure.place(secure.authority.issue(days=7))
    wait_for(lambda: serial(secure) != before, "the new certificate")
    assert secure.metric("signet_tls_certificate_expiry_seconds") > expiry + 86400


def test_a_secret_that_is_swapped_as_a_folder(shop):
    def version(name, pair):
        folder = shop.folder / "secret" / name
        folder.mkdir(parents=True)
        (folder / "tls.crt").write_bytes(pair.cert.read_bytes())
        (folder / "tls.key").write_bytes(pair.key.read_bytes())
        (folder / "tls.key").chmod(0o600)
        link = shop.folder / "secret" / "..new"
        link.symlink_to(name)
        link.rename(shop.folder / "secret" / "..data")

    version("..1", shop.authority.issue())
    for name in ("tls.crt", "tls.key"):
        (shop.folder / "secret" / name).symlink_to(f"..data/{name}")
    shop.cert, shop.key = shop.folder / "secret" / "tls.crt", shop.folder / "secret" / "tls.key"
    shop.start(shop.tls_config())
    before = serial(shop)
    version("..2", shop.authority.issue())
    wait_for(lambda: serial(shop) != before, "the new certificate")


def bad_files(shop):
    """What can be wrong with a pair: how to put it there, and the words and the file that tell."""
    good, other, expired = shop.authority.issue(), shop.authority.issue(), shop.authority.issue(days=-1)

    def put(cert, key):
        shop.cert.write_bytes(cert)
        shop.key.write_bytes(key)

    return {
        "mismatched": (lambda: put(good.cert.read_bytes(), other.key.read_bytes()), "not the key", shop.key),
        "expired": (lambda: put(expired.cert.read_bytes(), expired.key.read_bytes()), "expired at", shop.cert),
        "empty": (lambda: put(b"", good.key.read_bytes()), "is empty", shop.cert),
        "empty_key": (lambda: put(good.cert.read_bytes(), b""), "is empty", shop.key),
        "cut": (lambda: put(good.cert.read_bytes()[:200], good.key.read_bytes()), "holds", shop.cert),
        "gone": (shop.key.unlink, "No such file", shop.key),
    }


BAD = ["mismatched", "expired", "empty", "empty_key", "cut", "gone"]


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_pair_is_a_start_error(shop, kind):
    put, words, file = bad_files(shop)[kind]
    put()
    config = shop.tls_config()
    router = shop.start(config, ready=False)
    assert router.process.wait(10) == 3
    [event] = router.events("start_failed")
    assert words in event["error"] and str(file) in event["error"] and "listen.tls" in event["error"]
    done = signet("check", "-c", config, check=False)
    assert done.returncode == 1 and words in done.stdout + done.stderr


@pytest.mark.parametrize("how", ["poll", "SIGHUP"])
def test_bad_pairs_keep_the_old_one(secure, how):
    before, good = serial(secure), secure.authority.issue()
    for number, (kind, (put, words, file)) in enumerate(bad_files(secure).items(), 1):
        put()
        if how == "SIGHUP":
            secure.router.process.send_signal(signal.SIGHUP)
        elif kind not in ("mismatched", "gone"):
            continue  # polling waits before it tells; two are enough
        event = wait_for(lambda: [e for e in secure.router.events("tls_files_refused") if words in e["reason"]
                                  and e["file"] == str(file)], f"the refusal of {kind}")[-1]
        assert event["key"] == "listen.tls"
        assert secure.status()["tls"]["listen.tls"]["refused"]["reason"] == event["reason"]
        assert serial(secure) == before and query(secure)[0] == 200
    assert secure.metric("signet_tls_files_refused_total") >= (number if how == "SIGHUP" else 2)
    secure.place(good)
    wait_for(lambda: serial(secure) != before, "the good pair")
    assert secure.status()["tls"]["listen.tls"]["refused"] is None


def test_a_reload_says_that_certificates_were_refused(secure):
    def reload(*options):
        return signet("reload", "--admin", f"127.0.0.1:{secure.admin}", *options, check=False)

    before, good = serial(secure), secure.authority.issue()
    put, words, file = bad_files(secure)["expired"]
    put()
    done = reload()
    assert done.returncode == 1 and words in done.stdout and str(file) in done.stdout and "certificates" in done.stdout
    assert words in json.loads(reload("--output", "json").stdout)["tls"]
    assert secure.router.events("reload_done")[-1]["tls"] == "refused" and serial(secure) == before
    secure.place(good)
    assert reload().returncode == 0 and serial(secure) != before


def test_a_key_that_others_can_read_is_found(shop):
    shop.key.chmod(0o644)
    done = signet("check", "-c", shop.tls_config(), check=False)
    assert "listen.tls.key_file" in done.stdout + done.stderr and "chmod 600" in done.stdout + done.stderr


def test_other_paths_need_a_restart(secure):
    config = secure.tls_config()
    config.write_text(config.read_text().replace(str(secure.cert), str(secure.folder / "other.crt")))
    secure.router.process.send_signal(signal.SIGHUP)
    refusal = wait_for(lambda: secure.router.events("reload_refused"), "the refusal")[-1]
    assert "listen.tls.cert_file" in refusal["error"] and query(secure)[0] == 200


# The side of subgraphs.

def start_with(shop, stub_pair, subgraphs=None, **options):
    stub = shop.behind_tls(stub_pair, **options)
    shop.start(shop.tls_config(tls=False, subgraphs=subgraphs if subgraphs is not None else
                               f"  a: {{ tls: {{ ca_file: {shop.authority.cert} }} }}\n"))
    return stub


def expect_no_answer(shop, stub, why):
    answer = shop.query("{ me { id name } echo }").json()
    assert answer["data"] == {"me": None, "echo": None}
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"SUBGRAPH_UNREACHABLE"}
    assert why not in json.dumps(answer) and "certificate" not in json.dumps(answer)
    assert stub.requests == []
    event = wait_for(lambda: shop.router.events("subgraph_failed"), "the event")[-1]
    assert event["subgraph"] == "a" and event["reason"] == "tls" and why in event["problem"]


def test_a_subgraph_of_the_own_authority(shop):
    stub = start_with(shop, shop.authority.issue())
    assert shop.serves() and stub.handshakes == 1 and stub.requests


@pytest.mark.parametrize("names,days,why", [
    (("localhost",), -1, "expired"),
    (("other.example",), 5, "ostname mismatch"),
    (("localhost\0.evil.example",), 5, "ostname mismatch"),
    (("localhost", "a\0b"), 5, "NUL"),
    (("local*",), 5, "ostname mismatch"),
    (("127.0.0.1",), 5, "ostname mismatch"),
], ids=["expired", "wrong_name", "nul_in_name", "nul_in_another_name", "partial_wildcard", "address_for_name"])
def test_a_certificate_that_does_not_hold_gets_no_request(shop, names, days, why):
    stub = start_with(shop, shop.authority.issue(*names, days=days))
    expect_no_answer(shop, stub, why)


def test_an_unknown_authority_gets_no_request(shop):
    stub = start_with(shop, Authority(shop.folder, "others").issue())
    expect_no_answer(shop, stub, "unable to get local issuer")


def test_a_self_signed_subgraph_gets_no_request(shop):
    own = Authority(shop.folder, "self")  # its own certificate, presented as a server's
    stub = start_with(shop, own, subgraphs="")
    expect_no_answer(shop, stub, "self-signed")


def test_the_own_authority_replaces_the_systems(shop):
    env = {**os.environ, "SSL_CERT_FILE": str(shop.authority.cert)}  # now one of the system's
    stub = shop.behind_tls(shop.authority.issue())
    others = Authority(shop.folder, "others")
    shop.start(shop.tls_config(tls=False, subgraphs=f"  a: {{ tls: {{ ca_file: {others.cert} }} }}\n"), env=env)
    expect_no_answer(shop, stub, "unable to get local issuer")
    shop.router.stop()
    shop.start(shop.tls_config(tls=False), env=env)
    assert shop.serves()


def test_a_certificate_for_the_subgraph(shop):
    routers = Authority(shop.folder, "routers")
    pair = routers.issue("router")
    pair.key.chmod(0o600)
    stub = start_with(shop, shop.authority.issue(), clients=routers.cert,
                      subgraphs=f"  all: {{ tls: {{ ca_file: {shop.authority.cert}, cert_file: {pair.cert}, "
                                f"key_file: {pair.key} }} }}\n")
    assert shop.serves() and stub.handshakes == 1
    assert shop.metric("signet_tls_certificate_expiry_seconds", signet_subgraph_name="all") > time.time()


def test_without_its_certificate_the_subgraph_refuses(shop):
    stub = start_with(shop, shop.authority.issue(), clients=Authority(shop.folder, "routers").cert)
    answer = shop.query("{ echo }").json()
    assert answer["data"] == {"echo": None} and answer["errors"][0]["extensions"]["code"] == "SUBGRAPH_UNREACHABLE"
    assert stub.requests == []
    (event,) = wait_for(lambda: shop.router.events("subgraph_failed"), "the event")
    assert event["subgraph"] == "a" and event["reason"] == "tls" and event["problem"].endswith("the peer refused: certificate required")


def test_authorities_of_subgraphs_are_read_again(shop):
    others = Authority(shop.folder, "others")
    file = shop.folder / "subgraphs.pem"
    file.write_bytes(others.cert.read_bytes())
    stub = start_with(shop, shop.authority.issue(), subgraphs=f"  a: {{ tls: {{ ca_file: {file} }} }}\n")
    assert shop.query("{ echo }").json()["data"] == {"echo": None}
    file.write_bytes(others.cert.read_bytes() + shop.authority.cert.read_bytes())
    wait_for(lambda: shop.query("{ echo }").json()["data"] == {"echo": "echoed"}, "the authority")
    file.write_bytes(others.cert.read_bytes())  # and trust ends as quickly, pooled connections included
    wait_for(lambda: shop.query("{ echo }").json()["data"] == {"echo": None}, "the end of trust")
    count = len(stub.requests)
    assert shop.query("{ echo }").json()["data"] == {"echo": None} and len(stub.requests) == count


def test_a_reload_with_a_bad_authority_changes_nothing(shop):
    start_with(shop, shop.authority.issue())
    empty = shop.folder / "empty.pem"
    empty.write_text("")
    shop.tls_config(tls=False, subgraphs=f"  a: {{ tls: {{ ca_file: {empty} }} }}\n")
    shop.router.process.send_signal(signal.SIGHUP)
    refusal = wait_for(lambda: shop.router.events("reload_refused"), "the refusal")[-1]
    assert f"subgraphs.a.tls: {empty} is empty" in refusal["error"] and shop.serves()
