"""Graphs and manifests from an S3-shaped bucket, which checks the signature of every request on its own."""

import datetime
import hashlib
import json

import pytest

from gate_support import reload, wait_serial
from source_support import Bucket, Origin, answer, aws_error, new_version
from support import signet, wait_for


@pytest.fixture
def bucket(shop):
    bucket = Bucket()
    shop.closing.append(bucket.close)
    return bucket


def start(shop, bucket, **more):
    """A shop that serves version one from the bucket."""
    bucket.publish(shop.graph_file)
    credentials = bucket.credentials(shop.folder / "aws")
    shop.start(shop.config(bucket.source(credentials, **more)))
    return credentials


def refusal(shop, reason):
    """The event of that refusal, once it is there."""
    found = lambda: [e for e in shop.router.events("artifact_refused") if e["reason"] == reason]  # noqa: E731
    return wait_for(found, f"a refusal {reason}")[-1]


def test_graph_comes_from_a_bucket_and_new_ones_follow(shop, bucket):
    start(shop, bucket)
    assert shop.serves() and shop.status()["graph"]["source"] == "s3"
    serial = new_version(shop, "from the bucket")
    bucket.publish(shop.graph_file)
    wait_serial(shop, serial)
    assert shop.serves() and bucket.good >= 4


def test_bucket_without_prefix_and_with_a_session_token(shop):
    bucket = Bucket(prefix="")
    bucket.token = "session/token=="
    shop.closing.append(bucket.close)
    start(shop, bucket)
    assert shop.serves()
    assert {path.rsplit("/", 1)[0] for path, _ in bucket.requests} == {"/graphs", "/graphs/artifacts"}


def test_f18_rotated_credentials_are_used_without_a_reload(shop, bucket):
    credentials = start(shop, bucket)
    bucket.keys = {"AKIANEXT": "next/secret+0001"}
    refusal(shop, "fetch_status")
    assert shop.serves()
    bucket.credentials(credentials)
    serial = new_version(shop, "under the new key")
    bucket.publish(shop.graph_file)
    wait_serial(shop, serial)


def test_f18_credentials_that_turn_bad_leave_the_old_ones_in_use(shop, bucket):
    credentials = start(shop, bucket)
    credentials.write_text("[default]\naws_access_key_id = AKIASHOP\n")
    serial = new_version(shop, "under the old key")
    bucket.publish(shop.graph_file)
    wait_serial(shop, serial)
    bucket.keys = {"AKIANEXT": "next/secret+0001"}
    reload(shop)
    assert "the credentials are older ones" in refusal(shop, "fetch_status")["detail"]


def test_wrong_secret_is_told_and_no_secret_is_logged(shop, bucket):
    bucket.publish(shop.graph_file)
    credentials = bucket.credentials(shop.folder / "aws")
    credentials.write_text(credentials.read_text().replace("hunter2/", "hunter3/"))
    shop.start(shop.config(bucket.source(credentials)), ready=False)
    shop.wait_live()
    detail = refusal(shop, "fetch_status")["detail"]
    assert "SignatureDoesNotMatch: the secret of credentials_file" in detail and bucket.good == 0
    assert shop.get_health().status == 503
    said = shop.router.log() + json.dumps(shop.status()) + shop.router.stdout.read_text()
    said += "".join(file.read_text() for file in shop.state.glob("audit-*.log"))
    assert "hunter" not in said and "Signature=" not in said


def test_skewed_clock_is_told_as_such(shop, bucket):
    start(shop, bucket)
    bucket.ahead = datetime.timedelta(hours=1)
    event = refusal(shop, "fetch_clock")
    assert "the router's clock says" in event["detail"] and "clock" in event["what_to_do"]
    bucket.ahead = datetime.timedelta(0)
    serial = new_version(shop, "clock put right")
    bucket.publish(shop.graph_file)
    reload(shop)
    wait_serial(shop, serial)


def test_c14_redirects_of_a_bucket_are_not_followed(shop, bucket):
    elsewhere = Origin()
    shop.closing.append(elsewhere.close)
    elsewhere.publish(shop.graph_file)
    start(shop, bucket)
    statement = "/graphs/production/shop/statement.jws"
    for count, status in enumerate(("301 Moved Permanently", "307 Temporary Redirect"), 1):
        bucket.odd[statement] = aws_error("PermanentRedirect", status).replace(
            b"\r\n", f"\r\nLocation: {elsewhere.url()}/statement.jws\r\n".encode(), 1)
        reload(shop)
        wait_for(lambda: shop.refused("fetch_redirect") >= count, "the refusal")  # noqa: B023
    assert not elsewhere.requests and shop.serves()


def test_c1_artifact_altered_in_the_bucket_is_refused(shop, bucket):
    start(shop, bucket)
    new_version(shop, "altered")
    _, artifact = bucket.publish(shop.graph_file)
    good = bucket.files[artifact]
    bucket.files[artifact] = good.replace(b"altered", b"Altered")
    reload(shop)
    refusal(shop, "digest_mismatch")
    assert shop.metric("signet_config_applied_total") == 1 and shop.serves()


def test_manifest_comes_from_a_bucket(shop, bucket):
    query = "query Known { me { id } }"
    known = hashlib.sha256(query.encode()).hexdigest()
    file = shop.folder / "operations.json"
    file.write_text(json.dumps({"format": "apollo-persisted-query-manifest", "version": 1,
                                "operations": [{"id": known, "name": "Known", "type": "query", "body": query}]}))
    shop.sign(file, "operations")
    shop.approve(file)
    bucket.publish(file)
    source = bucket.source(bucket.credentials(shop.folder / "aws"))
    shop.start(shop.config(extra=f"operations: {{ mode: ids_only, source: {source} }}\n"))
    identified = {"persistedQuery": {"version": 1, "sha256Hash": known}}
    wait_for(lambda: shop.query(None, extensions=identified).json() == {"data": {"me": {"id": "1"}}}, "the manifest")
    assert shop.query(query).json().get("data") is None


def test_bucket_is_a_fallback(shop, bucket):
    bucket.publish(shop.graph_file)
    primary = Origin()
    primary.odd["/shop/statement.jws"] = answer(b"down", "503 Service Unavailable")
    shop.closing.append(primary.close)
    credentials = bucket.credentials(shop.folder / "aws")
    config = shop.config(f"{{ cdn: {{ url: {primary.url()}, poll: 1s, jitter: 0s }} }}")
    config.write_text(config.read_text().replace("trust:\n", f"  fallback: {bucket.source(credentials)}\ntrust:\n", 1))
    shop.start(config)
    assert shop.serves() and shop.status()["graph"]["source"] == "fallback"


def test_files_that_a_bucket_needs_are_checked_at_the_start(shop, bucket):
    credentials = bucket.credentials(shop.folder / "aws")
    credentials.write_text("[default]\naws_access_key_id = hunter2\n")
    config = shop.config(bucket.source(credentials))
    checked = signet("check", "-c", config, check=False)
    assert checked.returncode == 1 and "has no aws_secret_access_key" in checked.stderr
    shop.start(config, ready=False)
    assert shop.router.process.wait(10) == 3
    assert "graph.source.s3.credentials_file" in shop.router.log() and "hunter2" not in shop.router.log()
    assert not bucket.requests


def test_store_that_is_no_store_is_refused(shop, bucket):
    start(shop, bucket)
    statement = "/graphs/production/shop/statement.jws"
    for reason, odd in (("statement_malformed", answer(b"<html>welcome</html>")), ("fetch_empty", answer()),
                        ("fetch_unavailable", answer(b"<Code>" * 9000, "500 Internal Server Error"))):
        bucket.odd[statement] = odd
        reload(shop)
        refusal(shop, reason)
    assert shop.metric("signet_config_applied_total") == 1 and shop.serves()
