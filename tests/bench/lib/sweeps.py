"""Sweeps: the same work in growing sizes. Each point is a size and the requests that make it."""

import dataclasses
from collections.abc import Callable

from workloads import body

CONNECTIONS = 8  # fifty answers of 10 MB at a time would measure memory


@dataclasses.dataclass(frozen=True)
class Sweep:
    name: str
    unit: str  # what a size counts
    one: str   # that one unit's cost is told of; "": a size does not change what one request costs
    graph: str
    sizes: list[int]
    requests: Callable[[int], list[bytes]]
    size: str = "size"  # or "bytes": what the cost is held against


def items(kilobytes):
    return [body(f"{{ items(first: {max(1, kilobytes * 5)}) {{ id name note price weight inStock }} }}")]


def entities(count):
    return [body(f"{{ things(first: {count}) {{ id f1 }} }}")]


def subgraphs(count):
    return [body("{ things(first: 1) { id " + " ".join(f"f{number}" for number in range(count)) + " } }")]


def distinct(count):
    """Operations that differ in a literal: their answers and their work are the same, they are not."""
    return [body(f"{{ topProducts(first: {100 + number}) {{ upc name price }} }}") for number in range(count)]


SWEEPS = [
    Sweep("answer", "KB", "byte", "list", [1, 10, 100, 1_000, 10_000], items, size="bytes"),
    Sweep("entities", "entities", "entity", "wide", [10, 100, 1_000, 10_000, 100_000], entities),
    Sweep("subgraphs", "subgraphs", "subgraph", "wide", [1, 2, 5, 10, 20, 50], subgraphs),
    Sweep("operations", "operations", "", "demo", [1, 10, 100, 1_000, 10_000, 100_000], distinct),
]
