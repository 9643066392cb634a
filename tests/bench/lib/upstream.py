"""Upstream: the subgraphs of one graph behind the replay, which asks each thing once and then answers from memory."""

import json
import sys

from graphs import GRAPHS, GeneratedServer
from processes import Client, Process, free_port

PING = b'{"query":"{__typename}"}'


class Upstream:
    def __init__(self, graph, signet, replay, folder, cores):
        supergraph, generated = GRAPHS[graph]
        self.name = graph
        self.real = GeneratedServer(generated()) if generated else None
        real_port = self.real.port if self.real else free_port()
        if self.real is None:
            self.real = Process([signet, "demo", "--subgraphs-only", "--port", real_port], cores.others,
                                folder / f"{graph}-subgraphs.log")
            self.real.wait_answer(f"http://127.0.0.1:{real_port}/accounts", PING)
        self.port = free_port()
        self.replay = Process([replay, self.port, real_port], cores.others, folder / f"{graph}-replay.log")
        self.subgraph = "list" if graph == "list" else "accounts" if graph == "demo" else "s0"
        self.replay.wait_answer(f"http://127.0.0.1:{self.port}/{self.subgraph}", PING)
        self.supergraph = folder / f"{graph}.graphql"
        self.supergraph.write_text(supergraph(self.port))

    def counts(self):
        """Of the replay: requests, misses (asked of the real subgraphs), unknown (nobody knew the answer)."""
        client = Client(f"http://127.0.0.1:{self.port}/")
        counts = json.loads(client.get("/counts"))
        client.close()
        if counts["unknown"]:
            sys.exit(f"bench: the subgraphs of {self.name} did not know the answer {counts['unknown']} times")
        return counts

    def stop(self):
        self.replay.stop()
        self.real.stop()
