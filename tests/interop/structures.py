"""Random messages whose structure is easily broken: nested multiparts whose parts
contain text that is, or resembles, a boundary.

All readers understand each of them alike. Each has something that repair changes.
"""

import quopri
import random

BOUNDARIES = [
    "b", "bb", "b-", "b--b", "-", "--", "b b", "=3D", "=3Db", "=_b", "=20",
    "=C3=BCx", "===============0123456789==", "'()+_,-./:?", "From x", ".",
    "F", "x" * 70, "y" * 72 + "=", "z" * 73 + "=",
]
CODINGS = ["7bit", "8bit", "binary", "quoted-printable", "base64", None]
LEAVES = ["text/plain", "text/html", "text/x-patch", "text/plain; charset=utf-8",
          "text/plain; charset=iso-8859-1", "application/octet-stream", None,
          'text/plain; name="ü" size=3', "text/html; ;; name=ü (ü); x",
          'application/pdf; name="=?utf-8?q?ü b?=.pdf"',
          'text/plain; x=y format=flowed; name="ü"']
FIELDS = ["Content-Description: " + "ü " * 40,
          "Content-Description: " + "w " * 600,
          'Content-Disposition: attachment; filename="=?utf-8?q?ü?="; size=',
          "X-Word: =?utf-8?q?" + "x" * 1200 + "?="]
BLOCK = 65536


class Maker:
    def __init__(self, seed):
        self.random = random.Random(f"structures {seed}")
        self.boundaries = []
        self.end = self.random.choice([b"\n", b"\r\n", b"\r\r\n"])
        # A boundary that an outer multipart uses would end that one.
        self.unused = self.random.sample(BOUNDARIES, len(BOUNDARIES))

    def maybe(self, chance):
        return self.random.random() < chance

    def piece(self):
        pick = self.random.random()
        if pick < 0.5 and self.boundaries:
            near = "--" + self.random.choice(self.boundaries)
            near += self.random.choice(["", "--", "--", " ", "x"])
            return near.replace("=3D", self.random.choice(["=", "=3D"])) \
                .replace("=20", self.random.choice([" ", "=20"])) \
                .replace("=C3=BC", self.random.choice(["ü", "=C3=BC"])).encode()
        return self.random.choice(
            [b"x", b"-", b"--", b".", b"From ", b"F", b"=", b"=3D", b" ", b"\t",
             b"Content-Type: text/html", "ü".encode(), b"a" * 30])

    def line(self):
        """A boundary may begin where an encoder breaks a line of 76 octets."""
        start = self.random.choice([0, 0, 1, 30, 72, 73, 74, 75, 76, 77, 150])
        line = b"".join(
            self.random.choice([b"a", b"b", b" ", b"c"]) for _ in range(start))
        line += b"".join(self.piece() for _ in range(self.random.randrange(1, 9)))
        if self.maybe(0.1):
            line += self.piece() * self.random.randrange(1, 1000)
        if self.maybe(0.5):
            line = line.strip()
        if any(line.rstrip(b" \t") in (b"--" + b, b"--" + b + b"--")
               for b in (one.encode() for one in self.boundaries)):
            line = b"." + line
        return line

    def lines(self):
        lines = [self.line() for _ in range(self.random.randrange(1, 7))]
        if self.maybe(0.5):
            lines.append(b"w" * 74 + self.piece() * 40)
        if self.maybe(0.1):
            lines.append(b"nul \0")
        if self.maybe(0.02):
            lines.append(b"v" * self.random.randrange(BLOCK - 400, BLOCK))
            lines.append(self.line())
        return lines

    def leaf(self, lines):
        kind = self.random.choice(LEAVES)
        coding = self.random.choice(CODINGS)
        if kind:
            lines.append(b"Content-Type: " + kind.encode())
        if coding:
            lines.append(b"Content-Transfer-Encoding: " + coding.encode())
        if self.maybe(0.2):
            lines.append(self.random.choice(FIELDS).encode())
        body = self.lines()
        if coding == "quoted-printable":
            # Readers do not agree about "==".
            body = [line if self.maybe(0.4) and b"==" not in line
                    else quopri.encodestring(line)
                    .replace(b"=\n-", b"=\n=2D").replace(b"\n", self.end)
                    for line in body]
        elif coding == "base64":
            body = [b"YWJj", "ü".encode(), b"ZGVm" * 30]
        body = self.end.join(body) + self.end
        return b"\n" + body if self.maybe(0.1) else body

    def multipart(self, lines, depth):
        if not self.unused:
            return self.leaf(lines)
        boundary = self.unused.pop()
        self.boundaries.append(boundary)
        lines.append(b'Content-Type: multipart/mixed;' +
                     self.random.choice([b" ", self.end + b"\t"]) +
                     b'boundary="' + boundary.encode() + b'"')
        mark = self.end + b"--" + boundary.encode()
        body = self.random.choice([b"", b"preamble", "präambel".encode(),
                                   b"p" * 1200])
        for _ in range(self.random.randrange(1, 4)):
            body += mark + self.random.choice([b"", b"", b" ", b"\t"]) + self.end
            body += self.entity(depth + 1)
        if self.maybe(0.85):
            body += mark + b"--" + self.end
            body += self.random.choice([b"", b"", "Épilogue".encode() + self.end])
        self.boundaries.pop()
        return body

    def entity(self, depth, lines=None):
        lines = lines if lines is not None else []
        pick = self.random.random()
        if depth == 0 or (pick < 0.3 and depth < 5):
            body = self.multipart(lines, depth)
        elif pick < 0.4 and depth < 5:
            lines.append(b"Content-Type: message/rfc822")
            body = self.entity(depth + 1, ["Subject: ü".encode()])
        elif pick < 0.45:
            lines.append(b"Content-Type: message/external-body; access-type=x")
            body = b"Content-Type: image/gif" + self.end * 2
        elif pick < 0.5:
            # A part without a header, and without the empty line.
            body = b"".join(b"no header" + self.end for _ in range(2))
            return body if not lines else self.end.join(lines) + self.end * 2 + body
        else:
            body = self.leaf(lines)
        return b"".join(line + self.end for line in lines) + self.end + body

    def message(self):
        return self.entity(0, [b"From: me@example.com", b"MIME-Version: 1.0"])


def make(seed):
    return Maker(seed).message()
