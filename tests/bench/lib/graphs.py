"""The graphs that the bench serves: the demo's, and two whose data is generated here.

`list`: one subgraph with one long list. `wide`: fifty subgraphs s0 to s49, each with one field of the entity Thing.
"""

import http.server
import pathlib
import re
import threading

from tiny_graphql import Subgraph

ROOT = pathlib.Path(__file__).resolve().parents[3]
WIDE_SUBGRAPHS = 50
ITEM_BYTES = 200  # of one item in an answer, about
HEAD = """schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION)
{ query: Query }
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
scalar join__FieldSet
scalar link__Import
enum link__Purpose { SECURITY EXECUTION }
"""


def demo_supergraph(port):
    text = (ROOT / "router/demo/supergraph.graphql").read_text()
    return re.sub(r'(name: "(\w+)", url: )"[^"]*"', rf'\1"http://127.0.0.1:{port}/\2"', text)


def join_graphs(names, port):
    lines = [f'  {name.upper()} @join__graph(name: "{name}", url: "http://127.0.0.1:{port}/{name}")' for name in names]
    return "enum join__Graph {\n" + "\n".join(lines) + "\n}\n"


def list_supergraph(port):
    return HEAD + join_graphs(["list"], port) + """
type Query @join__type(graph: LIST) { items(first: Int!): [Item!]! }
type Item @join__type(graph: LIST) { id: ID! name: String! note: String! price: Int! weight: Float! inStock: Boolean! }
"""


def list_subgraph():
    note = "What a person would write about a thing that they bought, used for a while, and liked well enough. "
    return {"list": Subgraph({"items": lambda first: [
        {"__typename": "Item", "id": f"item-{number}", "name": f"Item number {number}", "note": note,
         "price": number * 37 % 100_000, "weight": number % 1000 / 8, "inStock": number % 3 != 0}
        for number in range(first)]})}


def wide_supergraph(port):
    names = [f"s{number}" for number in range(WIDE_SUBGRAPHS)]
    roots = " ".join(f"@join__type(graph: {name.upper()})" for name in names)
    keys = " ".join(f'@join__type(graph: {name.upper()}, key: "id")' for name in names)
    fields = " ".join(f"f{number}: String! @join__field(graph: S{number})" for number in range(WIDE_SUBGRAPHS))
    return HEAD + join_graphs(names, port) + f"""
type Query {roots} {{ things(first: Int!): [Thing!]! @join__field(graph: S0) }}
type Thing {keys} {{ id: ID! {fields} }}
"""


def thing(number, identity):
    return {"__typename": "Thing", "id": identity, f"f{number}": f"{number} of {identity}"}


def wide_subgraphs():
    def subgraph(number):
        roots = {"things": lambda first: [thing(0, str(index)) for index in range(first)]} if number == 0 else {}
        return Subgraph(roots, lambda representation: thing(number, representation["id"]))

    return {f"s{number}": subgraph(number) for number in range(WIDE_SUBGRAPHS)}


# By name: the supergraph at a port, and the generated subgraphs; without those the demo's own serve it.
GRAPHS = {"demo": (demo_supergraph, None), "list": (list_supergraph, list_subgraph),
          "wide": (wide_supergraph, wide_subgraphs)}


class GeneratedServer:
    """Generated subgraphs at /NAME, in threads of this process: slow, asked once per request."""

    def __init__(self, subgraphs):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = subgraphs[self.path.strip("/")].answer(body)
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
