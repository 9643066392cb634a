"""The bench's judgement: a missed target fails the gate, and wrong answers never count."""

import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading
import types

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/bench/lib"))

import judge  # noqa: E402
import load  # noqa: E402
from measure import Bench  # noqa: E402
from operations import operations  # noqa: E402
from processes import Client, NoService, Process, free_port  # noqa: E402
from tiny_graphql import Reader, Subgraph  # noqa: E402
from workloads import WrongAnswer, Workload, all_workloads, data_of, holds, shaped_as  # noqa: E402

GOOD = {target.figure: [target.at_most] * 3 for target in judge.TARGETS}


def test_figures_at_their_targets_pass():
    assert judge.passed(judge.judge(GOOD))


@pytest.mark.parametrize("target", judge.TARGETS, ids=lambda target: target.figure)
def test_each_target_that_is_missed_fails_the_gate(target):
    verdicts = judge.judge(GOOD | {target.figure: [target.at_most * 1.01] * 3})
    assert not judge.passed(verdicts)
    assert [verdict.target for verdict in verdicts if not verdict.met] == [target]


@pytest.mark.parametrize("target", judge.TARGETS, ids=lambda target: target.figure)
def test_a_figure_that_is_missing_is_no_verdict(target):
    for values in ([], [float("nan")]):
        with pytest.raises(judge.NotMeasured, match=target.figure):
            judge.judge(GOOD | {target.figure: values})


def test_medians_decide():
    one = [target for target in judge.TARGETS if target.figure == "a ratio"]
    assert judge.passed(judge.judge({"a ratio": [9, 99, 9.5]}, one))
    assert not judge.passed(judge.judge({"a ratio": [9, 99, 10.5]}, one))


def test_a_figure_that_some_rounds_lack_is_no_verdict():
    assert judge.judge(GOOD, rounds=3)
    with pytest.raises(judge.NotMeasured, match="start"):
        judge.judge(GOOD | {"start": [1]}, rounds=3)


def row(round_number, target, workload, cpu_us, **more):
    return {"round": round_number, "target": target, "workload": workload, "cpu_us": cpu_us, "fetches": 7.01,
            "memory_mb": 30, **more}


def test_ratios_are_those_of_one_round():
    bases = {"a": "b", "c": "c", "b": "b"}
    rows = [row(0, "nginx", "b", 10), row(0, "nginx", "c", 100), row(0, "signet", "a", 90), row(0, "signet", "c", 200),
            row(1, "nginx", "b", 20), row(1, "nginx", "c", 200), row(1, "signet", "a", 220), row(1, "signet", "c", 500),
            row(1, "peer", "a", 1)]
    figures = judge.row_figures(rows, bases)
    assert figures == {"a ratio": [9, 11], "c ratio": [2, 2.5], "a fetches": [7, 7], "a memory": [30, 30]}


def test_growth_between_decades():
    assert judge.grows_linearly([(10, 10), (100, 100), (1000, 900)], 1.3) == []
    assert judge.grows_linearly([(10, 10), (100, 100), (1000, 2000)], 1.3) == [(100, 1000, 2.0)]


def result(requests=100, wrong=0, errors=0):
    return load.Result(requests, wrong, errors, 1.0, 1.0, 1.0)


@pytest.mark.parametrize("bad", [result(wrong=1), result(errors=1), result(requests=0)])
def test_a_result_with_wrong_answers_does_not_count(bad, monkeypatch):
    monkeypatch.setattr(load, "run", lambda *_: bad)
    bench = Bench("signet", "replay", None, None, 50)
    with pytest.raises(WrongAnswer, match="does not count"):
        bench.load(types.SimpleNamespace(url="http://127.0.0.1/"), None, 1)


@pytest.mark.parametrize("answer", [b"", b"no JSON", b'{"data":null}', b'{"data":{"a":1},"errors":[]}'])
def test_answers_without_data_or_with_errors_are_wrong(answer):
    with pytest.raises(WrongAnswer):
        data_of("signet a", answer)


@pytest.mark.parametrize("data", [{"a": {"b": 1}}, {"a": {"c": 1, "b": 1}}, {"a": {"b": 1, "c": None}}, {"a": 1}, {}])
def test_answers_have_what_the_operation_selects(data):
    check = shaped_as(["{ a(first: 1) { b c } }"])
    check([{"a": {"b": 1, "c": "x"}}])
    check([{"a": [{"b": 1, "c": "x"}]}])
    with pytest.raises((WrongAnswer, TypeError)):
        check([data])


@pytest.mark.parametrize("name, wrong", [
    ("a", {"users": ["Ada Lovelace", {"inStock": 1, "price": 1, "stars": 1, "birthday": 1}]}),
    ("e", {"__schema": ["__Schema", "shippingEstimate", "FURNITURE"]}),
])
def test_answers_that_are_short_are_wrong(name, wrong):
    with pytest.raises(WrongAnswer, match="bytes"):
        all_workloads()[name].check([wrong])


def test_answers_that_find_nothing_are_wrong():
    workload = all_workloads()["d"]
    with pytest.raises(WrongAnswer, match="found nothing"):
        workload.check([{key: None for key, *_ in Reader(json.loads(request)["query"]).document()[0]}
                        for request in workload.requests])


@pytest.mark.parametrize("workload, fetches", [("a", 0), ("a", 3), ("b", 0), ("d", 0)])
def test_answers_that_were_kept_are_not_measured(workload, fetches, monkeypatch):
    bench, counts = Bench("signet", "replay", None, None, 50), iter([0, 100 * fetches])
    process = types.SimpleNamespace(wait_answer=lambda *_: None, cpu_us=lambda: 1, memory_mb=lambda: 1)
    started = types.SimpleNamespace(process=process, url="", stop=lambda: None)
    target = types.SimpleNamespace(name="peer", new_requests_max=0, start=lambda *_: started)
    monkeypatch.setattr(bench, "upstream", lambda _: types.SimpleNamespace(
        counts=lambda: {"misses": 0, "requests": next(counts)}))
    monkeypatch.setattr(load, "run", lambda *_: result())
    cases = load.Cases([b""], [b""])
    bench.cases["peer", workload] = bench.warm["peer", workload] = cases
    with pytest.raises(WrongAnswer, match="fetches per request"):
        bench.measure(target, all_workloads()[workload], 1)


class Scripted:
    """A target that gives one answer to everything."""

    def __init__(self, name, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.name = name
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.process = types.SimpleNamespace(wait_answer=lambda *_: None)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"

    def start(self, upstream, workload):
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def test_targets_that_answer_differently_are_refused(monkeypatch):
    bench = Bench("signet", "replay", None, None, 50)
    monkeypatch.setattr(bench, "upstream", lambda graph: None)
    workload = Workload("b", [b'{"query":"{ a b }"}'], holds('"a"'))
    bench.prepare(Scripted("signet", b'{"data":{"a":1,"b":2}}'), workload)
    bench.prepare(Scripted("nginx", b'{"data": {"b": 2, "a": 1}}'), workload)
    assert bench.cases["nginx", "b"].answers == [b'{"data": {"b": 2, "a": 1}}']
    for wrong in (b'{"data":{"a":1,"b":3}}', b'{"data":{"b":2}}', b'{"data":{"a":1,"b":2},"errors":[{}]}'):
        with pytest.raises(WrongAnswer):
            bench.prepare(Scripted("peer", wrong), workload)
    assert ("peer", "b") not in bench.cases


def test_the_gate_names_what_it_cannot_measure_without(tmp_path):
    done = subprocess.run([sys.executable, ROOT / "tests/bench/run", "--gate", "--signet", "/bin/true", "--replay",
                           tmp_path / "no-replay", "--micro", tmp_path / "no-micro"], capture_output=True, text=True,
                          env={"PATH": str(tmp_path)})
    assert done.returncode == 3
    for what in ("no-replay", "replay_upstream", "no-micro", "micro_bench", "wrk"):
        assert what in done.stderr


@pytest.mark.parametrize("tool, arguments", [
    ("run", ["--rounds", "0"]), ("run", ["--seconds", "-1"]), ("run", ["--connections", "many"]),
    ("run", ["--json", "/no/such/folder/x.json"]), ("run", ["--peer", "nothing"]), ("run", ["--gate", "--quick"]), ("run", ["--workloads", "z"]),
    ("curves", ["--rounds", "0"]), ("curves", ["--seconds", "0"]), ("curves", ["--up-to", "0"]), ("curves", ["--sweeps", "z"]),
    ("compare", ["--workload", "z", "/bin/true", "/bin/true"]), ("compare", ["--slices", "0", "/bin/true", "/bin/true"]),
], ids=lambda value: " ".join(value) if isinstance(value, list) else value)
def test_odd_arguments_are_refused_before_anything_starts(tool, arguments):
    done = subprocess.run([sys.executable, ROOT / "tests/bench" / tool, *arguments], capture_output=True, text=True)
    assert done.returncode == 2 and arguments[0] in done.stderr and "Traceback" not in done.stderr


def test_builds_are_compared_with_another_one(tmp_path):
    def compare(*arguments):
        return subprocess.run([sys.executable, ROOT / "tests/bench/compare", *arguments], capture_output=True, text=True)

    assert "two binaries" in compare("/bin/true").stderr
    done = compare("/bin/true", tmp_path / "absent")
    assert done.returncode == 3 and str(tmp_path / "absent") in done.stderr


def test_without_wrk_tls_alone_is_refused(tmp_path):
    done = subprocess.run([sys.executable, ROOT / "tests/bench/run", "--workloads", "tls", "--signet", "/bin/true", "--replay",
                           "/bin/true"], capture_output=True, text=True, env={"PATH": str(tmp_path)})
    assert done.returncode == 3 and "wrk (Debian package wrk)" in done.stderr


def test_a_command_that_does_not_exist_is_no_service(tmp_path):
    with pytest.raises(NoService, match="/no/router does not start"):
        Process(["/no/router", "dev"], {0}, tmp_path / "log")


def test_sigterm_ends_what_was_started(tmp_path):
    """As `run` and `curves` do it: by the `finally` of whoever started it."""
    script = f"""
import sys
sys.path.insert(0, {str(ROOT / "tests/bench/lib")!r})
import pathlib, time
from command_line import end_on_sigterm
from processes import Process
end_on_sigterm()
process = Process(["sleep", "1000"], {{0}}, pathlib.Path({str(tmp_path / "log")!r}))
try:
    print(process.process.pid, flush=True)
    time.sleep(1000)
finally:
    process.stop()
"""
    bench = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    started = pathlib.Path("/proc", bench.stdout.readline().strip())
    bench.terminate()
    assert bench.wait(timeout=10) == 143 and not started.exists()


def test_requests_of_the_list_workloads_are_distinct():
    workloads = all_workloads()
    for name, count in (("d", 2000), ("g", 500)):
        assert len(set(workloads[name].requests)) == count
    assert operations(100) == operations(200)[:100]


def test_generated_subgraphs_answer():
    things = Subgraph({"things": lambda first: [{"__typename": "Thing", "id": str(n)} for n in range(first)]},
                      lambda representation: {"__typename": "Thing", "name": f"thing {representation['id']}"})
    listed = things.answer(b'{"query":"query A($n: Int!) { x: things(first: $n) { __typename ...F } } '
                           b'fragment F on Thing { id }","variables":{"n":1}}')
    assert listed == b'{"data":{"x":[{"__typename":"Thing","id":"0"}]}}'
    entities = things.answer(b'{"query":"query($r:[_Any!]!){_entities(representations:$r){... on Thing{name}}}",'
                             b'"variables":{"r":[{"__typename":"Thing","id":"7"}]}}')
    assert entities == b'{"data":{"_entities":[{"name":"thing 7"}]}}'


@pytest.fixture
def replay(tmp_path):
    """replay_upstream in front of a subgraph that knows `{ a }` only; gives both."""
    binary = next((path for preset in ("dev", "bench")
                   if (path := ROOT / "build" / preset / "tests/replay_upstream").exists()), None)
    if binary is None:
        pytest.skip("replay_upstream is not built")
    real = Scripted("subgraph", b'{"data":{"a":1}}')
    port = free_port()
    process = Process([binary, port, real.server.server_address[1]], os.sched_getaffinity(0), tmp_path / "replay.log")
    yield types.SimpleNamespace(process=process, real=real, url=f"http://127.0.0.1:{port}/s", log=tmp_path / "replay.log")
    process.stop()


def test_the_replay_asks_once_and_counts_what_it_does_not_know(replay):
    assert replay.process.wait_answer(replay.url, b"{ a }") == b'{"data":{"a":1}}'
    replay.real.stop()
    client = Client(replay.url)
    assert client.post(b"{ a }") == (200, b'{"data":{"a":1}}')
    assert json.loads(client.get("/counts")) == {"requests": 2, "misses": 1, "unknown": 0}
    assert client.post(b"{ b }")[0] == 500
    assert json.loads(client.get("/counts")) == {"requests": 3, "misses": 1, "unknown": 1}
    client.close()
    replay.process.stop()
    assert replay.process.process.returncode == 1
    assert '"unknown":1' in replay.log.read_text()
