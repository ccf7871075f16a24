"""Random fields with encoded words, valid and broken, in many charsets, beside
octets that are not encoded."""

import base64
import quopri
import random
import re

TEXTS = {
    "utf-8": "Grüße aus München, naïve 日本語 привет 😀 plain text",
    "iso-8859-1": "Grüße aus München, naïve plain text",
    "windows-1252": "“Grüße” – naïve €",
    "koi8-r": "привет мир plain",
    "big5": "中文標題測試 plain",
    "gb2312": "中文标题测试 plain",
    "gb18030": "中文标题测试 ㌀€ plain",
    "shift_jis": "日本語ｶﾀｶﾅ件名 plain",
    "euc-jp": "日本語ｶﾀｶﾅ件名 plain",
    "euc-kr": "한국어 제목 plain",
    "iso-2022-jp": "日本語件名 plain",
}
# All its octets are below 128.
RAW = [name for name in TEXTS if name != "iso-2022-jp"]


class Maker:
    def __init__(self, seed, is_phrase):
        self.random = random.Random(f"encoded words {seed}")
        self.is_phrase = is_phrase

    def text(self, charset, long):
        words = TEXTS[charset].split()
        if self.is_phrase:
            words = [word.replace(",", "") for word in words]
        count = self.random.choice([20, 80, 200]) if long else 2
        return " ".join(self.random.choice(words) for _ in range(count))

    def quoted(self, octets):
        return b"".join(
            b"_" if octet == 32 else bytes([octet])
            if bytes([octet]).isalnum() and octet < 128 else b"=%02X" % octet
            for octet in octets)

    def encoded(self, long):
        """An encoded word of RFC 2047, which may be too long."""
        charset = self.random.choice(list(TEXTS))
        octets = self.text(charset, long).encode(charset)
        if self.random.random() < 0.5:
            return charset, octets, b"b", base64.b64encode(octets)
        return charset, octets, b"Q", self.quoted(octets)

    def raw(self):
        """An encoded word with octets in it that are not encoded."""
        charset = self.random.choice(RAW)
        octets = self.text(charset, False).encode(charset)
        if charset in ("shift_jis", "big5", "gb18030"):
            # In these charsets the second octet of a character may be "=", "_" or "?".
            return charset, octets, b"q", self.quoted(octets)
        octets = octets.replace(b" ", self.random.choice([b" ", b"_"]))
        return charset, octets.replace(b"_", b" "), b"q", octets

    def field(self):
        """The octets of a field's body, and the text that they mean."""
        parts, said = [], []
        for _ in range(self.random.randrange(1, 5)):
            pick = self.random.random()
            if pick < 0.3:
                word = self.random.choice(["plain", "Größe", "日本"])
                parts.append(word.encode())
                said.append((word, False))
                continue
            charset, octets, encoding, text = \
                self.raw() if pick < 0.6 else self.encoded(pick > 0.8)
            parts.append(b"=?%s?%s?%s?=" % (charset.encode(), encoding, text))
            said.append((octets.decode(charset), True))
        return b" ".join(parts), self.shown(said)

    @staticmethod
    def shown(said):
        """Blanks between two encoded words are not shown."""
        shown, was_encoded = "", False
        for text, is_encoded in said:
            if shown and not (is_encoded and was_encoded):
                shown += " "
            shown += text
            was_encoded = is_encoded
        return shown


def make(seed, is_phrase):
    return Maker(seed, is_phrase).field()


WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?\s]*)\?=")


def decoded_word(match):
    """Decodes each word alone, so that a character cut in two is an error."""
    charset, encoding, text = match.groups()
    if encoding in "bB":
        octets = base64.b64decode(text, validate=True)
    else:
        octets = quopri.decodestring(text.encode(), header=True)
    return octets.decode(charset)


def read(body):
    """The text of a field's body: unfolded, decoded, with single blanks."""
    text = re.sub(r"\r\n(?=[ \t])", "", body.decode("latin-1"))
    text = re.sub(r"(\?=)\s+(?==\?)", r"\1", text)
    return " ".join(WORD.sub(decoded_word, text).split())


def fault(body, said):
    """What in this body RFC 2047 forbids; None if nothing."""
    if not body.isascii():
        return "8-bit octets"
    for line in body.split(b"\r\n"):
        if len(line) > 76:
            return f"a line of {len(line)} octets"
    for word in WORD.finditer(body.decode()):
        if len(word[0]) > 75:
            return f"a word of {len(word[0])} octets"
    if read(body) != " ".join(said.split()):
        return f"it says {read(body)!r}, not {said!r}"
    return None
