"""Graphs that come as a ConfigMap: the kubelet's symlink swaps, the tenth like the first (field report 1)."""

import os
import shutil
import signal

import pytest

from support import json_answer, wait_for

SLOW_SWAPS = 10
FAST_SWAPS = 10


class Volume:
    """A folder as the kubelet lays it out: ..data -> ..N, and names that lead through ..data."""

    def __init__(self, shop):
        self.shop, self.folder, self.number = shop, shop.folder / "vol", 0
        self.folder.mkdir()
        for name in ("graph.json", "graph.json.jws"):
            (self.folder / name).symlink_to(f"..data/{name}")

    def prepare(self, number):
        """Graph N, whose root field is vN, signed and approved in a folder of its own."""
        made = self.shop.folder / f"graph-{number}"
        made.mkdir()
        file = made / "graph.json"
        text = self.shop.supergraph().replace("  echo(s: String, n: Int): String @join__field(graph: A)\n",
                                              f"  v{number}: Int @join__field(graph: A)\n")
        assert f"v{number}: Int" in text
        file.write_text(text)
        before = self.shop.folder / f"graph-{number - 1}" / "graph.json.jws"
        if before.exists():  # signing continues the statement that it finds: serials rise within one second, too
            shutil.copy(before, made)
        self.shop.sign(file)
        self.shop.approve(file)
        return made

    def swap(self, made):
        self.number += 1
        new, old = self.folder / f"..{self.number}", self.folder / f"..{self.number - 1}"
        shutil.copytree(made, new)
        (self.folder / "..data_tmp").symlink_to(new.name)
        (self.folder / "..data_tmp").rename(self.folder / "..data")
        shutil.rmtree(old, ignore_errors=True)


@pytest.fixture
def volume(shop):
    shop.a.answer = lambda *_: json_answer({"data": {f"v{i}": i for i in range(SLOW_SWAPS + FAST_SWAPS + 9)}})
    return Volume(shop)


def serves_only(shop, number):
    good, before = shop.query(f"{{ v{number} }}"), shop.query(f"{{ v{number - 1} }}")
    return good.json() == {"data": {f"v{number}": number}} and before.codes() == ["GRAPHQL_VALIDATION_FAILED"]


def total(shop, name):
    return sum(float(line.rsplit(" ", 1)[1]) for line in shop.metrics().splitlines() if line.startswith(name))


def descriptors(shop):
    return len(os.listdir(f"/proc/{shop.router.process.pid}/fd"))


def test_configmap_swaps_the_tenth_like_the_first(volume, shop):
    folders = [volume.prepare(number) for number in range(SLOW_SWAPS + FAST_SWAPS + 3)]
    volume.swap(folders[0])
    shop.start(shop.config(source=f"{{ file: {volume.folder}/graph.json }}"))
    pid = shop.router.process.pid
    assert shop.query("{ v0 }").json() == {"data": {"v0": 0}}
    for number in range(1, SLOW_SWAPS + 1):
        volume.swap(folders[number])
        wait_for(lambda: serves_only(shop, number), f"graph {number}", timeout=10)
        if number == 1:
            after_first = descriptors(shop)
    last = SLOW_SWAPS + FAST_SWAPS
    for number in range(SLOW_SWAPS + 1, last + 1):  # as fast as they come; only the last one must serve
        volume.swap(folders[number])
    wait_for(lambda: serves_only(shop, last), "the last graph of the burst", timeout=10)
    assert total(shop, "signet_config_refused_total") == 0, shop.metrics()
    # Plain files in place of the symlinks: rewritten in place, then replaced by a rename.
    current = volume.folder / "graph.json"
    for name in ("graph.json", "graph.json.jws"):
        (volume.folder / name).unlink()
        shutil.copy(folders[last] / name, volume.folder / name)
    for name in ("graph.json.jws", "graph.json"):
        with (volume.folder / name).open("wb") as file:
            file.write((folders[last + 1] / name).read_bytes())
    wait_for(lambda: serves_only(shop, last + 1), "the graph rewritten in place", timeout=10)
    for name in ("graph.json.jws", "graph.json"):
        temporary = volume.folder / f"{name}.tmp"
        shutil.copy(folders[last + 2] / name, temporary)
        temporary.rename(current.with_name(name))
    wait_for(lambda: serves_only(shop, last + 2), "the graph renamed over the file", timeout=10)
    assert shop.router.alive() and shop.router.process.pid == pid
    assert descriptors(shop) <= after_first + 2  # keep-alive connections to the subgraph come and go
    served = {event["sha256"] for event in shop.router.events("artifact_accepted")}
    assert total(shop, "signet_config_applied_total") == len(served) >= SLOW_SWAPS + 4
    print(f"{len(served)} graphs of {last + 3} served")


def test_killed_during_a_swap_restarts_from_the_last_good_copy(volume, shop):
    """SIGKILL at any moment leaves a state that the next start accepts, also when the source is gone."""
    folders = [volume.prepare(number) for number in range(6)]
    volume.swap(folders[0])
    config = shop.config(source=f"{{ file: {volume.folder}/graph.json }}")
    serial = 0
    for number in range(1, 6):
        shop.start(config)
        assert shop.status()["graph"]["serial"] >= serial, "never back"
        volume.swap(folders[number])
        if number % 2:
            wait_for(lambda: serves_only(shop, number), f"graph {number}")
            serial = shop.status()["graph"]["serial"]
        assert shop.router.stop(signal.SIGKILL) == -signal.SIGKILL
    shutil.rmtree(volume.folder)
    shop.start(config)
    assert shop.status()["graph"]["source"] == "last_good" and shop.status()["graph"]["serial"] >= serial
    assert shop.query("{ v5 }").json() == {"data": {"v5": 5}}
