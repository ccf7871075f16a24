"""Reads the mails of a spool strictly: files, checksums, records."""

import os
import re

CRC_TABLE = []


def crc(total, data):
    """CRC-32C, as src/base/crc.c."""
    if not CRC_TABLE:
        for octet in range(256):
            for _ in range(8):
                octet = octet >> 1 ^ 0x82F63B78 if octet & 1 else octet >> 1
            CRC_TABLE.append(octet)
    total ^= 0xFFFFFFFF
    for octet in data:
        total = CRC_TABLE[(total ^ octet) & 0xFF] ^ total >> 8
    return total ^ 0xFFFFFFFF


class Mail:
    """A mail of the spool, read from its two files."""

    def __init__(self, folder, name):
        self.name = name
        with open(os.path.join(folder, name + ".eml"), "rb") as file:
            self.content = file.read()
        with open(os.path.join(folder, name + ".env"), "rb") as file:
            lines = file.read().split(b"\n")
        if lines.pop() != b"":
            raise AssertionError(name + ".env does not end with a line feed")
        total, self.lines = 0, []
        for line in lines:
            text, mark, seal = line.rpartition(b" #")
            total = crc(total, text)
            if not mark or seal != b"%08x" % total:
                raise AssertionError("a wrong checksum: %r" % line)
            self.lines.append(text.decode().split(" "))
        size, check = self.of("content")[0]
        if int(size) != len(self.content) or int(check, 16) != crc(0, self.content):
            raise AssertionError("the checksum of the content is wrong")
        end = self.lines.index(["end"])
        self.records = self.lines[end + 1:]
        self.recipients = [words[1] for words in self.of("rcpt")]

    def of(self, keyword):
        return [words[1:] for words in self.lines if words[0] == keyword]

    def words(self):
        """The keywords of the records; results as "1-2 delayed rcpt 451"."""
        found = []
        for words in self.records:
            if words[0] == "result":
                found.append(" ".join([words[2], words[3], words[4], words[6]]
                                      + ["?"] * (words[8] == "1")))
            else:
                found.append(words[0])
        return found


def mails(spool, place="mail"):
    folder = os.path.join(spool, place)
    if not os.path.isdir(folder):
        return []
    names = sorted(os.listdir(folder))
    found = [Mail(folder, name[:-4]) for name in names if name.endswith(".env")]
    for name in names:
        if name[:-4] not in [mail.name for mail in found] or \
                not re.fullmatch("[0-9A-F]{12}[.](eml|env)", name):
            raise AssertionError("%s was left behind" % name)
    return found
