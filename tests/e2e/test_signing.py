"""Serials and rollbacks: what `signet sign` continues, and what the running router makes of it."""

import hashlib
import json

import pytest

from gate_support import cdn_config, statement_file, wait_serial
from keys_support import add, publish, sign, statement_of
from support import signet, wait_for


def published(shop, cdn, folder):
    """What lies in the folder is what the CDN serves."""
    cdn.artifacts = {file.name: file.read_bytes() for file in (folder / "artifacts").iterdir()}
    cdn.statement = (folder / "statement.jws").read_bytes()


def sign_cdn(shop, folder, *more, **options):
    return signet("sign", *more, "--kid", "release-1", "--key", shop.folder / "release.key", "--cdn", folder, **options)


def new_version(shop, folder, marker):
    """Signs and approves another version into the folder, and returns its statement."""
    shop.graph_file.write_text(shop.supergraph(marker))
    sign_cdn(shop, folder, shop.graph_file, "--graph", "shop", "--environment", "test", "--out", shop.folder / "v.jws")
    approve_cdn(shop, folder)
    return statement_of(folder / "statement.jws")


def approve_cdn(shop, folder):
    signet("sign", "--add", folder / "statement.jws", "--kid", "approve-1", "--key", shop.folder / "approve.key")


def test_serials_grow_within_one_second(shop):
    serials = [statement_of(statement_file(shop))["serial"]]
    for _ in range(5):
        sign(shop)
        serials.append(statement_of(statement_file(shop))["serial"])
    assert serials == sorted(set(serials)) and serials[-1] - serials[0] < 60


def test_a_statement_names_what_it_replaces(shop):
    first = statement_of(statement_file(shop))
    shop.graph_file.write_text(shop.supergraph("second"))
    sign(shop)
    second = statement_of(statement_file(shop))
    assert second["previous"] == first["sha256"] and second["serial"] > first["serial"]


def test_serials_go_on_from_the_highest_that_lies_there(shop):
    """A fresh checkout has no statement beside its graph; the folder of the CDN has."""
    folder = shop.folder / "cdn"
    high = new_version(shop, folder, "in the folder")["serial"]
    old = shop.folder / "old.jws"
    old.write_bytes((folder / "statement.jws").read_bytes())
    for _ in range(3):
        sign_cdn(shop, folder, shop.graph_file, "--graph", "shop", "--environment", "test", "--out", shop.folder / "v.jws")
    last = statement_of(folder / "statement.jws")["serial"]
    assert last >= high + 3
    (shop.folder / "v.jws").unlink()
    sign_cdn(shop, folder, shop.graph_file, "--graph", "shop", "--environment", "test", "--out", shop.folder / "v.jws")
    assert statement_of(folder / "statement.jws")["serial"] > last
    # --previous says what is replaced; it does not take the serial back.
    last = statement_of(folder / "statement.jws")["serial"]
    sign_cdn(shop, folder, shop.graph_file, "--graph", "shop", "--environment", "test", "--out", shop.folder / "v.jws",
             "--previous", old)
    assert statement_of(folder / "statement.jws")["serial"] > last


def test_the_statement_of_another_graph_is_not_continued(shop):
    before = statement_file(shop).read_bytes()
    done = signet("sign", shop.graph_file, "--graph", "other", "--environment", "test", "--kid", "release-1", "--key",
                  shop.folder / "release.key", check=False)
    assert done.returncode == 1 and "each of them has its own statement file" in done.stderr
    assert statement_file(shop).read_bytes() == before


def test_rollback_is_a_new_statement_over_the_old_artifact(shop, cdn):
    folder = shop.folder / "cdn"
    first = new_version(shop, folder, "first")
    old_statement = (folder / "statement.jws").read_bytes()
    published(shop, cdn, folder)
    shop.start(cdn_config(shop, cdn, "1s"))
    second = new_version(shop, folder, "second")
    published(shop, cdn, folder)
    wait_serial(shop, second["serial"])
    cdn.statement = old_statement  # the plain old statement: a replay
    wait_for(lambda: shop.refused("rollback") > 0, "the refusal of the old statement")
    assert shop.status()["graph"]["sha256"] == second["sha256"]
    sign_cdn(shop, folder, "--rollback-to", first["sha256"])
    approve_cdn(shop, folder)
    third = statement_of(folder / "statement.jws")
    assert third["serial"] > second["serial"] and third["previous"] == second["sha256"]
    assert (third["graph"], third["environment"], third["artifact"]) == ("shop", "test", "graph")
    published(shop, cdn, folder)
    wait_serial(shop, third["serial"])
    assert shop.status()["graph"]["sha256"] == first["sha256"] and shop.serves()


def test_rollback_of_a_file(running):
    first, old = statement_of(statement_file(running)), running.graph_file.read_bytes()
    wait_serial(running, publish(running, "second", ("release-1", "release.key"), ("approve-1", "approve.key")))
    second = statement_of(statement_file(running))
    running.graph_file.write_bytes(old)
    signet("sign", running.graph_file, "--rollback-to", first["sha256"], "--kid", "release-1", "--key",
           running.folder / "release.key")
    add(running, "approve-1", "approve.key")
    third = statement_of(statement_file(running))
    assert third["previous"] == second["sha256"] and third["sha256"] == first["sha256"]
    wait_serial(running, third["serial"])
    assert running.serves()


@pytest.mark.parametrize("case,code,words", [
    ("not kept", 1, "there is no such artifact"), ("not a digest", 2, "64 lower-case hexadecimal digits"),
    ("another file", 1, "give the file that was signed then"), ("already there", 1, "there is nothing to go back from"),
    ("no statement", 1, "--previous"), ("no folder", 2, "artifact or --cdn"), ("altered", 1, "has sha256")])
def test_rollbacks_that_cannot_be(shop, case, code, words):
    folder = shop.folder / "cdn"
    first = new_version(shop, folder, "first")["sha256"]
    second = new_version(shop, folder, "second")["sha256"]
    before = (folder / "statement.jws").read_bytes()
    elsewhere = shop.folder / "elsewhere.graphql"
    elsewhere.write_bytes((folder / "artifacts" / first).read_bytes())
    if case == "altered":
        (folder / "artifacts" / first).write_text(shop.supergraph("not what was signed"))
    cdn = ["--cdn", folder]
    arguments = {"not kept": ["--rollback-to", hashlib.sha256(b"").hexdigest(), *cdn],
                 "not a digest": ["--rollback-to", "abc", *cdn],
                 "another file": [shop.graph_file, "--rollback-to", first, *cdn],
                 "already there": ["--rollback-to", second, *cdn],
                 "no statement": [elsewhere, "--rollback-to", first],
                 "no folder": ["--rollback-to", first],
                 "altered": ["--rollback-to", first, *cdn]}[case]
    done = signet("sign", *arguments, "--kid", "release-1", "--key", shop.folder / "release.key", check=False)
    assert done.returncode == code and words in done.stderr, done.stderr
    assert (folder / "statement.jws").read_bytes() == before


def test_usage_says_what_does_not_go_together(shop):
    arguments = ["--kid", "k", "--key", shop.folder / "release.key"]
    for more in (["--previous", statement_file(shop)], ["--rollback-to", "a" * 64], ["--lifetime", "1d"]):
        assert signet("sign", "--add", statement_file(shop), *more, *arguments, check=False).returncode == 2
    for missing in ("--graph", "--environment"):
        rest = [word for name in ("--graph", "--environment") if name != missing for word in (name, "x")]
        done = signet("sign", shop.graph_file, *rest, *arguments, check=False)
        assert done.returncode == 2 and missing in done.stderr


def test_posture_names_what_is_weak(shop):
    config = shop.config()
    done = signet("check", "-c", config, "--posture")
    assert done.stdout == "posture: nothing is weaker than it could be\n"
    text = config.read_text()
    approve = next(line for line in text.splitlines() if "kid: approve-1" in line)
    weak = text.replace(approve + "\n", "") + \
        f"admission: {{ url: \"http://127.0.0.1:9/review\", secret_file: {shop.folder}/hook.key }}\n"
    config.write_text(weak)
    done = signet("check", "-c", config, "--posture")
    assert f"{config}:" in done.stdout and "HMAC alone is weak" in done.stdout and "every router" in done.stdout
    answer = json.loads(signet("check", "-c", config, "--posture", "--output", "json").stdout)
    line = weak[:weak.index("    - { kid: release-1")].count("\n") + 1
    assert answer["weak"] and [(weakness["code"], weakness["path"], weakness["line"])
                               for weakness in answer["weaknesses"]] == [("hmac_alone", "trust.keys", line)]
    # What is wrong is still wrong.
    config.write_text(weak + "nonsense: 1\n")
    assert signet("check", "-c", config, "--posture", check=False).returncode == 1
    assert signet("check", "--posture", check=False).returncode == 2


def test_what_is_replaced_may_be_named_by_its_digest(shop):
    first = statement_of(statement_file(shop))["sha256"]
    shop.graph_file.write_text(shop.supergraph("refused by the webhook"))
    sign(shop)
    shop.graph_file.write_text(shop.supergraph("mended"))
    sign(shop, "release-1", "release.key", "--previous", first)
    assert statement_of(statement_file(shop))["previous"] == first


def test_signing_the_same_bytes_again_replaces_nothing(shop):
    first = statement_of(statement_file(shop))["sha256"]
    shop.graph_file.write_text(shop.supergraph("second"))
    sign(shop)
    serial = statement_of(statement_file(shop))["serial"]
    sign(shop)
    assert statement_of(statement_file(shop))["previous"] == first and statement_of(statement_file(shop))["serial"] > serial
