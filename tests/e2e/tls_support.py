"""Certificates made with the openssl command line, and the world of a shop that speaks TLS."""

import pathlib
import ssl
import subprocess
import threading

from support import Shop, Stub, signet, subgraph_a


def openssl(*arguments, text=None):
    subprocess.run(["openssl", *map(str, arguments)], input=text, check=True, capture_output=True, text=text is not None)


def san(*names):
    """subjectAltName as an extension in DER, so that names may hold what openssl's configuration cannot say."""
    items = b""
    for name in names:
        value = bytes(int(part) for part in name.split(".")) if name.replace(".", "").isdigit() else name.encode()
        items += bytes([0x87 if len(value) == 4 and name[0].isdigit() else 0x82, len(value)]) + value
    return "DER:" + ":".join(f"{byte:02x}" for byte in bytes([0x30, len(items)]) + items)


class Pair:
    def __init__(self, cert, key):
        self.cert, self.key = cert, key


class Authority:
    """A certificate authority in a folder of its own."""

    def __init__(self, folder, name="authority"):
        self.folder = pathlib.Path(folder) / name
        self.folder.mkdir()
        self.cert, self.key = self.folder / "ca.pem", self.folder / "ca.key"
        self.made = 0
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "10",
                "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.cert)

    def issue(self, *names, days=5):
        """A certificate for `names`; negative days: expired."""
        self.made += 1
        base = self.folder / f"leaf{self.made}"
        pair = Pair(base.with_suffix(".pem"), base.with_suffix(".key"))
        extensions, request = base.with_suffix(".ext"), base.with_suffix(".csr")
        extensions.write_text(f"subjectAltName = {san(*(names or ('localhost', '127.0.0.1')))}\n")
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=leaf",
                "-keyout", pair.key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.cert, "-CAkey", self.key, "-set_serial",
                1000 + self.made, "-days", days, "-extfile", extensions, "-out", pair.cert)
        return pair


class TlsStub(Stub):
    """A subgraph behind TLS. Handshakes happen in the connection's own thread; those that fail are counted."""

    def __init__(self, answer, pair, clients=None):
        super().__init__(answer)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(pair.cert, pair.key)
        if clients:
            self.context.load_verify_locations(clients)
            self.context.verify_mode = ssl.CERT_REQUIRED
        self.handshakes, self.failed, self.resumed = 0, 0, 0
        lock = threading.Lock()
        stub = self

        def finish_request(request, address):
            try:
                wrapped = stub.context.wrap_socket(request, server_side=True)
            except OSError:
                with lock:
                    stub.failed += 1
                return
            with lock:
                stub.handshakes += 1
                stub.resumed += wrapped.session_reused
            stub.server.RequestHandlerClass(wrapped, address, stub.server)
            wrapped.close()

        self.server.finish_request = finish_request


class TlsShop(Shop):
    """A shop whose client endpoint and whose subgraph `a` can speak TLS."""

    subgraph_host = "localhost"

    def __init__(self, folder):
        self.secure = None
        super().__init__(folder)
        self.authority = Authority(folder)
        self.cert, self.key = self.folder / "tls.crt", self.folder / "tls.key"
        self.place(self.authority.issue())

    def place(self, pair):
        """Puts a pair where the router's configuration points to."""
        for source, target in ((pair.cert, self.cert), (pair.key, self.key)):
            fresh = target.with_suffix(".new")
            fresh.write_bytes(source.read_bytes())
            fresh.chmod(0o600)
            fresh.replace(target)

    def supergraph(self, marker=""):
        text = super().supergraph(marker)
        if self.secure:
            text = text.replace(f"http://127.0.0.1:{self.a.port}/", f"https://{self.subgraph_host}:{self.secure.port}/")
        return text

    def allowed(self):
        a = f"https://{self.subgraph_host}:{self.secure.port}" if self.secure else f"http://127.0.0.1:{self.a.port}"
        return [a, f"http://127.0.0.1:{self.b.port}", "127.0.0.0/8"]

    def behind_tls(self, pair, **options):
        """Moves subgraph a behind TLS, and signs the graph that says so."""
        self.secure = TlsStub(subgraph_a, pair, **options)
        self.closing.append(self.secure.close)
        self.graph_file.write_text(self.supergraph())
        self.sign()
        signet("admission", "approve", self.graph_file, "-p", self.policy(allow=self.allowed()))
        return self.secure

    def tls_config(self, listen="", subgraphs="", tls=True, **options):
        """signet.yaml with listen.tls, and with `subgraphs` as further lines of that block."""
        file = self.config(allow=self.allowed(), **options)
        text = file.read_text()
        if tls:
            block = f"  tls: {{ cert_file: {self.cert}, key_file: {self.key}{listen} }}\n"
            text = text.replace(f"  admin: 127.0.0.1:{self.admin}\n", f"  admin: 127.0.0.1:{self.admin}\n{block}")
        text = text.replace("shutdown: {", f"{subgraphs}shutdown: {{", 1)
        file.write_text(text)
        return file

    def client_context(self, pair=None, protocols=None):
        context = ssl.create_default_context(cafile=self.authority.cert)
        if pair:
            context.load_cert_chain(pair.cert, pair.key)
        if protocols:
            context.set_alpn_protocols(protocols)
        return context
