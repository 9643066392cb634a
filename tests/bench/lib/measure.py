"""One measurement: a fresh process, warmed up, loaded, its CPU time by its answers."""

import load
from processes import Client
from upstream import Upstream
from workloads import WrongAnswer, data_of

WARM_UP_S = 1
EDGES = 0.9  # requests in flight when a window begins or ends have their fetches counted in another one


def ask(started, requests):
    """The answers, one after the other."""
    client = Client(started.url)
    answers = [client.post(request)[1] for request in requests]
    client.close()
    return answers


class Bench:
    """The upstreams, what the targets answer, and measurements."""

    def __init__(self, signet, replay, folder, cores, connections):
        self.signet, self.replay, self.folder, self.cores, self.connections = signet, replay, folder, cores, connections
        self.upstreams = {}
        self.answers = {}  # by workload: `data` of each request, as the first target answered
        self.cases = {}    # by target and workload
        self.warm = {}     # the same, of what warms it up

    def upstream(self, graph):
        if graph not in self.upstreams:
            self.upstreams[graph] = Upstream(graph, self.signet, self.replay, self.folder, self.cores)
        return self.upstreams[graph]

    def stop(self):
        for upstream in self.upstreams.values():
            upstream.stop()

    def prepare(self, target, workload):
        """Asks everything once, so that the replay knows it and the answers are known to be right.
        Raises WrongAnswer when they are not."""
        started = target.start(self.upstream(workload.graph), workload)
        try:
            started.process.wait_answer(started.url, workload.requests[0])
            answers = ask(started, workload.requests)
            warm = ask(started, workload.warm_up)
        finally:
            started.stop()
        data = [data_of(f"{target.name} {workload.name}", answer) for answer in answers]
        known = self.answers.get(workload.name) or self.checked(workload, data)
        if different := [number for number, one in enumerate(data) if one != known[number]]:
            raise WrongAnswer(f"answers {len(different)} of {len(data)} requests differently, first "
                              f"{workload.requests[different[0]][:200]}: {answers[different[0]][:200]}")
        self.cases[target.name, workload.name] = load.Cases(workload.requests, answers)
        self.warm[target.name, workload.name] = load.Cases(workload.warm_up or workload.requests, warm or answers)

    def checked(self, workload, data):
        """The first answers of a workload: what all others are held to."""
        try:
            workload.check(data)
        except (LookupError, TypeError) as problem:
            raise WrongAnswer(f"{workload.name}: {problem!r} in {str(data)[:300]}") from None
        self.answers[workload.name] = data
        return data

    def measure(self, target, workload, seconds):
        """A row: figures of one round. Raises WrongAnswer when an answer was not the expected one."""
        upstream = self.upstream(workload.graph)
        cases, warm = self.cases[target.name, workload.name], self.warm[target.name, workload.name]
        started = target.start(upstream, workload)
        try:
            started.process.wait_answer(started.url, warm.requests[0])
            self.load(started, warm, WARM_UP_S)
            asked, cpu_us = upstream.counts(), started.process.cpu_us()
            result = self.load(started, cases, seconds)
            cpu_us = started.process.cpu_us() - cpu_us
            asked = {key: value - asked[key] for key, value in upstream.counts().items()}
            memory_mb = started.process.memory_mb()
        finally:
            started.stop()
        if asked["misses"] > target.new_requests_max * result.requests:
            raise WrongAnswer(f"{target.name} {workload.name}: {asked['misses']} requests were new to the replay")
        fetches = asked["requests"] / result.requests
        if fetches < EDGES * workload.fetches_min:
            raise WrongAnswer(f"{target.name} {workload.name}: {fetches:.2f} fetches per request, {workload.fetches_min} are "
                              "needed: answers that were kept, or shared by requests, are not measured")
        return {"target": target.name, "workload": workload.name, "bytes": len(cases.answers[0]),
                "cpu_us": cpu_us / result.requests, "rps": result.requests / result.seconds, "p50_ms": result.p50_ms,
                "p99_ms": result.p99_ms, "memory_mb": memory_mb, "busy": cpu_us / 1e6 / result.seconds,
                "fetches": fetches}

    def load(self, started, cases, seconds):
        result = load.run(started.url, cases, seconds, self.connections, self.folder, self.cores)
        if problem := result.problem():
            raise WrongAnswer(f"{started.url}: {problem}: a result with wrong answers does not count")
        return result
