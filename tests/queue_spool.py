"""Writes spools for the tests, without the code of smtpost.

The format is that of smtpost-queue(7), so that a change of it by mistake shows.
"""

import fcntl
import os
import pathlib

TABLE = []
for i in range(256):
    for _ in range(8):
        i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)
    TABLE.append(i)


def crc32c(data, total=0):
    total ^= 0xFFFFFFFF
    for octet in data:
        total = TABLE[(total ^ octet) & 0xFF] ^ total >> 8
    return total ^ 0xFFFFFFFF


def word(text):
    """A word of a line, with its escapes."""
    data = text if isinstance(text, bytes) else str(text).encode()
    if data in (b"", b"-"):
        return b"-" if data == b"" else b"\\x2d"
    return b"".join(
        b"\\x%02x" % c if c <= 32 or c == 127 or c in b"\\#" else bytes([c])
        for c in data)


def open_private(path, flags):
    return os.open(path, flags, 0o600)


class Mail:
    """A mail in a spool: its head, and records that are added."""

    def __init__(self, spool, name, *, sender="me@example.com",
                 to=("alice@example.org",), content=b"Subject: x\n\nhello\n",
                 arrived=1764412345, profile="default", kind="mail",
                 parent=None, config=None, message_id="<x@example.com>",
                 folder="mail", size=None, notify=None,
                 wants_copy=False):
        self.spool, self.name, self.sum = spool, name, 0
        self.folder = spool.path / folder
        self.eml = self.folder / f"{name}.eml"
        self.env = self.folder / f"{name}.env"
        with open(self.eml, "wb", opener=open_private) as file:
            file.write(content)
        lines = [["smtpost-mail", 1], ["id", name], ["kind", kind]]
        if parent:
            lines.append(["parent", parent])
        lines += [["arrived", arrived, "clock", 0, "uid", os.getuid()],
                  ["profile", profile]]
        if config:
            lines.append(["config", config])
        lines += [["content", len(content) if size is None else size,
                   "%08x" % crc32c(content)],
                  ["message-id", message_id],
                  *([["sent-copy"]] if wants_copy else []),
                  ["reverse-path", sender or "<>"],
                  ["envelope-id", "", "return", "", "utf8", 0]]
        lines += [["rcpt", i + 1, path, f"notify={notify or '-'}",
                   "original=-"]
                  for i, path in enumerate(to)]
        self.write("wb", *lines, ["end"])

    def add(self, *lines):
        """Adds lines; each is a list of words."""
        return self.write("ab", *lines)

    def write(self, mode, *lines):
        text = b""
        for words in lines:
            line = b" ".join(word(w) for w in words)
            self.sum = crc32c(line, self.sum)
            text += line + b" #%08x\n" % self.sum
        with open(self.env, mode, opener=open_private) as file:
            file.write(text)
        return self

    def delay(self, time, text, *, who="1", code=450, status="4.2.0",
              stage="rcpt", cause="temporary", doubt=0):
        return self.add(["result", time, who, "delayed", stage, cause, code,
                         status, doubt, text])

    def lock(self):
        """Keeps the lock, as a runner does, until the file is closed."""
        file = open(self.eml, "r+b")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return file

    def records(self):
        """The keywords of the records."""
        lines = self.env.read_bytes().split(b"\n")
        words = [line.split(b" ")[0].decode() for line in lines if line]
        return words[words.index("end") + 1:]


class Spool:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        for name in ("", "mail", "dead", "server"):
            (self.path / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.path / "format").write_bytes(b"smtpost-queue 1\n")

    def trouble(self, profile, kind, text, since, next_try):
        """Replaces what a run has noted, for the same settings."""
        file = self.path / "server" / profile
        fingerprint = file.read_bytes().split()[1].decode()
        line = b" ".join(word(w) for w in (kind, fingerprint, since, next_try,
                                           1, text))
        file.write_bytes(
            line + b" #%08x\n" % crc32c(line))

    def names(self, folder="mail"):
        return sorted(p.name for p in (self.path / folder).iterdir())
