"""Figures of the gate that are not of a workload: idle connections, the time to start, and micro benchmarks."""

import http.client
import json
import os
import pathlib
import resource
import socket
import subprocess
import sys
import time

from judge import NotMeasured
from processes import Client
from workloads import all_workloads

ROOT = pathlib.Path(__file__).resolve().parents[3]
IDLE_CONNECTIONS = 9_990  # just below 10,000, where the router closes idle ones to make room
STARTS = 5
# Our figure: the benchmark, and what of it; times are in microseconds.
MICRO = {"cold": ("cold_operation", "median_us"), "plan a": ("heavy_text_to_plan", "cpu_time"),
         "plan hard": ("hard_text_to_plan", "cpu_time")}


def idle_memory_mb(signet, upstream):
    """What the router holds while so many clients keep connections on which they have had an answer."""
    allow_files(IDLE_CONNECTIONS + 200)
    request = all_workloads()["b"].requests[0]
    started = signet.start_dev(upstream.supergraph)
    clients = []
    try:
        answer = started.process.wait_answer(started.url, request)
        port = int(started.url.split(":")[2].split("/")[0])
        message = (f"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                   f"Content-Length: {len(request)}\r\n\r\n").encode() + request
        for number in range(IDLE_CONNECTIONS):
            clients.append(socket.create_connection(("127.0.0.1", port), timeout=10))
            clients[-1].sendall(message)
            if not read_answer(clients[-1]).endswith(answer):
                raise NotMeasured(f"connection {number + 1} of {IDLE_CONNECTIONS} is not served")
        return started.process.memory_mb("VmRSS")
    except OSError as problem:
        raise NotMeasured(f"connection {len(clients)} of {IDLE_CONNECTIONS}: {problem}") from None
    finally:
        for client in clients:
            client.close()
        started.stop()


def read_answer(client):
    """Until the body has come whole; all answers are shorter than one read."""
    text = b""
    while b"\r\n\r\n" not in text or text.endswith(b"\r\n\r\n"):
        piece = client.recv(1 << 16)
        if not piece:
            break
        text += piece
    return text


def allow_files(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise NotMeasured(f"{count} open files are not allowed (ulimit -Hn says {hard})")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count), hard))


def start_ms(signet, upstream):
    """From the start of the process until /health/ready says 200."""
    began = time.monotonic()
    started = signet.start_dev(upstream.supergraph)
    try:
        while time.monotonic() < began + 10:
            if is_ready(started.health):
                return (time.monotonic() - began) * 1000
            time.sleep(0.001)
        raise NotMeasured("the router does not become ready")
    finally:
        started.stop()


def is_ready(port):
    client = Client(f"http://127.0.0.1:{port}/")
    try:
        client.connection.request("GET", "/health/ready")
        return client.connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()


def micro_figures(binary, cores):
    names = "|".join(benchmark for benchmark, _ in MICRO.values())
    command = [binary, f"--benchmark_filter=^({names})(/.*)?$", "--benchmark_format=json"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"SIGNET_SOURCE_DIR": str(ROOT)},
                          preexec_fn=lambda: os.sched_setaffinity(0, cores.measured))
    if done.returncode != 0:
        sys.exit(f"bench: {binary}: {done.stderr[-2000:]}")
    found = {one["name"].split("/")[0]: one for one in json.loads(done.stdout)["benchmarks"]}
    return {figure: found[benchmark][what] for figure, (benchmark, what) in MICRO.items()
            if benchmark in found and not found[benchmark].get("error_occurred")}


def measure_round(signet, upstream, micro):
    """One value of each figure, by name."""
    starts = sorted(start_ms(signet, upstream) for _ in range(STARTS))
    return {"idle memory": idle_memory_mb(signet, upstream), "start": starts[STARTS // 2]} | micro_figures(micro, signet.cores)
