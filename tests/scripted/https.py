"""An HTTPS server that answers as a test says, also wrongly, and keeps every
request.

    with HttpsServer(certificates, {"/token": [reply(400, error), token]}) as it:
        ... it.url, it.requests, it.wait(2)

An answer is one of these:

- octets, which are sent as they are (`reply` and `json_reply` make them);
- a list of steps: octets to send, a number of seconds to wait (less if the
  client leaves), HANG: to wait until the client leaves, CUT: to close without
  the end of TLS, RESET: to reset the connection;
- a function that is given the Request and returns an answer.

Each path has one answer, or a Turns of several: one for each request, the last
one for all further ones. FAULTS are answers with one fault each.
"""

import json
import select
import socket
import ssl
import struct
import threading
import time
import urllib.parse

HANG = "hang"
CUT = "cut"
RESET = "reset"
# No client of a test stays longer.
LIMIT = 60
REASONS = {200: "OK", 201: "Created", 204: "No Content", 302: "Found",
           400: "Bad Request", 401: "Unauthorized", 404: "Not Found",
           429: "Too Many Requests", 503: "Service Unavailable"}


def head(status=200, **fields):
    """The status line and the header; `_` in the name of a field is `-`."""
    lines = ["HTTP/1.1 %d %s" % (status, REASONS.get(status, "Status"))]
    lines += ["%s: %s" % (name.replace("_", "-"), value)
              for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def reply(status=200, body=b"", **fields):
    fields.setdefault("Content_Type", "application/json")
    return head(status, Content_Length=len(body), Connection="close",
                **fields) + body


def json_reply(value, status=200, **fields):
    return reply(status, json.dumps(value).encode(), **fields)


def chunked(body, size=16):
    """The body in chunks, with the last one and without trailers."""
    parts = [body[at:at + size] for at in range(0, len(body), size)] + [b""]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)


class Turns:
    """An answer for each request, in this order."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.lock = threading.Lock()

    def __call__(self, request):
        with self.lock:
            answer = self.answers[0]
            if len(self.answers) > 1:
                del self.answers[0]
        return answer(request) if callable(answer) else answer


class Request:
    """What a client sent."""

    def __init__(self, header, body):
        lines = header.decode("latin-1").split("\r\n")
        self.raw = header + b"\r\n\r\n" + body
        self.method, self.target, self.version = lines[0].split(" ")
        self.path, _, query = self.target.partition("?")
        self.query = dict(urllib.parse.parse_qsl(query, True))
        self.fields = [line.split(": ", 1) for line in lines[1:]]
        self.headers = {name.lower(): value for name, value in self.fields}
        self.body = body
        self.time = time.monotonic()

    @property
    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode(), True))


class HttpsServer:
    """`variant` and `version` are those of certificates.Certificates.context.
    `plain` is an answer without TLS, to whatever comes first; `port` 0: any
    that is free. `context`, if there is one, is used instead of certificates."""

    def __init__(self, certificates, answers, variant="good", version=None,
                 plain=None, address="127.0.0.1", port=0, context=None):
        self.answers = answers
        self.plain = plain
        self.context = context or certificates.context(variant, version)
        self.requests = []
        self.connections = 0
        self.open = 0
        self.errors = []  # of TLS, and of what is not a request
        self.changed = threading.Condition()
        self.listener = socket.create_server((address, port), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.url = "https://localhost:%d" % self.port
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        # accept() returns only then.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def wait(self, count, seconds=20):
        """Waits until that many requests came; false: there were fewer."""
        with self.changed:
            return self.changed.wait_for(
                lambda: len(self.requests) >= count, seconds)

    def settle(self, seconds=20):
        """Waits until all connections are done; false: some are not."""
        with self.changed:
            return self.changed.wait_for(lambda: self.open == 0, seconds)

    def to(self, path):
        """The requests to this path."""
        with self.changed:
            return [request for request in self.requests
                    if request.path == path]

    def accept(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            with self.changed:
                self.connections += 1
                self.open += 1
                self.changed.notify_all()
            threading.Thread(target=self.serve, args=(connection,),
                             daemon=True).start()

    def serve(self, connection):
        connection.settimeout(LIMIT)
        try:
            if self.plain is not None:
                perform(connection, self.plain)
                return
            connection = self.context.wrap_socket(connection, server_side=True)
            request = read_request(connection)
            with self.changed:
                self.requests.append(request)
                self.changed.notify_all()
            answer = self.answer(request)
            perform(connection, answer)
        except (OSError, ValueError) as error:
            with self.changed:
                self.errors.append(str(error))
        finally:
            connection.close()
            with self.changed:
                self.open -= 1
                self.changed.notify_all()

    def answer(self, request):
        answer = self.answers
        if isinstance(answer, dict):
            answer = answer.get(request.path, reply(404))
        while callable(answer):
            answer = answer(request)
        return answer


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            raise ValueError("no whole request: %r" % data[:80])
        data += more
    header, _, body = data.partition(b"\r\n\r\n")
    request = Request(header, body)
    length = int(request.headers.get("content-length", "0"))
    while len(body) < length:
        more = connection.recv(65536)
        if not more:
            raise ValueError("the body of the request is cut")
        body += more
    return Request(header, body)


def socks(connection, code):
    """The proxy's part of SOCKS 5; returns the name and port asked for."""
    connection.recv(3)
    connection.sendall(b"\5\0")
    length = connection.recv(5)[4]
    name = connection.recv(length)
    port = int.from_bytes(connection.recv(2), "big")
    connection.sendall(b"\5%c\0\1" % code + bytes(6))
    return name, port


def left(connection, seconds):
    """Waits until the client leaves, or for that long."""
    end = time.monotonic() + seconds
    while (rest := end - time.monotonic()) > 0:
        if not select.select([connection], [], [], rest)[0]:
            return False
        try:
            if not connection.recv(65536):
                return True
        except ssl.SSLWantReadError:
            pass
        except OSError:
            return True
    return False


def perform(connection, steps):
    """Does the steps, then closes as it should be done."""
    for step in [steps] if isinstance(steps, (bytes, str)) else steps:
        if isinstance(step, bytes):
            connection.sendall(step)
        elif step == HANG:
            left(connection, LIMIT)
            return
        elif step == CUT:
            connection.shutdown(socket.SHUT_RDWR)
            return
        elif step == RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                  struct.pack("ii", 1, 0))
            # close() of a TLS socket says nothing before it.
            return
        elif left(connection, step):
            return
    if isinstance(connection, ssl.SSLSocket):
        connection.settimeout(1)
        try:
            connection.unwrap()
        except OSError:
            pass  # the client did not wait for it


def drip(octets, pause=0.2):
    """Sends octet after octet."""
    steps = []
    for at in range(len(octets)):
        steps += [octets[at:at + 1], pause]
    return steps


BODY = b'{"access_token":"tok-%s","token_type":"Bearer"}' % (b"x" * 40)
BIG = 10 * 1024 * 1024
CHUNKED = head(Transfer_Encoding="chunked")

# name: (answer, how the client must take it). The words are those of enum
# http_result in src/net/http_reply.h.
FAULTS = {
    "cut-status": (b"HTTP/1.1 20", "lost"),
    "cut-header": (b"HTTP/1.1 200 OK\r\nContent-Le", "lost"),
    "cut-body": (head(Content_Length=len(BODY) + 1) + BODY, "lost"),
    "cut-without-tls-end":
        ([head(Content_Length=len(BODY) + 1) + BODY, CUT], "lost"),
    "cut-chunk": (head(Transfer_Encoding="chunked")
                  + chunked(BODY)[:30], "lost"),
    "no-last-chunk": (head(Transfer_Encoding="chunked")
                      + chunked(BODY)[:-5], "lost"),
    "nothing": (b"", "lost"),
    "reset": ([RESET], "lost"),
    "reset-in-body": ([head(Content_Length=999) + BODY, RESET], "lost"),
    "silent": ([HANG], "timeout"),
    "silent-in-header": ([b"HTTP/1.1 200 OK\r\n", HANG], "timeout"),
    "silent-in-body": ([head(Content_Length=9) + b"{", HANG], "timeout"),
    "drip": (drip(head(X="x" * 300) + BODY), "timeout"),
    "redirect": (reply(302, Location="https://localhost:1/token"),
                 "redirected"),
    "redirect-301": (reply(301, Location="http://localhost:1/"), "redirected"),
    "redirect-307": (reply(307, Location="/elsewhere"), "redirected"),
    "redirect-308": (reply(308, Location="//localhost:1/"), "redirected"),
    "redirect-to-nowhere": (reply(302, BODY), "redirected"),
    "not-modified": (head(304), "redirected"),
    "smtp": (b"220 mx.example ESMTP\r\n", "malformed"),
    "http-2": (b"HTTP/2 200\r\n\r\n", "malformed"),
    "http-2-frame": (b"\0\0\x12\4\0\0\0\0\0\0\3\0\0\0\x80\0\4\0\1\0\0\n",
                     "malformed"),
    "http-0.9": (BODY + b"\n", "malformed"),
    "html-alone": (b"<html>log in first</html>\r\n", "malformed"),
    "zeros": (bytes(4096) + b"\n", "malformed"),
    "upgrade": (head(101, Upgrade="websocket"), "malformed"),
    "two-lengths": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                    b"Content-Length: 3\r\n\r\n{}", "malformed"),
    "length-and-chunks": (head(Content_Length=2, Transfer_Encoding="chunked")
                          + chunked(b"{}"), "malformed"),
    "chunk-without-size": (CHUNKED + b"\r\n" + BODY, "malformed"),
    "chunk-below-zero": (CHUNKED + b"-1\r\n" + BODY, "malformed"),
    "chunk-0x": (CHUNKED + b"0x10\r\n" + BODY, "malformed"),
    "chunk-longer": (CHUNKED + b"5\r\n" + BODY + b"\r\n0\r\n\r\n", "malformed"),
    "chunk-huge": (CHUNKED + b"f" * 40 + b"\r\n" + BODY, "too-large"),
    "length-below-zero": (head(Content_Length=-1) + BODY, "malformed"),
    "length-of-words": (head(Content_Length="all") + BODY, "malformed"),
    "length-list": (head(Content_Length="2, 2") + b"{}", "malformed"),
    "gzip": (head(Content_Encoding="gzip") + BODY, "malformed"),
    "gzip-chunked": (head(Transfer_Encoding="gzip, chunked")
                     + chunked(BODY), "malformed"),
    "bare-lf": (b"HTTP/1.1 200 OK\n\n" + BODY, "malformed"),
    "big-length": (head(Content_Length=BIG) + b"x" * BIG, "too-large"),
    "big-to-close": (head() + b"x" * BIG, "too-large"),
    "big-chunks": (head(Transfer_Encoding="chunked")
                   + chunked(b"x" * BIG, 4096), "too-large"),
    "big-header": (head(X="x" * BIG), "too-large"),
    "many-fields": (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100000,
                    "too-large"),
    "many-interim": (b"HTTP/1.1 100 Continue\r\n\r\n" * 100000, "too-large"),
}
