"""One router at a time in a state folder."""

import pathlib
import re
import signal

from support import Process, free_ports, signet, wait_for


def other_router(shop, drain="5s"):
    """A configuration for the same folder and other ports; its file and its health port."""
    graphql, health, admin = free_ports(3)
    text = shop.config().read_text()
    for mine, other in ((shop.port, graphql), (shop.health, health), (shop.admin, admin)):
        text = text.replace(f"127.0.0.1:{mine}\n", f"127.0.0.1:{other}\n")
    file = shop.folder / "other.yaml"
    file.write_text(re.sub(r"drain: \w+", f"drain: {drain}", text))
    return file, health


def test_second_router_does_not_start_and_names_the_first(running):
    config, _ = other_router(running, "1s")
    done = signet("serve", "-c", config, check=False)
    assert done.returncode == 3
    assert f"process {running.router.process.pid} on " in done.stderr and "state_locked" in done.stderr
    assert "give this one a folder of its own" in done.stderr
    assert running.serves() and not running.router.events("audit_tampered")


def test_successor_waits_for_a_router_that_is_stopping(running):
    config, health = other_router(running, "15s")
    successor = Process(running.folder, "successor", ["serve", "-c", config])
    running.closing.append(successor.kill)
    waiting = wait_for(lambda: successor.events("state_locked"), "the wait to be told")[0]
    assert waiting["waiting_at_most"] == "15s" and waiting["what_to_do"]
    assert running.serves()
    assert running.router.stop() == 0
    running.health = health
    wait_for(lambda: (answer := running.get_health()) and answer.status == 200, "the successor")


def test_hangup_does_not_end_a_router_that_waits(running):
    config, health = other_router(running, "15s")
    successor = Process(running.folder, "successor", ["serve", "-c", config])
    running.closing.append(successor.kill)
    wait_for(lambda: successor.events("state_locked"), "the wait to be told")
    successor.process.send_signal(signal.SIGHUP)
    assert running.router.stop() == 0
    running.health = health
    wait_for(lambda: (answer := running.get_health()) and answer.status == 200, "the successor")
    successor.process.send_signal(signal.SIGHUP)
    wait_for(lambda: successor.events("reloaded"), "a reload of the one that serves")


def test_termination_ends_a_router_that_waits(running):
    config, _ = other_router(running, "15s")
    successor = Process(running.folder, "successor", ["serve", "-c", config])
    running.closing.append(successor.kill)
    wait_for(lambda: successor.events("state_locked"), "the wait to be told")
    assert successor.stop() != 0 and running.serves()


def test_check_tells_of_a_state_folder_that_cannot_be_used(shop):
    assert signet("check", "-c", shop.config()).stdout == "ok\n"
    shop.state.rmdir()
    missing = signet("check", "-c", shop.config(), check=False)
    assert missing.returncode == 1 and re.search(r"signet\.yaml:\d+: graph\.state_dir: .*No such file", missing.stderr)
    pathlib.Path(shop.state).write_text("a file")
    no_folder = signet("check", "-c", shop.config(), check=False)
    assert no_folder.returncode == 1 and "Not a directory" in no_folder.stderr
