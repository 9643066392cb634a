"""The targets of performance.md, and whether figures meet them. No processes, no clock: figures in, verdicts out."""

import dataclasses
import math
import statistics


@dataclasses.dataclass(frozen=True)
class Target:
    figure: str  # by which the figure is found
    what: str
    at_most: float
    unit: str


@dataclasses.dataclass(frozen=True)
class Verdict:
    target: Target
    measured: float
    rounds: int
    met: bool


TARGETS = [
    Target("a ratio", "a, CPU per request by nginx's b", 10, "x"),
    Target("b ratio", "b, CPU per request by nginx's b", 2, "x"),
    Target("c ratio", "c, CPU per request by nginx's c", 3, "x"),
    Target("d ratio", "d, CPU per request by nginx's b", 6, "x"),
    Target("e ratio", "e, CPU per request by nginx's b", 2, "x"),
    Target("a fetches", "a, fetches per request", 7, ""),
    Target("a memory", "a, peak memory at 50 connections", 40, "MB"),
    Target("idle memory", "10,000 idle connections, memory", 40, "MB"),
    Target("cold", "one cold operation of d, text to plan", 150, "µs"),
    Target("plan a", "planning of a, text to plan", 300, "µs"),
    Target("plan hard", "the hard plan", 5_000, "µs"),
    Target("start", "start to ready, the demo's graph", 100, "ms"),
]


class NotMeasured(Exception):
    """A target without a figure is no verdict at all."""


def judge(figures, targets=None, rounds=None):
    """`figures`: by name, one value per round. A verdict per target, by the median of its rounds.
    Raises NotMeasured when a figure is missing, in one of `rounds` too, or is no number."""
    targets = TARGETS if targets is None else targets
    if missing := [target.figure for target in targets if not figures.get(target.figure)]:
        raise NotMeasured(f"no figure for: {', '.join(missing)}")
    if few := [target.figure for target in targets if rounds and len(figures[target.figure]) != rounds]:
        raise NotMeasured(f"not in all of {rounds} rounds: {', '.join(few)}")
    verdicts = []
    for target in targets:
        measured = statistics.median(figures[target.figure])
        if not math.isfinite(measured):
            raise NotMeasured(f"no number for: {target.figure}")
        verdicts.append(Verdict(target, measured, len(figures[target.figure]), measured <= target.at_most))
    return verdicts


def passed(verdicts):
    return bool(verdicts) and all(verdict.met for verdict in verdicts)


def ratio_figures(rows, bases):
    """From rows of all rounds: "W ratio" by round, against nginx's workload bases[W] of the same round."""
    figures = {}
    nginx = {(row["round"], row["workload"]): row["cpu_us"] for row in rows if row["target"] == "nginx"}
    for row in rows:
        base = nginx.get((row["round"], bases.get(row["workload"])))
        if row["target"] == "signet" and base:
            figures.setdefault(f"{row['workload']} ratio", []).append(row["cpu_us"] / base)
    return figures


def row_figures(rows, bases):
    """All figures that rows hold."""
    figures = ratio_figures(rows, bases)
    of_a = [row for row in rows if row["target"] == "signet" and row["workload"] == "a"]
    # In flight at the edges of a window: a few requests of thousands.
    figures["a fetches"] = [round(row["fetches"], 1) for row in of_a]
    figures["a memory"] = [row["memory_mb"] for row in of_a]
    return figures


def grows_linearly(points, factor_max):
    """`points`: (size, cost), sizes growing. The pairs of neighbours between which the cost per unit of size grew by more
    than `factor_max`, or that for each tenfold size; none: linear or better."""
    worse = []
    for (size, cost), (larger, higher) in zip(points, points[1:]):
        growth = (higher / larger) / (cost / size)
        if growth > factor_max ** max(1.0, math.log10(larger / size)):
            worse.append((size, larger, growth))
    return worse
