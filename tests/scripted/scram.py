"""The server's part of SCRAM (RFC 5802), correct or with one fault."""

import base64
import hashlib
import hmac

from scripted.play import PlayError

SALT = b"\x01\xc0salt of the play"
NONCE = b"the-server's-part"
FAULTS = ("flag", "i", "nonce", "first", "final")


def digest(name, key, data):
    return hmac.new(key, data, name).digest()


class Scram:
    """One exchange; `given` are the arguments of the step."""

    def __init__(self, given, binding):
        self.mechanism, self.password = given[0], given[1].encode()
        self.hash = "sha1" if "SHA-1" in self.mechanism else "sha256"
        self.faults = dict(word.split("=", 1) for word in given[2:])
        for name in self.faults:
            if name not in FAULTS:
                raise PlayError("scram knows no `%s`" % name)
        self.binding = binding

    def first(self, message):
        """Reads client-first-message. Returns the reply."""
        flag, _, rest = message.partition(b",,")
        wanted = self.faults.get("flag")
        if self.mechanism.endswith("-PLUS"):
            wanted = wanted or "p=tls-unique"
        if flag not in (b"n", b"y") and not flag.startswith(b"p="):
            raise PlayError("scram: no gs2 header: %r" % message)
        if wanted and flag != wanted.encode():
            raise PlayError("scram: expected the flag %s, heard %r"
                            % (wanted, flag))
        self.header = flag + b",,"
        self.client_first = rest
        user, _, nonce = rest.partition(b",r=")
        if not user.startswith(b"n=") or len(nonce) < 18 or b"," in nonce:
            raise PlayError("scram: no client-first-message: %r" % message)
        self.nonce = {
            "same": nonce,
            "short": nonce[:8],
            "other": b"x" + nonce + NONCE,
        }.get(self.faults.get("nonce"), nonce + NONCE)
        self.rounds = int(self.faults.get("i", "4096"))
        self.server_first = b"r=%s,s=%s,i=%d" % (
            self.nonce, base64.b64encode(SALT), self.rounds)
        if "first" in self.faults:
            self.server_first = self.faults["first"].encode().replace(
                b"NONCE", nonce)
        return self.server_first

    def final(self, message):
        """Reads client-final-message. Returns the reply or None."""
        start, _, proof = message.rpartition(b",p=")
        binding = self.header
        if self.header.startswith(b"p="):
            binding += self.binding or b"(none)"
        if start != b"c=%s,r=%s" % (base64.b64encode(binding), self.nonce):
            raise PlayError("scram: a wrong client-final-message: %r"
                            % message)
        said = b",".join((self.client_first, self.server_first, start))
        salted = hashlib.pbkdf2_hmac(
            self.hash, self.password, SALT, self.rounds)
        key = digest(self.hash, salted, b"Client Key")
        stored = hashlib.new(self.hash, key).digest()
        mask = digest(self.hash, stored, said)
        if base64.b64decode(proof) != bytes(
                a ^ b for a, b in zip(key, mask)):
            raise PlayError("scram: a wrong proof")
        signature = digest(
            self.hash, digest(self.hash, salted, b"Server Key"), said)
        final = self.faults.get("final", "right")
        if final == "none":
            return None
        if final == "wrong":
            signature = bytes([signature[0] ^ 1]) + signature[1:]
        elif final != "right":
            return final.encode()
        return b"v=" + base64.b64encode(signature)


def perform(scram, hear, say):
    """The exchange up to the client's empty line, or up to its answer to a
    fault."""
    words = hear().split(b" ")
    if words[:2] != [b"AUTH", scram.mechanism.encode()]:
        raise PlayError("expected AUTH %s, heard %r"
                        % (scram.mechanism, b" ".join(words)))
    response = words[2] if len(words) > 2 else None
    if response is None:
        say(b"334 ")
        response = hear()
    for answer in (scram.first, scram.final):
        challenge = answer(base64.b64decode(response, validate=True))
        if challenge is None:
            return
        say(b"334 " + base64.b64encode(challenge))
        if scram.faults and answer == scram.first and (
                {"i", "nonce", "first"} & set(scram.faults)):
            return
        if scram.faults.get("final", "right") != "right" and (
                answer == scram.final):
            return
        response = hear()
    if response != b"":
        raise PlayError("expected an empty line, heard %r" % response)
