"""What tests of the gate share: publishing, polling, and clocks that lie."""

import json
import os
import pathlib
import signal
import struct
import subprocess

from support import free_port, Process, request, signet, wait_for, webhook_headers

YEAR = 365 * 24 * 3600


def reload(shop):
    shop.router.process.send_signal(signal.SIGHUP)


def wait_serial(shop, serial):
    wait_for(lambda: shop.status()["graph"]["serial"] == serial, f"serial {serial}\n{shop.router.log()}")


def wait_refused(shop, reason, more_than=0):
    wait_for(lambda: shop.refused(reason) > more_than, f"a refusal {reason}")


def cdn_config(shop, cdn, poll="60s", **options):
    source = f"{{ cdn: {{ url: {cdn.url}, poll: {poll}, jitter: 0s, push: {{ secret_file: {shop.folder}/push.key }} }} }}"
    return shop.config(source, **options)


def push(shop, number):
    body = b"{}"
    headers = webhook_headers(shop.folder / "push.key", body, f"msg_{number}")
    assert request(shop.health, "POST", "/push", headers, body).status == 202


def publish(shop, cdn):
    cdn.publish(shop.graph_file.read_bytes(), statement_file(shop).read_bytes())


def statement_file(shop):
    return shop.graph_file.with_name(shop.graph_file.name + ".jws")


def make_graph(shop, marker, approved=True, lifetime=None):
    """A new graph in the shop's file, signed; its digest."""
    shop.graph_file.write_text(shop.supergraph(marker))
    shop.sign(lifetime=lifetime)
    if approved:
        shop.approve()
    return json.loads(signet("inspect", statement_file(shop), "--json").stdout)["sha256"]


def serve_admission(shop, **policy):
    """The admission webhook, and its port."""
    port = policy.pop("port", None) or free_port()
    file = shop.policy(port=port, **policy)
    admission = Process(shop.folder, "admission", ["admission", "serve", "-p", file])
    shop.closing.append(admission.kill)
    wait_for(lambda: admission.events("admission_listening"), "the admission server")
    return admission, port


def admission_block(shop, port):
    return f"admission: {{ url: \"http://127.0.0.1:{port}/review\", secret_file: {shop.folder}/hook.key, timeout: 1s }}\n"


class LyingClock:
    """The wall clock of processes that are started with `env`: off by so many seconds, which may change at any time.
    What measures durations tells the truth."""

    def __init__(self, folder):
        self.file = folder / "clock"
        library = folder / "lying_clock.so"
        subprocess.run(["clang-19", "-O1", "-fPIC", "-shared", "-o", library, pathlib.Path(__file__).with_name("lying_clock.c")],
                       check=True)
        self.off(0)
        self.env = {**os.environ, "LD_PRELOAD": str(library), "LYING_CLOCK": str(self.file)}

    def off(self, seconds):
        with self.file.open("r+b" if self.file.exists() else "wb") as file:
            file.write(struct.pack("q", seconds))


def alarms(shop):
    """Names of the alarms about the running graph, by /status; the gauges must say the same."""
    told = {alarm["alarm"] for alarm in shop.status()["alarms"]["graph"]}
    for alarm in shop.status()["alarms"]["graph"]:
        assert alarm["what_to_do"]
    return told


def wait_alarm(shop, name):
    wait_for(lambda: name in alarms(shop), f"the alarm {name}", 30)
    assert shop.metric("signet_config_alarm", signet_alarm_name=name, signet_artifact_kind="graph") == 1
    assert any(event.get("alarm") == name and event["what_to_do"] for event in shop.router.events("artifact_alarm"))


def wait_alarm_ended(shop, name):
    wait_for(lambda: name not in alarms(shop), f"the end of the alarm {name}", 30)
    assert shop.metric("signet_config_alarm", signet_alarm_name=name, signet_artifact_kind="graph") == 0
    assert any(event.get("alarm") == name for event in shop.router.events("artifact_alarm_ended"))
