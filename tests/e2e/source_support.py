"""Where artifacts come from: a CDN that can be odd to the last byte, and an S3-shaped bucket that checks every signature."""

import datetime
import hashlib
import hmac
import json
import socket
import ssl

from support import RawServer, decode_payload, signet


def answer(body=b"", status="200 OK", fields="", length=None):
    """One whole HTTP answer in bytes; `length` where it is not to be the body's."""
    length = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\n{fields}Content-Length: {length}\r\n\r\n".encode() + body


def chunked(*chunks, fields="", end=b"0\r\n\r\n"):
    head = f"HTTP/1.1 200 OK\r\n{fields}Transfer-Encoding: chunked\r\n\r\n".encode()
    return head + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end


class Origin(RawServer):
    """Serves `files` by path. What `odd` names is answered by it instead: bytes, or a function that writes to the socket.

    One request a connection, as answers may end anywhere. With a certificate it speaks TLS.
    """

    def __init__(self, base="/shop", pair=None):
        self.base, self.files, self.odd, self.requests = base, {}, {}, []
        self.context = None
        if pair:
            self.use(pair)
        super().__init__()

    def use(self, pair):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(pair.cert, pair.key)

    def url(self, host="127.0.0.1"):
        return f"{'https' if self.context else 'http'}://{host}:{self.port}{self.base}"

    def serve(self, sock):
        try:
            with sock if not self.context else self.context.wrap_socket(sock, server_side=True) as stream:
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = stream.recv(65536)
                    if not piece:
                        return
                    head += piece
                lines = head.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")
                fields = dict(line.split(": ", 1) for line in lines[1:])
                path = lines[0].split(" ")[1]
                self.requests.append((path, fields))
                out = self.odd.get(path) or self.respond(lines[0].split(" ")[0], path, fields)
                if callable(out):
                    out(stream)
                else:
                    stream.sendall(out)
        except OSError:
            pass  # the router has seen enough

    def respond(self, method, path, fields):
        body = self.files.get(path)
        if body is None:
            return answer(b"nothing here", "404 Not Found", "Connection: close\r\n")
        return answer(body, fields="Connection: close\r\n")

    def publish(self, file):
        """Lays out a signed file; returns the paths of its statement and its artifact."""
        statement = (file.parent / f"{file.name}.jws").read_bytes()
        paths = f"{self.base}/statement.jws", f"{self.base}/artifacts/{json.loads(decode_payload(statement))['sha256']}"
        self.files[paths[1]] = file.read_bytes()
        self.files[paths[0]] = statement
        return paths


EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


def aws_error(code, status):
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><RequestId>1</RequestId></Error>'
    date = datetime.datetime.now(datetime.timezone.utc).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return answer(body.encode(), status, f"Date: {date}\r\nContent-Type: application/xml\r\nConnection: close\r\n")


class Bucket(Origin):
    """A bucket, path-style. Requests are judged by a verifier of AWS Signature Version 4 that was written for it."""

    def __init__(self, name="graphs", prefix="production/shop", **options):
        super().__init__(f"/{name}/{prefix}" if prefix else f"/{name}", **options)
        self.name, self.prefix = name, prefix
        self.keys = {"AKIASHOP": "hunter2/hunter2+hunter2"}
        self.token, self.region = None, "eu-central-1"
        self.ahead = datetime.timedelta(0)  # of the bucket's clock
        self.good = 0

    def respond(self, method, path, fields):
        problem = self.problem_of(method, path, {name.lower(): value for name, value in fields.items()})
        if problem:
            return aws_error(*problem)
        self.good += 1
        if path not in self.files:
            return aws_error("NoSuchKey", "404 Not Found")
        return super().respond(method, path, fields)

    def problem_of(self, method, path, fields):
        denied = "403 Forbidden"
        algorithm, _, rest = fields.get("authorization", "").partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(",")) if rest else {}
        if algorithm != "AWS4-HMAC-SHA256" or set(parts) != {"Credential", "SignedHeaders", "Signature"}:
            return "AccessDenied", denied
        key_id, day, region, service, ending = parts["Credential"].split("/")
        if key_id not in self.keys:
            return "InvalidAccessKeyId", denied
        if (region, service, ending) != (self.region, "s3", "aws4_request"):
            return "AuthorizationHeaderMalformed", "400 Bad Request"
        if self.token != fields.get("x-amz-security-token"):
            return "InvalidToken", "400 Bad Request"
        at = datetime.datetime.strptime(fields["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        if abs(datetime.datetime.now(datetime.timezone.utc) + self.ahead - at) > datetime.timedelta(minutes=15):
            return "RequestTimeTooSkewed", denied
        signed = parts["SignedHeaders"].split(";")
        needed = {"host"} | {name for name in fields if name.startswith("x-amz-")}
        if signed != sorted(signed) or not needed <= set(signed) or fields["x-amz-content-sha256"] != EMPTY_SHA256:
            return "SignatureDoesNotMatch", denied
        request = "\n".join([method, path, "", *(f"{name}:{fields[name]}" for name in signed), "", ";".join(signed),
                             EMPTY_SHA256])
        scope = f"{day}/{region}/{service}/{ending}"
        text = f"{algorithm}\n{fields['x-amz-date']}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        key = f"AWS4{self.keys[key_id]}".encode()
        for step in (day, region, service, ending):
            key = hmac.new(key, step.encode(), hashlib.sha256).digest()
        if hmac.new(key, text.encode(), hashlib.sha256).hexdigest() != parts["Signature"]:
            return "SignatureDoesNotMatch", denied
        return None

    def credentials(self, file):
        """Writes the one key of the bucket in the form of AWS's tools."""
        (key_id, secret), = self.keys.items()
        text = f"[default]\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n"
        if self.token:
            text += f"aws_session_token = {self.token}\n"
        file.write_text(text)
        file.chmod(0o600)
        return file

    def source(self, credentials_file, **more):
        keys = {"endpoint": f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}", "bucket": self.name,
                "region": self.region, "credentials_file": str(credentials_file), "poll": "1s", "jitter": "0s", **more}
        if self.prefix:
            keys["prefix"] = self.prefix
        return json.dumps({"s3": keys})


def new_version(shop, marker):
    """Another graph with the next serial, signed and approved."""
    shop.graph_file.write_text(shop.supergraph(marker))
    shop.sign()
    shop.approve()
    return json.loads(signet("inspect", f"{shop.graph_file}.jws", "--json").stdout)["serial"]
