"""Upstream: the subgraphs of one graph behind the replay, which asks each thing once and then answers from memory."""

import json
import sys

from graphs import GRAPHS, GeneratedServer
from processes import Client, Process, free_port

PING = b'{"query":"{__typename}"}'


class Upstream:
    def __init__(self, graph, signet, replay, folder, cores):
        self.name, self.port, self.running = graph, free_port(), []
        supergraph, generated = GRAPHS[graph]
        self.subgraph = {"demo": "accounts", "list": "list", "wide": "s0"}[graph]  # that a plain proxy passes on to
        self.supergraph = folder / f"{graph}.graphql"
        self.supergraph.write_text(supergraph(self.port))
        try:
            real_port = self.start_generated(generated()) if generated else self.start_demo(signet, folder, cores)
            self.start([replay, self.port, real_port], self.port, folder / f"{graph}-replay.log", cores)
        except BaseException:
            self.stop()
            raise

    def start_generated(self, subgraphs):
        self.running.append(GeneratedServer(subgraphs))
        return self.running[-1].port

    def start_demo(self, signet, folder, cores):
        port = free_port()
        self.start([signet, "demo", "--subgraphs-only", "--port", port], port, folder / "demo-subgraphs.log", cores)
        return port

    def start(self, command, port, log, cores):
        process = Process(command, cores.others, log)
        self.running.append(process)
        process.wait_answer(f"http://127.0.0.1:{port}/{self.subgraph}", PING)

    def counts(self):
        """Of the replay: requests, misses (asked of the real subgraphs), unknown (nobody knew the answer)."""
        client = Client(f"http://127.0.0.1:{self.port}/")
        counts = json.loads(client.get("/counts"))
        client.close()
        if counts["unknown"]:
            sys.exit(f"bench: the subgraphs of {self.name} did not know the answer {counts['unknown']} times")
        return counts

    def stop(self):
        for server in reversed(self.running):
            server.stop()
