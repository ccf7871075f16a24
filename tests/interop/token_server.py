"""An OAuth introspection endpoint (RFC 7662) on loopback.

A token that begins with "good" is active and belongs to the user; all others are
inactive. `seen` counts the requests.
"""

import http.server
import json
import threading
import urllib.parse


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        fields = urllib.parse.parse_qs(self.rfile.read(length).decode())
        token = fields.get("token", [""])[0]
        self.server.seen += 1
        answer = {"active": False}
        if token.startswith("good"):
            answer = {"active": True, "email": self.server.user, "scope": "mail"}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


class TokenServer(http.server.ThreadingHTTPServer):
    def __init__(self, user, port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.port = self.server_address[1]
        self.user = user
        self.seen = 0
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()
