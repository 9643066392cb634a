"""Enough of GraphQL for subgraphs over generated data: selections, aliases, arguments, variables, fragments, _entities.

Documents are not validated. A value is a dict, a list of them, or a leaf; a member that is a function is called with the
field's arguments.
"""

import json
import re

TOKEN = re.compile(r'[\s,]*(?:#[^\n]*[\s,]*)*(\.\.\.|"(?:[^"\\]|\\.)*"|-?\d[\w.+-]*|\w+|[{}()\[\]:$!@=])')


class Reader:
    """Recursive descent over tokens. A selection is (response key, field, arguments, selections or None); a fragment's
    key is None, its selections are a list, or the name of a fragment."""

    def __init__(self, text):
        self.tokens = TOKEN.findall(text) + ["end"]
        self.at = 0

    def take(self, *wanted):
        if wanted and self.tokens[self.at] not in wanted:
            return None
        self.at += 1
        return self.tokens[self.at - 1]

    def document(self):
        operation, fragments = None, {}
        while self.tokens[self.at] != "end":
            if self.take("fragment"):
                name = self.take()
                self.skip_to("{")
                fragments[name] = self.selections()
            else:
                self.skip_to("{")
                operation = self.selections()
        return operation, fragments

    def skip_to(self, token):
        while self.tokens[self.at] != token:
            self.at += 1

    def selections(self):
        self.take("{")
        found = []
        while not self.take("}"):
            found.append(self.selection())
        return found

    def selection(self):
        if self.take("..."):
            if self.take("on"):
                self.take()
            elif self.tokens[self.at] != "{":
                return None, self.take(), {}, None
            return None, None, {}, self.selections()
        key = field = self.take()
        if self.take(":"):
            field = self.take()
        arguments = {}
        if self.take("("):
            while not self.take(")"):
                name = self.take()
                self.take(":")
                arguments[name] = self.value()
        return key, field, arguments, self.selections() if self.tokens[self.at] == "{" else None

    def value(self):
        """A function from variables to the value."""
        if self.take("$"):
            name = self.take()
            return lambda variables: variables.get(name)
        token = self.take()
        constant = json.loads(token) if token[0] in '"-0123456789' else token  # an enum's value, true and false: as text
        return lambda variables: constant


class Subgraph:
    """`roots`: fields of Query by name; `entity`: what a representation stands for."""

    def __init__(self, roots, entity=None):
        self.root = {"__typename": "Query", **roots}
        if entity:
            self.root["_entities"] = lambda representations: [entity(one) for one in representations]

    def answer(self, body):
        request = json.loads(body)
        operation, fragments = Reader(request["query"]).document()
        data = select(self.root, operation, fragments, request.get("variables") or {})
        return json.dumps({"data": data}, separators=(",", ":")).encode()


def select(value, selections, fragments, variables):
    if isinstance(value, list):
        return [select(item, selections, fragments, variables) for item in value]
    if selections is None or value is None:
        return value
    out = {}
    for key, field, arguments, below in selections:
        if key is None:
            out.update(select(value, fragments[field] if below is None else below, fragments, variables))
            continue
        found = value[field]
        if callable(found):
            found = found(**{name: read(variables) for name, read in arguments.items()})
        out[key] = select(found, below, fragments, variables)
    return out
