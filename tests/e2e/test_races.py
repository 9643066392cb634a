"""Files that change while they are read, and a router that is killed while it writes.

10,000 renames and 50 kills; SIGNET_FULL=1 has 100,000 and 500.
"""

import json
import os
import random
import threading
import time

from gate_support import make_graph, reload, statement_file
from keys_support import replace
from support import Stub, signet, subgraph_a, wait_for

FULL = bool(os.environ.get("SIGNET_FULL"))
SWAPS = 40 if FULL else 4
RENAMES_PER_SWAP = 2_500
KILLS = 500 if FULL else 50


def test_c12_what_serves_is_what_was_verified_however_often_the_file_is_swapped(shop):
    evil = Stub(subgraph_a)
    shop.closing.append(evil.close)
    good = []
    for number in range(SWAPS + 1):
        make_graph(shop, f"good {number}")
        good.append((shop.graph_file.read_bytes(), statement_file(shop).read_bytes()))
    shop.graph_file.write_bytes(good[0][0])
    statement_file(shop).write_bytes(good[0][1])
    allow = [f"http://127.0.0.1:{stub.port}" for stub in (shop.a, shop.b, evil)] + ["127.0.0.0/8"]
    shop.start(shop.config(allow=allow))

    answers, over = [], threading.Event()

    def ask():
        while not over.is_set():
            answers.append(shop.serves())

    asking = threading.Thread(target=ask)
    asking.start()
    choice = random.Random(12)
    try:
        for artifact, statement in good[1:]:
            false = artifact.replace(f"127.0.0.1:{shop.a.port}".encode(), f"127.0.0.1:{evil.port}".encode())
            assert false != artifact
            replace(statement_file(shop), statement)
            for count in range(RENAMES_PER_SWAP):
                replace(shop.graph_file, choice.choice((artifact, false)))
                if count % 20 == 0:
                    reload(shop)
            replace(shop.graph_file, artifact)
            reload(shop)
            serial = json.loads(signet("inspect", statement_file(shop), "--json").stdout)["serial"]
            wait_for(lambda: shop.status()["graph"]["serial"] == serial, "the graph that was signed")  # noqa: B023
    finally:
        over.set()
        asking.join()
    assert answers and all(answers)
    assert not evil.requests
    assert shop.metric("signet_config_applied_total") == SWAPS + 1


def test_f15_router_killed_at_any_instant_finds_old_or_new_and_nothing_torn(shop):
    began = time.monotonic()
    shop.start()
    to_ready = time.monotonic() - began
    first = shop.status()["graph"]["serial"]
    choice = random.Random(15)
    shop.router.kill()
    for number in range(KILLS):
        make_graph(shop, f"graph {number}")
        shop.start(ready=False)
        time.sleep(choice.uniform(0, 1.3 * to_ready))
        shop.router.kill()
        assert not shop.router.events("artifact_refused"), shop.router.log()
    shop.start()
    assert shop.serves() and shop.status()["graph"]["serial"] > first
    shop.router.stop()
    done = signet("audit", "verify", "--dir", shop.state, check=False)
    assert done.returncode in (0, 12), done.stdout + done.stderr


def test_f14_a_last_good_copy_that_is_gone_is_written_anew(running):
    copy = running.state / "graph.last-good"
    before = copy.read_bytes()
    copy.unlink()
    wait_for(copy.exists, "the copy")
    assert copy.read_bytes() == before


def test_f14_a_copy_that_cannot_be_written_keeps_no_floor_from_rising(running):
    first = running.status()["graph"]["serial"]
    copy = running.state / "graph.last-good"
    copy.unlink()
    copy.mkdir()
    (copy / "in-the-way").touch()
    make_graph(running, "second")
    wait_for(lambda: running.status()["graph"]["serial"] > first, "the new graph")
    serial = running.status()["graph"]["serial"]
    wait_for(lambda: f'"serial":{serial}' in (running.state / "graph.state").read_text(), "the floor")
