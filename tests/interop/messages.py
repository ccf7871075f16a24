"""Random messages, each made from a seed, with everything that programs do in MIME.

Each is valid, or broken in a way that all readers understand alike. Those that
may be refused for a server without 8BITMIME are marked.
"""

import random

WORDS = [
    "mail", "Größe", "naïve", "日本語", "привет", "the", "a", "of", "=3D",
    "=", "From", ".", "..", "\u2028x", "tab\there", "=?utf-8?q?no?=x", "😀",
    "trailing ", "--", "--b", "-", "x" * 60, "(", ")", '"', ";",
]
# A lone CR ends a line in bodies only; see text().
ENDS = [b"\n", b"\r\n", b"\r\r\n"]
TEXTS = ["text/plain", "text/html", "text/x-diff"]
OTHERS = ["application/octet-stream", "image/png", "application/json",
          "application/pdf; name=a.pdf"]


class Maker:
    """`gentle`: valid, except for what repair must change."""

    def __init__(self, seed, gentle=False):
        self.random = random.Random(seed)
        self.gentle = gentle
        self.refusable = False
        self.subjects = []
        self.filenames = []
        self.boundaries = 0

    def maybe(self, chance):
        return self.random.random() < chance

    def line(self, charset):
        words = [self.random.choice(WORDS)
                 for _ in range(self.random.randrange(12))]
        if self.maybe(0.5):
            words = [word for word in words if word.isascii()]
        text = " ".join(words)
        if self.maybe(0.03):
            text += "long " * self.random.randrange(150, 900)
        if self.maybe(0.02):
            text += "y" * self.random.randrange(900, 4000)
        return text.encode(charset, "replace")

    def end(self):
        if self.style is None:
            return self.random.choice(ENDS)
        return self.style

    def lines(self, lines):
        return b"".join(line + self.end() for line in lines)

    def text(self, charset, spoil=True):
        lines = [self.line(charset) for _ in range(self.random.randrange(9))]
        if spoil and self.maybe(0.1):
            lines.append(b"lone\rCR")
        if spoil and self.maybe(0.1):
            lines.append(b"null \0 in it")
        if spoil and self.maybe(0.1):
            lines.append(b"not utf-8: \xff\xe9 \xc3")
        return self.lines(lines)

    def octets(self):
        count = self.random.randrange(1, 2000)
        body = bytes(self.random.randrange(256) for _ in range(count))
        # A delimiter in it would change the structure of the message.
        return body.replace(b"--", b"-x")

    def header_text(self):
        words = [word for word in self.random.sample(WORDS, 5)
                 if word.strip() == word and "\t" not in word and
                 "?" not in word and "\u2028" not in word]
        return " ".join(words)

    def type_field(self, lines, kind, parameters):
        name = self.random.choice(
            ["Content-Type", "content-type", "CONTENT-TYPE"])
        value = kind
        for key, parameter in parameters:
            if self.maybe(0.3):
                parameter = f'"{parameter}"'
            between = self.random.choice(["; ", ";", ";\n ", ";\n\t", " ; "])
            value += between + key + "=" + parameter
        for part in (name + ": " + value).split("\n"):
            lines.append(part.encode("utf-8"))

    def text_leaf(self, lines):
        charset = self.random.choice(
            [None, "utf-8", "UTF-8", "us-ascii", "iso-8859-1",
             "ANSI_X3.4-1968"])
        real = "iso-8859-1" if charset == "iso-8859-1" else "utf-8"
        if charset or self.maybe(0.5):
            self.type_field(lines, self.random.choice(TEXTS),
                            [("charset", charset)] if charset else [])
        coding = self.random.choice(
            [None, "7bit", "8bit", "8BIT", "binary", "quoted-printable",
             "base64"])
        if coding:
            lines.append(b"Content-Transfer-Encoding: " + coding.encode())
        return self.coded(coding, self.text(real))

    def coded(self, coding, body):
        import base64
        import quopri
        if coding == "base64":
            body = base64.encodebytes(body)
            if self.maybe(0.2):
                body = body.replace(b"\n", b"") + b"\n"
            if self.maybe(0.1):
                body = b"\xc3\xbc" + body
            return body.replace(b"\n", self.end() if self.style else b"\n")
        if coding == "quoted-printable":
            body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            body = quopri.encodestring(body)
            if self.maybe(0.2):
                body = b"raw \xc3\xbc here\n" + body
            if self.maybe(0.1):
                body = b"z" * 1200 + b"=3D=\n" + body
            return body.replace(b"\n", self.end() if self.style else b"\n")
        return body

    def other_leaf(self, lines):
        self.type_field(lines, self.random.choice(OTHERS), [])
        coding = self.random.choice(
            [None, "7bit", "8bit", "binary", "base64"])
        if coding:
            lines.append(b"Content-Transfer-Encoding: " + coding.encode())
        body = self.octets() if self.maybe(0.5) else self.text("utf-8")
        return self.coded(coding, body)

    def odd_leaf(self, lines):
        """A multipart that must not be changed, whatever is in it."""
        self.refusable = True
        kind = self.random.choice(
            ["message/partial; id=a; number=1", "message/external-body",
             "application/x-odd"])
        lines.append(b"Content-Type: " + kind.encode())
        if kind.startswith("application"):
            lines.append(b"Content-Transfer-Encoding: x-odd")
        return self.lines([b"odd \xc3\xbc"])

    def multipart(self, lines, depth):
        self.boundaries += 1
        boundary = self.random.choice(
            ["b", "b-", "=_b"] if self.gentle else
            ["b", "b-", "=_b", "B'+_,./:=?"])
        boundary += str(self.boundaries)
        subtype = self.random.choice(
            ["mixed", "alternative", "related", "digest", "signed"]
            if self.maybe(0.3) and not self.gentle
            else ["mixed", "related"] if self.gentle
            else ["mixed", "alternative"])
        if subtype == "signed":
            self.refusable = True
        if self.maybe(0.03) and not self.gentle:
            lines.append(f"Content-Type: multipart/{subtype}".encode())
        else:
            value = f'"{boundary}"' if self.maybe(0.5) or \
                not boundary.isalnum() else boundary
            lines.append(f"Content-Type: multipart/{subtype}; "
                         f"boundary={value}".encode())
        if self.maybe(0.2):
            lines.append(b"Content-Transfer-Encoding: 8bit")
        mark = b"--" + boundary.encode()
        body = b""
        if self.maybe(0.3):
            body += self.text("utf-8", False)
        if self.maybe(0.03) and not self.gentle:
            return body or b"nothing" + self.end()
        for _ in range(self.random.randrange(1, 5)):
            if body and not body.endswith((b"\n", b"\r")):
                body += self.end()
            body += mark
            if not self.gentle:
                body += self.random.choice([b"", b"", b"", b" ", b"\t "])
            body += self.whole_end() + self.entity(depth + 1,
                                                   subtype == "digest")
            if self.maybe(0.7) or not body.endswith((b"\n", b"\r")):
                body += self.whole_end()
        if self.maybe(0.9) or self.gentle:
            body += mark + b"--" + self.whole_end()
            if self.maybe(0.2):
                body += self.text("utf-8", False)
        return body

    def whole_end(self):
        """A line end that its neighbours do not change: CR before LF is CRLF."""
        return self.style if self.style else b"\r\n"

    def entity(self, depth, is_digest=False, lines=None):
        lines = lines if lines is not None else []
        pick = self.random.random()
        if self.maybe(0.1):
            name = self.header_text() or "x"
            name = name.replace('"', "").replace("\\", "")
            self.filenames.append(name)
            lines.append(b'Content-Disposition: attachment; filename="' +
                         name.encode() + b'"')
        if is_digest and pick < 0.5:
            body = self.entity_of_message(depth)
        elif depth < 5 and pick < (0.5 if depth == 0 else 0.25):
            body = self.multipart(lines, depth)
        elif depth < 5 and pick < 0.32 and depth > 0 and not self.gentle:
            lines.append(b"Content-Type: message/rfc822")
            body = self.entity_of_message(depth)
        elif pick < 0.34 and depth > 0 and not self.gentle:
            body = self.odd_leaf(lines)
        elif pick < 0.55:
            body = self.other_leaf(lines)
        else:
            if is_digest:
                lines.append(b"Content-Type: text/plain")
            body = self.text_leaf([] if is_digest else lines)
        end = self.whole_end()
        return b"".join(line + end for line in lines) + end + body

    def entity_of_message(self, depth):
        lines = [b"Subject: " + self.header_text().encode()]
        if self.maybe(0.1):
            lines.append(b"DKIM-Signature: v=1; d=example.com")
            self.refusable = True
        return self.entity(depth + 1, lines=lines)

    def message(self):
        self.style = self.random.choice(ENDS + [b"\n", b"\n", None])
        if self.gentle:
            self.style = b"\n"
        lines = [b"From: me@example.com"]
        for _ in range(self.random.randrange(3)):
            text = self.header_text()
            if self.maybe(0.05):
                text += " x" * 900
            if self.maybe(0.05):
                text += " " + "w" * 1500
            self.subjects.append(text)
            lines.append(b"Subject: " + text.encode())
        if self.maybe(0.3):
            lines.append('To: "Jörg, der Größte" <a@b>, Zoë (naïve) <c@d>'
                         .encode())
        if self.maybe(0.5):
            lines.append(b"MIME-Version: 1.0")
        if self.maybe(0.03) and not self.gentle:
            lines.append(b"DKIM-Signature: v=1; d=example.com")
            self.refusable = True
        return self.entity(0, lines=lines)


def make(seed, gentle=False):
    maker = Maker(seed, gentle)
    octets = maker.message()
    return octets, maker
