"""What is measured: signet, nginx as a plain proxy, and peers. Each starts as one fresh process on the measured core."""

import json
import os
import shlex
import shutil
import subprocess
import sys

from processes import Process, free_port
from workloads import PERSISTED, PERSISTED_ID

NGINX_CONF = """daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream subgraph {{ server 127.0.0.1:{upstream.port}; keepalive 100; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port}{tls};
    location / {{
      proxy_pass http://subgraph/{upstream.subgraph}; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_max_temp_file_size 0;
    }}
  }}
}}
"""
ROUTER_YAML = """version: 1
workers: 1
access_log: {{ output: off }}
listen: {{ {graphql}{tls}health: "127.0.0.1:{health}", admin: "127.0.0.1:{admin}" }}
"""
SERVE_YAML = """graph: {{ name: bench, environment: bench, source: {{ file: {graph} }} }}
operations: {{ mode: safelist, source: {{ file: {manifest} }} }}
trust:
  keys:
    - {{ kid: release, role: release, secret_file: {folder}/release.key }}
    - {{ kid: approve, alg: Ed25519, role: approve, public_key_file: {folder}/approve.key.pub }}
subgraphs: {{ allow: ["http://127.0.0.1:{upstream.port}", "127.0.0.0/8"] }}
shutdown: {{ pre_stop: 0s, drain: 1s }}
"""
POLICY_YAML = """version: 1
listen: "127.0.0.1:{port}"
secret_file: {folder}/webhook.key
approve: {{ kid: approve, key_file: {folder}/approve.key }}
graphs:
  - name: bench
    environment: bench
    keys: [{{ kid: release, role: release, secret_file: {folder}/release.key }}]
    allow: ["http://127.0.0.1:{upstream.port}", "127.0.0.0/8"]
    allow_plain_http: true
"""


def certificate(folder):
    """Files of a fresh one, and its key, for 127.0.0.1."""
    files = folder / "tls.crt", folder / "tls.key"
    if not files[0].exists():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
        files[1].chmod(0o600)
    return files


class Started:
    """A process that is measured; `health` is the port of signet's health pages, 0 for others."""

    def __init__(self, process, url, health=0):
        self.process, self.url, self.health = process, url, health

    def stop(self):
        self.process.stop()


class Signet:
    name = "signet"
    new_requests_max = 0  # share of requests that may be new to the replay while it is measured

    def __init__(self, binary, folder, cores):
        self.binary, self.folder, self.cores = binary, folder, cores
        self.signed = None

    def answers(self, workload):
        return True

    def start(self, upstream, workload):
        return self.start_serve(upstream) if workload.persisted else self.start_dev(upstream.supergraph, workload.tls)

    def start_dev(self, supergraph, tls=False):
        port, health, admin = free_port(), free_port(), free_port()
        config = self.folder / "signet-dev.yaml"
        files = "tls: {{ cert_file: {}, key_file: {} }}, ".format(*certificate(self.folder)) if tls else ""
        config.write_text(ROUTER_YAML.format(graphql="", tls=files, health=health, admin=admin))
        started = self.run(["dev", "--supergraph", supergraph, "--listen", f"127.0.0.1:{port}", "-c", config], port, health)
        if tls:
            started.url = started.url.replace("http:", "https:")
        return started

    # As in production: a signed graph and a signed manifest.
    def start_serve(self, upstream):
        folder = self.signed or self.sign(upstream)
        port, health, admin = free_port(), free_port(), free_port()
        config = folder / "signet.yaml"
        config.write_text(ROUTER_YAML.format(graphql=f'graphql: "127.0.0.1:{port}", ', tls="", health=health, admin=admin)
                          + SERVE_YAML.format(graph=folder / "graph.graphql", manifest=folder / "operations.json",
                                              folder=folder, upstream=upstream))
        return self.run(["serve", "-c", config], port, health)

    def run(self, command, port, health):
        process = Process([self.binary, *command], self.cores.measured, self.folder / "signet.log")
        return Started(process, f"http://127.0.0.1:{port}/graphql", health)

    def sign(self, upstream):
        folder = self.folder / "signed"
        folder.mkdir()
        shutil.copy(upstream.supergraph, folder / "graph.graphql")
        (folder / "operations.json").write_text(json.dumps({
            "format": "apollo-persisted-query-manifest", "version": 1,
            "operations": [{"id": PERSISTED_ID, "name": "Persisted", "type": "query", "body": PERSISTED}]}))
        self.command("keygen", "hmac", "--out", folder / "release.key")
        self.command("keygen", "ed25519", "--out", folder / "approve.key")
        self.command("keygen", "webhook", "--out", folder / "webhook.key")
        policy = folder / "admission.yaml"
        policy.write_text(POLICY_YAML.format(port=free_port(), folder=folder, upstream=upstream))
        for kind, file in (("graph", "graph.graphql"), ("operations", "operations.json")):
            self.command("sign", folder / file, "--kind", kind, "--graph", "bench", "--environment", "bench", "--kid",
                         "release", "--key", folder / "release.key")
            self.command("admission", "approve", folder / file, "--policy", policy)
        self.signed = folder
        return folder

    def command(self, *arguments):
        done = subprocess.run([self.binary, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"bench: signet {arguments[0]}: {done.stderr}")


class Nginx:
    name = "nginx"
    new_requests_max = 0

    def __init__(self, folder, cores):
        self.folder, self.cores = folder, cores

    @staticmethod
    def binary():
        found = shutil.which("nginx") or "/usr/sbin/nginx"
        return found if os.access(found, os.X_OK) else None

    def answers(self, workload):
        return workload.name == workload.base

    def start(self, upstream, workload):
        port = free_port()
        conf = self.folder / "nginx.conf"
        tls = " ssl; ssl_certificate {}; ssl_certificate_key {}".format(*certificate(self.folder)) if workload.tls else ""
        conf.write_text(NGINX_CONF.format(folder=self.folder, upstream=upstream, port=port, tls=tls))
        command = [self.binary(), "-c", conf, "-p", self.folder]
        scheme = "https" if workload.tls else "http"
        return Started(Process(command, self.cores.measured, self.folder / "nginx.log"), f"{scheme}://127.0.0.1:{port}/")


class Peer:
    """Any router that a command starts; {supergraph} and {port} are filled in. It answers at /graphql."""

    new_requests_max = 0.001  # who orders representations by chance asks something new now and then

    def __init__(self, text, folder, cores):
        self.name, _, self.command = text.partition("=")
        self.folder, self.cores = folder, cores

    def answers(self, workload):
        return workload.portable

    def start(self, upstream, workload):
        port = free_port()
        command = [word.replace("{supergraph}", str(upstream.supergraph)).replace("{port}", str(port))
                   for word in shlex.split(self.command)]
        process = Process(command, self.cores.measured, self.folder / f"{self.name}.log")
        return Started(process, f"http://127.0.0.1:{port}/graphql")
