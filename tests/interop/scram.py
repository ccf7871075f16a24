"""The server's side of SCRAM (RFC 5802, 7677), as short as possible.

It is used for tls-server-end-point, which gsasl's server does not support. It was
written from the RFC, not from the program.
"""

import base64
import hashlib
import hmac
import secrets

ITERATIONS = 4096


class Refused(Exception):
    pass


def attributes(text):
    return dict(part.split("=", 1) for part in text.split(",") if "=" in part)


class Scram:
    """step() takes a message and returns the next; done is true at the end."""

    def __init__(self, hash_name, password, binding_name, binding):
        self.hash = hash_name
        self.password = password.encode()
        self.header = f"p={binding_name},,"
        self.binding = binding
        self.user = self.first = None
        self.done = False

    def mac(self, key, text):
        return hmac.new(key, text.encode(), self.hash).digest()

    def step(self, message):
        text = message.decode()
        return (self.answer(text) if self.first is None else self.judge(text)).encode()

    def answer(self, text):
        if not text.startswith(self.header):
            raise Refused(f"the header is {text.split(',')[0]}, not {self.header}")
        bare = text[len(self.header):]
        said = attributes(bare)
        self.user, self.salt = said["n"], secrets.token_bytes(16)
        self.nonce = said["r"] + secrets.token_urlsafe(18)
        salt = base64.b64encode(self.salt).decode()
        self.first = f"r={self.nonce},s={salt},i={ITERATIONS}"
        self.bare = bare
        return self.first

    def judge(self, text):
        without, _, proof = text.rpartition(",p=")
        said = attributes(without)
        wanted = base64.b64encode(self.header.encode() + self.binding).decode()
        if said["c"] != wanted:
            raise Refused("it is another channel")
        if said["r"] != self.nonce:
            raise Refused("it is another nonce")
        salted = hashlib.pbkdf2_hmac(self.hash, self.password, self.salt, ITERATIONS)
        key = self.mac(salted, "Client Key")
        everything = f"{self.bare},{self.first},{without}"
        signature = self.mac(hashlib.new(self.hash, key).digest(), everything)
        if base64.b64decode(proof) != bytes(a ^ b for a, b in zip(key, signature)):
            raise Refused("the password is wrong")
        self.done = True
        server = self.mac(self.mac(salted, "Server Key"), everything)
        return "v=" + base64.b64encode(server).decode()
