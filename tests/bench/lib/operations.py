"""Distinct small operations over the demo's graph, always the same ones. As a script: COUNT of them, one a line.

Each has one to three fetches as `fetches` counts them. No two of them ask the same of the graph, whatever the order of
their fields: they stay distinct when they are normalised.
"""

import random
import sys

# By type: leaves with the subgraph that has them, and fields that lead on: subgraph, type, arguments.
LEAVES = {
    "User": {"id": "", "name": "accounts", "username": "accounts", "birthday": "accounts"},
    "Product": {"upc": "", "name": "products", "price": "products", "weight": "products", "category": "products",
                "inStock": "inventory"},
    "Warehouse": {"country": "", "city": "", "area": "inventory"},
    "Review": {"id": "", "body": "reviews", "stars": "reviews"},
}
FIRST = [""] + [f"(first: {number})" for number in range(1, 6)]
LINKS = {
    "User": {"reviews": ("reviews", "Review", FIRST)},
    "Product": {"reviews": ("reviews", "Review", FIRST), "warehouses": ("inventory", "Warehouse", [""])},
    "Warehouse": {"manager": ("accounts", "User", [""])},
    "Review": {"author": ("reviews", "User", [""]), "product": ("reviews", "Product", [""])},
}
ROOTS = {
    "me": ("accounts", "User", [""]),
    "users": ("accounts", "User", [""]),
    "user": ("accounts", "User", [f'(id: "{number}")' for number in range(1, 7)]),
    "topProducts": ("products", "Product", FIRST),
    "product": ("products", "Product", [f'(upc: "{number}")' for number in range(1, 6)]),
    "productsIn": ("products", "Product", ["(category: FURNITURE)", "(category: LIGHT)"]),
    "warehouses": ("inventory", "Warehouse", [""]),
    "review": ("reviews", "Review", [f'(id: "{number}")' for number in range(1, 25)]),
}
FETCHES_MAX = 3
DEPTH_MAX = 3


class Node:
    """A field with what is selected below it."""

    def __init__(self, field, argument, leaves, links):
        self.field, self.argument, self.leaves, self.links = field, argument, leaves, links

    def text(self):
        return f"{self.field}{self.argument} {{ {' '.join(self.leaves + [link.text() for link in self.links])} }}"

    def identity(self):
        """The same for selections that differ in order only."""
        return self.field, self.argument, frozenset(self.leaves), frozenset(link.identity() for link in self.links)


def grow(chance, kind, depth):
    """Leaves and links of an object of type `kind`."""
    names = list(LEAVES[kind])
    leaves = chance.sample(names, chance.randint(1, min(4, len(names))))
    links = []
    if depth < DEPTH_MAX and chance.random() < 0.6:
        field = chance.choice(list(LINKS[kind]))
        _, below, arguments = LINKS[kind][field]
        links.append(Node(field, chance.choice(arguments), *grow(chance, below, depth + 1)))
    return leaves, links


def fetches(node, kind, at):
    """Fetches below an object of type `kind` that subgraph `at` returned: one per other subgraph that is needed."""
    elsewhere = {LEAVES[kind][leaf] for leaf in node.leaves} | {LINKS[kind][link.field][0] for link in node.links}
    count = len(elsewhere - {"", at})
    for link in node.links:
        subgraph, below, _ = LINKS[kind][link.field]
        count += fetches(link, below, subgraph)
    return count


def operations(count):
    """The first `count` of them, as texts."""
    chance = random.Random(2026)
    seen, found = set(), []
    while len(found) < count:
        field = chance.choice(list(ROOTS))
        subgraph, kind, arguments = ROOTS[field]
        node = Node(field, chance.choice(arguments), *grow(chance, kind, 1))
        if node.identity() in seen or 1 + fetches(node, kind, subgraph) > FETCHES_MAX:
            continue
        seen.add(node.identity())
        found.append(f"{{ {node.text()} }}")
    return found


if __name__ == "__main__":
    print("\n".join(operations(int(sys.argv[1]))))
