"""What is asked: requests, the graph they are asked of, and what a right answer holds at least."""

import dataclasses
import hashlib
import json
import pathlib
from collections.abc import Callable

from operations import operations
from tiny_graphql import Reader

FOLDER = pathlib.Path(__file__).resolve().parents[1]
D_OPERATIONS = 2_000
G_VARIANTS = 500
C_ITEMS = 5_250  # an answer of one megabyte
USERS = 6
HEAVY = (FOLDER / "heavy.graphql").read_text()
PERSISTED = (FOLDER / "persisted.graphql").read_text()
PERSISTED_ID = hashlib.sha256(PERSISTED.encode()).hexdigest()


class WrongAnswer(Exception):
    """An answer that nobody may count."""


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    requests: list[bytes]
    check: Callable[[list[dict]], None]  # raises WrongAnswer; gets every answer's `data`
    graph: str = "demo"
    warm_up: list[bytes] = ()  # other requests, where these are to be met cold
    persisted: bool = False    # the router has a manifest
    portable: bool = True      # other routers understand the request
    tls: bool = False          # the client speaks TLS
    base: str = ""             # nginx's workload that it is compared with
    fetches_min: int = 1       # of a request that is executed: whoever needs fewer has kept answers


def body(query, variables=None):
    return json.dumps({"query": query} | ({"variables": variables} if variables else {})).encode()


def holds(*wanted):
    """Every answer has these texts."""
    def check(answers):
        for data in answers:
            text = json.dumps(data)
            if missing := [one for one in wanted if one not in text]:
                raise WrongAnswer(f"lacks {missing}: {text[:300]}")
    return check


def shaped_as(texts):
    """Every answer has what its operation selects, in that order, and no null but for an object."""
    def fits(value, selections):
        if isinstance(value, list):
            return all(fits(item, selections) for item in value)
        if selections is None:
            return isinstance(value, (str, int))
        return value is None or (list(value) == [key for key, *_ in selections]
                                 and all(fits(value[key], below) for key, _, _, below in selections))

    def check(answers):
        for text, data in zip(texts, answers):
            if not fits(data, Reader(text).document()[0]):
                raise WrongAnswer(f"to {text}: {json.dumps(data)[:300]}")
    return check


def large(count, check):
    """Every answer also has that many bytes, written without spaces."""
    def checked(answers):
        check(answers)
        for data in answers:
            if (size := len(json.dumps(data, separators=(",", ":"), ensure_ascii=False))) < count:
                raise WrongAnswer(f"has {size} of {count} bytes: {json.dumps(data)[:300]}")
    return checked


def mostly_found(check):
    """Of nine answers in ten no field of the root is null."""
    def checked(answers):
        check(answers)
        if (nulls := sum(None in data.values() for data in answers)) * 10 > len(answers):
            raise WrongAnswer(f"{nulls} of {len(answers)} answers found nothing")
    return checked


check_heavy = large(80_000, holds("Ada Lovelace", '"inStock":', '"price":', '"stars":', '"birthday":'))


def check_list(answers):
    for data in answers:
        if len(data["items"]) != C_ITEMS or data["items"][-1]["id"] != f"item-{C_ITEMS - 1}":
            raise WrongAnswer(f"has {len(data['items'])} items")


def check_variants(answers):
    """Each has the user it asked for, and beside that all are alike."""
    rest = [{key: value for key, value in data.items() if key != "asked"} for data in answers]
    check_heavy(rest)
    for number, data in enumerate(answers):
        if data["asked"]["id"] != str(number % USERS + 1) or rest[number] != rest[0]:
            raise WrongAnswer(f"of variant {number} is another's: {data['asked']}")


def heavy_variant(number):
    text = HEAVY.replace("query Heavy {", "query Heavy($products: Int!, $reviews: Int!, $id: ID!) {\n"
                         "  asked: user(id: $id) { id name }")
    text = text.replace("(first: 100)", "(first: $products)").replace("    reviews {", "    reviews(first: $reviews) {", 1)
    return body(text, {"products": 100 + number, "reviews": 100 + number, "id": str(number % USERS + 1)})


def all_workloads():
    """By name, in the order of the report."""
    small = "{ me { id name username } }"
    small_operations = operations(D_OPERATIONS)
    whole = holds("Ada Lovelace", "birthday")
    found = [
        Workload("a", [body(HEAVY)], check_heavy, base="b", fetches_min=4),
        Workload("b", [body(small)], holds("Ada Lovelace"), base="b"),
        Workload("c", [body(f"{{ items(first: {C_ITEMS}) {{ id name note price weight inStock }} }}")], check_list,
                 graph="list", base="c"),
        Workload("d", [body(text) for text in small_operations], mostly_found(shaped_as(small_operations)), warm_up=[body(small)],
                 base="b"),
        Workload("e", [body((FOLDER / "introspection.graphql").read_text())],
                 large(15_000, holds("__Schema", "shippingEstimate", "FURNITURE")), base="b", fetches_min=0),
        Workload("f", [json.dumps({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": PERSISTED_ID}}}).encode()],
                 whole, persisted=True, portable=False, base="b"),
        Workload("f-text", [body(PERSISTED)], whole, persisted=True, base="b"),
        Workload("tls", [body(small)], holds("Ada Lovelace"), portable=False, tls=True, base="tls"),
        Workload("g", [heavy_variant(number) for number in range(G_VARIANTS)], check_variants, base="b", fetches_min=4),
    ]
    return {workload.name: workload for workload in found}


def data_of(name, answer):
    """`data` of an answer without errors."""
    try:
        parsed = json.loads(answer)
    except ValueError:
        raise WrongAnswer(f"{name}: {answer[:300]} is no JSON") from None
    if "errors" in parsed or not parsed.get("data"):
        raise WrongAnswer(f"{name}: {answer[:300]}")
    return parsed["data"]
