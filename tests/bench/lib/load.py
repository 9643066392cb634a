"""Load: many connections ask in turn, and every answer is compared with the one that is expected, byte by byte."""

import asyncio
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

MANY_BYTES = 50_000  # of an answer that takes its time
LUA = pathlib.Path(__file__).resolve().parents[1] / "load.lua"


@dataclasses.dataclass(frozen=True)
class Cases:
    """Requests with the answers that are right."""

    requests: list[bytes]
    answers: list[bytes]

    def filled_up(self, count):
        """At least `count` of them: again from the first one on."""
        times = -(-count // len(self.requests))
        return Cases(self.requests * times, self.answers * times)

    def write(self, file):
        with file.open("wb") as out:
            for request, answer in zip(self.requests, self.answers):
                out.write(b"%d %d\n" % (len(request), len(answer)) + request + answer)


@dataclasses.dataclass(frozen=True)
class Result:
    requests: int
    wrong: int
    errors: int
    seconds: float
    p50_ms: float
    p99_ms: float

    def problem(self):
        """Why this must not count, or nothing."""
        if self.requests == 0:
            return "no request was answered"
        if self.wrong or self.errors:
            return f"{self.wrong} wrong answers and {self.errors} errors among {self.requests} requests"
        return ""


def have_wrk():
    return shutil.which("wrk") is not None


def run(url, cases, seconds, connections, folder, cores):
    if not have_wrk():
        if url.startswith("https:"):
            sys.exit("bench: the workload tls needs wrk")
        return asyncio.run(python_load(url, cases, seconds, connections))
    # A thread per connection knows which answer is whose, and lets the last one come. It costs the load three times as
    # much; where answers are many and small, what is under way at the end of the window does not matter.
    largest = max(map(len, cases.answers))
    exact = len(cases.requests) > 1 or largest > MANY_BYTES
    threads = connections if exact else 1
    shared_among = threads if len(cases.requests) > 1 else 1
    file = folder / "cases"
    cases.filled_up(shared_among).write(file)
    last_answer_s = 0 if not exact else 1 if largest < MANY_BYTES else 3
    patience_s = max(1, seconds - 1)  # ends within the window: an answer that never comes is an error
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds + last_answer_s}s", "--timeout", f"{patience_s}s", "-s", LUA,
               url, "--", file, shared_among, seconds if exact else 0]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True,
                          preexec_fn=lambda: os.sched_setaffinity(0, cores.others))
    found = re.search(r"^RESULT (.*)$", done.stdout, re.M)
    if found is None:
        sys.exit(f"bench: wrk: {done.stdout}{done.stderr}")
    requests, wrong, errors, took_us, p50_us, p99_us = map(int, found[1].split())
    return Result(requests, wrong, errors, took_us / 1e6, p50_us / 1000, p99_us / 1000)


async def python_load(url, cases, seconds, connections):
    """Where wrk is not installed. Slower: the router may not be saturated; CPU per request says the same."""
    host, path = re.fullmatch(r"http://([^/]+)(/.*)", url).groups()
    name, port = host.split(":")
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: "
    messages = [(head + f"{len(request)}\r\n\r\n").encode() + request for request in cases.requests]
    latencies, wrong, turn = [], 0, 0
    start = time.monotonic()

    async def client():
        nonlocal wrong, turn
        reader, writer = await asyncio.open_connection(name, int(port), limit=1 << 24)
        while (began := time.monotonic()) < start + seconds:
            at, turn = turn % len(messages), turn + 1
            writer.write(messages[at])
            answer_head = (await reader.readuntil(b"\r\n\r\n")).lower()
            answer = await reader.readexactly(int(re.search(rb"content-length: *(\d+)", answer_head)[1]))
            latencies.append(time.monotonic() - began)
            wrong += answer_head.split()[1] != b"200" or answer != cases.answers[at]
        writer.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    latencies.sort()
    share = [1000 * latencies[int(part * (len(latencies) - 1))] for part in (0.5, 0.99)]
    return Result(len(latencies), wrong, 0, time.monotonic() - start, *share)
