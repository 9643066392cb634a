"""Sealed values: what `signet secrets` prints is opened by another program and by the router; nothing of it is shown."""

import base64
import json
import os
import pathlib
import re
import subprocess
import threading

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import keys_support
from keys_support import make_key
from support import SIGNET, signet, wait_for

KEY = "graph.source.cdn.token"
TOKEN = "hunter2-of-the-cdn"


def cipher(master, graph, environment):
    """The key of a graph, by the description in docs/secrets.md and not by the code under test."""
    secret = master.read_bytes().removesuffix(b"\n")
    info = f"signet.sealed.v1/{graph}/{environment}".encode()
    return AESGCM(HKDF(hashes.SHA256(), 32, b"signet.sealed.v1", info).derive(secret))


def additional(graph, environment, key):
    return f"signet.sealed.v1\n{graph}\n{environment}\n{key}".encode()


def open_sealed(master, text, key=KEY, graph="shop", environment="test"):
    data = keys_support.from_base64url(text.removeprefix("sealed:v1:"))
    return cipher(master, graph, environment).decrypt(data[:12], data[12:], additional(graph, environment, key)).decode()


def seal_elsewhere(master, value, key=KEY, graph="shop", environment="test"):
    nonce = os.urandom(12)
    data = cipher(master, graph, environment).encrypt(nonce, value.encode(), additional(graph, environment, key))
    return "sealed:v1:" + base64.urlsafe_b64encode(nonce + data).rstrip(b"=").decode()


def seal(master, value=TOKEN, key=KEY, graph="shop", environment="test", check=True):
    return signet("secrets", "seal", "--master-key-file", master, "--graph", graph, "--environment", environment, "--key",
                  key, text=value, check=check)


def rotate(config, old, new, check=True):
    return signet("secrets", "rotate", "-c", config, "--from", old, "--to", new, check=check)


@pytest.fixture
def masters(tmp_path):
    files = [tmp_path / "master.key", tmp_path / "master-2.key"]
    for file in files:
        signet("keygen", "hmac", "--out", file)
    return files


def config_with(shop, cdn, token, masters, more=""):
    source = f"{{ cdn: {{ url: {cdn.url}, poll: 1s, jitter: 0s, token: \"{token}\" }} }}  # the token is sealed"
    names = ["master_key_file", "previous_master_key_file"]
    secrets = ", ".join(f"{name}: {file}" for name, file in zip(names, masters))
    return shop.config(source, extra=f"secrets: {{ {secrets} }}\n{more}")


def start(shop, cdn, token, masters):
    cdn.publish(shop.graph_file.read_bytes(), pathlib.Path(f"{shop.graph_file}.jws").read_bytes())
    shop.start(config_with(shop, cdn, token, masters))


def sent_token(cdn):
    return cdn.stub.requests[-1][2]["Authorization"]


def test_another_program_opens_what_signet_sealed(masters):
    texts = [seal(masters[0], value).stdout.strip() for value in (TOKEN, TOKEN + "\n", "ü" * 1000, "x")]
    assert [open_sealed(masters[0], text) for text in texts] == [TOKEN, TOKEN, "ü" * 1000, "x"]
    assert len(set(texts)) == 4 and all(re.fullmatch(r"sealed:v1:[A-Za-z0-9_-]+", text) for text in texts)
    for wrong in ({"key": "graph.fallback.cdn.token"}, {"graph": "shop2"}, {"environment": "production"}):
        with pytest.raises(InvalidTag):
            open_sealed(masters[0], texts[0], **wrong)
    with pytest.raises(InvalidTag):
        open_sealed(masters[1], texts[0])


def test_router_uses_what_either_program_sealed(shop, cdn, masters):
    start(shop, cdn, seal(masters[0]).stdout.strip(), masters[:1])
    assert sent_token(cdn) == f"Bearer {TOKEN}" and shop.serves()
    config_with(shop, cdn, seal_elsewhere(masters[0], "sealed-elsewhere"), masters[:1])
    keys_support.reload(shop)
    wait_for(lambda: sent_token(cdn) == "Bearer sealed-elsewhere", "the other token")
    explained = signet("config", "explain", KEY, "-c", shop.folder / "signet.yaml").stdout
    for text in (shop.router.log(), shop.router.stdout.read_text(), json.dumps(shop.status()), shop.metrics(), explained):
        assert TOKEN not in text and "sealed-elsewhere" not in text


def test_value_never_comes_by_the_command_line(masters):
    done = signet("secrets", "seal", "--master-key-file", masters[0], "--graph", "shop", "--environment", "test", "--key",
                  KEY, TOKEN, text="", check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert seal(masters[0], "", check=False).returncode == 2


@pytest.mark.parametrize("how", ["another master", "moved", "another graph", "cut", "altered", "another version", "no master"])
def test_sealed_value_that_does_not_open_is_an_error_with_its_place(shop, cdn, masters, how):
    good = seal(masters[0]).stdout.strip()
    token = {"moved": lambda: seal(masters[0], key="graph.fallback.cdn.token").stdout.strip(),
             "another graph": lambda: seal(masters[0], graph="shop2").stdout.strip(),
             "cut": lambda: good[:-5], "altered": lambda: good[:40] + ("A" if good[40] != "A" else "B") + good[41:],
             "another version": lambda: good.replace("v1", "v9")}.get(how, lambda: good)()
    config = config_with(shop, cdn, token, {"another master": masters[1:]}.get(how, masters[:1]))
    if how == "no master":
        config.write_text(config.read_text().replace("secrets:", "# secrets:"))
    line, column = next((number, text.index(token)) for number, text in enumerate(config.read_text().splitlines(), 1) if token in text)
    for done in (signet("check", "-c", config, check=False), signet("serve", "-c", config, check=False),
                 signet("check", "-c", config, "--output", "json", check=False)):
        told = done.stdout + done.stderr
        assert done.returncode == 1, told
        assert f"signet.yaml:{line}:{column}: {KEY}: " in told or f'"line":{line}' in told
        for hidden in (TOKEN, token[12:], masters[0].read_text().strip(), masters[1].read_text().strip()):
            assert hidden not in told
    assert not cdn.stub.requests


def test_rotate_keeps_comments_mode_and_links(shop, cdn, masters):
    config = config_with(shop, cdn, seal(masters[0]).stdout.strip(), masters[:1], "# the end\n")
    config.chmod(0o640)
    real = config.rename(config.with_name("real.yaml"))
    config.symlink_to(real.name)
    before = real.read_text()
    assert rotate(config, *masters).stdout == "1 value sealed anew\n"
    after = real.read_text()
    old, new = (re.search(r"sealed:v1:[\w-]+", text)[0] for text in (before, after))
    assert after.replace(new, old) == before and new != old
    assert open_sealed(masters[1], new) == TOKEN
    assert config.is_symlink() and real.stat().st_mode & 0o777 == 0o640
    assert rotate(config, *masters).stdout == "0 values sealed anew\n" and real.read_text() == after


def test_rotations_at_once_leave_one_whole_file_and_what_lies_beside_it(shop, cdn, masters):
    config = config_with(shop, cdn, seal(masters[0]).stdout.strip(), masters[:1], "# the end\n" * 60000)
    config.with_name(config.name + ".new").write_text("somebody's own")
    length, seen, done = len(config.read_bytes()), set(), threading.Event()

    def watch():
        while not done.is_set():
            seen.add(len(config.read_bytes()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        running = [subprocess.Popen([SIGNET, "secrets", "rotate", "-c", config, "--from", masters[0], "--to", masters[1]],
                                    stdout=subprocess.PIPE, text=True) for _ in range(4)]
        told = [process.communicate(timeout=60)[0] for process in running]
    finally:
        done.set()
        watcher.join()
    assert sorted(told) == ["0 values sealed anew\n"] * 3 + ["1 value sealed anew\n"]
    assert [process.returncode for process in running] == [0] * 4
    assert seen == {length} and config.read_text().endswith("# the end\n")
    assert config.with_name(config.name + ".new").read_text() == "somebody's own"
    assert [file.name for file in shop.folder.iterdir() if ".signet-" in file.name] == []


def test_rotate_is_all_or_nothing(shop, cdn, masters):
    config = config_with(shop, cdn, seal(masters[0]).stdout.strip(), masters[:1],
                         f"cors: {{ origins: [\"{seal(masters[1], 'https://a.example', key='cors.origins[7]').stdout.strip()}\"] }}\n")
    before = config.read_text()
    done = rotate(config, *masters, check=False)
    assert done.returncode == 1 and "cors.origins[0]" in done.stderr and "nothing was changed" in done.stderr
    assert config.read_text() == before and TOKEN not in done.stdout + done.stderr
    assert rotate(config, masters[0], shop.folder / "none", check=False).returncode == 3
    (shop.folder / "weak").write_text("0123456789abcdef0123456789abcdef")
    assert rotate(config, masters[0], shop.folder / "weak", check=False).returncode == 1


def test_master_key_is_rotated_under_a_running_router(shop, cdn, masters):
    start(shop, cdn, seal(masters[0]).stdout.strip(), masters[:1])
    with keys_support.Load(shop) as load:
        config = shop.folder / "signet.yaml"
        text = config.read_text().replace(f"master_key_file: {masters[0]}",
                                          f"master_key_file: {masters[1]}, previous_master_key_file: {masters[0]}")
        config.write_text(text)
        keys_support.reload(shop)  # both open
        rotate(config, *masters)
        keys_support.reload(shop)
        config.write_text(config.read_text().replace(f", previous_master_key_file: {masters[0]}", ""))
        keys_support.reload(shop)  # the new one alone
        masters[0].unlink()
        polls = len(cdn.stub.requests)
        wait_for(lambda: len(cdn.stub.requests) > polls + 1, "more polls")
    assert load.failed == [] and shop.router.events("reload_refused") == []
    assert sent_token(cdn) == f"Bearer {TOKEN}"


def test_master_key_file_that_changes_alone_leaves_what_it_opened(shop, cdn, masters):
    start(shop, cdn, seal(masters[0]).stdout.strip(), masters[:1])
    masters[0].write_bytes(masters[1].read_bytes())
    told = wait_for(lambda: shop.router.events("secret_refused"), "the refusal", 8)[0]
    assert told["key"] == "secrets.master_key_file" and KEY in told["reason"] and TOKEN not in json.dumps(told)
    polls = len(cdn.stub.requests)
    wait_for(lambda: len(cdn.stub.requests) > polls + 1, "more polls")
    assert sent_token(cdn) == f"Bearer {TOKEN}" and shop.serves()
