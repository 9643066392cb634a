"""Persisted operations from a signed manifest that passes the same gate."""

import hashlib
import json

import pytest

from support import wait_for

KNOWN = "query Known { me { id } }"
KNOWN_ID = hashlib.sha256(KNOWN.encode()).hexdigest()


@pytest.fixture
def manifest(shop):
    file = shop.folder / "operations.json"
    file.write_text(json.dumps({"format": "apollo-persisted-query-manifest", "version": 1,
                                "operations": [{"id": KNOWN_ID, "name": "Known", "type": "query", "body": KNOWN}]}))
    shop.sign(file, "operations")
    shop.approve(file)
    return file


def start(shop, manifest, mode, ready=True):
    shop.start(shop.config(extra=f"operations: {{ mode: {mode}, source: {{ file: {manifest} }} }}\n"), ready)


def by_id(shop, identifier=KNOWN_ID):
    return shop.query(None, extensions={"persistedQuery": {"version": 1, "sha256Hash": identifier}})


def test_ids_only_runs_ids(shop, manifest):
    start(shop, manifest, "ids_only")
    assert by_id(shop).json() == {"data": {"me": {"id": "1"}}}
    assert shop.query(None, documentId=KNOWN_ID).json() == {"data": {"me": {"id": "1"}}}


def test_ids_only_refuses_text(shop, manifest):
    start(shop, manifest, "ids_only")
    answer = shop.query(KNOWN)
    assert answer.status == 400 and answer.codes() == ["PERSISTED_QUERY_ID_REQUIRED"]
    assert by_id(shop, "0" * 64).codes() == ["PERSISTED_QUERY_NOT_IN_LIST"] and shop.subgraph_requests() == 0


def test_safelist_runs_listed_text_whatever_its_spacing(shop, manifest):
    start(shop, manifest, "safelist")
    assert shop.query("query Known\n{ me{ id }, } # comment").json() == {"data": {"me": {"id": "1"}}}
    assert by_id(shop).status == 200


def test_safelist_refuses_other_text(shop, manifest):
    start(shop, manifest, "safelist")
    answer = shop.query("{ me { name } }")
    assert answer.status == 400 and answer.codes() == ["QUERY_NOT_IN_SAFELIST"] and shop.subgraph_requests() == 0
    assert shop.query("{ me { name } }", extensions={"persistedQuery": {"version": 1, "sha256Hash": KNOWN_ID}}).codes() \
        == ["PERSISTED_QUERY_HASH_MISMATCH"]


def test_off_runs_text_and_refuses_ids(running):
    assert running.serves()
    assert by_id(running).codes() == ["PERSISTED_QUERY_NOT_SUPPORTED"]


def test_tampered_manifest_is_refused(shop, manifest):
    manifest.write_text(manifest.read_text().replace("{ me { id } }", "{ me { nm } }"))
    start(shop, manifest, "safelist", ready=False)
    shop.wait_live()
    wait_for(lambda: shop.refused("digest_mismatch") > 0, "the refusal")
    assert shop.get_health().status == 503


def test_manifest_whose_id_is_not_the_hash_is_refused(shop, manifest):
    manifest.write_text(manifest.read_text().replace("{ me { id } }", "{ me { name } }"))
    shop.sign(manifest, "operations", unchecked=True)
    shop.approve(manifest)
    start(shop, manifest, "ids_only", ready=False)
    shop.wait_live()
    wait_for(lambda: shop.refused("build") > 0, "the refusal")


def test_graph_statement_is_no_manifest(shop, manifest):
    start(shop, shop.graph_file, "safelist", ready=False)
    shop.wait_live()
    wait_for(lambda: shop.refused("wrong_kind") > 0, "the refusal")
