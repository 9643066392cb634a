"""Processes on cores of their own: started, waited for, their CPU time and memory with everything they started."""

import http.client
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import time

TICK_US = 1_000_000 / os.sysconf("SC_CLK_TCK")
PATIENCE_S = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class NoService(Exception):
    """A process that does not get ready."""


class Client:
    """One keep-alive connection that posts JSON to one URL."""

    def __init__(self, url):
        tls, place, self.path = re.fullmatch(r"http(s?)://([^/]+)(/.*)", url).groups()
        self.connection = (http.client.HTTPSConnection(place, timeout=PATIENCE_S, context=ssl._create_unverified_context())
                           if tls else http.client.HTTPConnection(place, timeout=PATIENCE_S))

    def post(self, body):
        """The answer's status and bytes."""
        try:
            self.connection.request("POST", self.path, body, {"Content-Type": "application/json"})
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            self.connection.close()
            raise

    def get(self, path):
        self.connection.request("GET", path)
        return self.connection.getresponse().read()

    def close(self):
        self.connection.close()


class Cores:
    """Where a process may run: the measured one alone on the first core, everything else on the others."""

    def __init__(self):
        cores = sorted(os.sched_getaffinity(0))
        self.measured = {cores[0]}
        self.others = set(cores[1:]) or self.measured
        self.shared = len(cores) == 1


class Process:
    """A command in a session of its own, so that whatever it starts is found."""

    def __init__(self, command, cores, log):
        self.log = log
        try:
            self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                            stderr=log.open("wb"), start_new_session=True,
                                            preexec_fn=lambda: os.sched_setaffinity(0, cores))
        except OSError as problem:
            raise NoService(f"{command[0]} does not start: {problem}") from None

    def wait_answer(self, url, body):
        """Posts until the answer is 200: a process may listen before it is ready."""
        limit = time.monotonic() + PATIENCE_S
        while True:
            client = Client(url)
            try:
                status, answer = client.post(body)
                problem = f"{status} {answer[:300]}"
            except (OSError, http.client.HTTPException) as failure:
                status, problem = 0, failure
            finally:
                client.close()
            if status == 200:
                return answer
            self.check_alive(problem, limit)
            time.sleep(0.005)

    def check_alive(self, problem, limit):
        if self.process.poll() is not None or time.monotonic() > limit:
            raise NoService(f"{self.process.args[0]} does not serve: {problem}\n{self.log.read_text()[-2000:]}")

    def family(self):
        """The `/proc` folders of the session's processes, with the fields of their `stat`."""
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue  # it ended
            if int(fields[3]) == self.process.pid:
                yield folder, fields

    def cpu_us(self):
        # user, system, and both again of children that ended
        return sum(sum(map(int, fields[11:15])) for _, fields in self.family()) * TICK_US

    def memory_mb(self, key="VmHWM"):
        """VmHWM: at its peak; VmRSS: now. Units: 10^6 bytes."""
        return sum(self.memory_kib(folder, key) for folder, _ in self.family()) * 1024 / 1e6

    @staticmethod
    def memory_kib(folder, key):
        try:
            found = re.search(rf"{key}:\s+(\d+)", (folder / "status").read_text())
        except OSError:
            return 0
        return int(found[1]) if found else 0

    def stop(self):
        for how, patience_s in ((signal.SIGTERM, 5), (signal.SIGKILL, None)):
            try:
                os.killpg(self.process.pid, how)
                self.process.wait(patience_s)
                return
            except ProcessLookupError:
                self.process.wait()
                return
            except subprocess.TimeoutExpired:
                continue
