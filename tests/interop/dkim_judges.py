"""Programs that verify DKIM signatures: dkimpy, OpenDKIM and Mail::DKIM.

Each judge takes a message and gives a word for each of its signatures: "pass", or
what else it says; None: it cannot judge a signature of this kind. OpenDKIM and
Mail::DKIM ask the name server of /etc/resolv.conf, which Records plays.
"""

import base64
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

import common
import name_server

LIMIT = 60
A, MX, TXT = 1, 15, 16
UDP_MAX = 512
FIELD = re.compile(rb"(?mi)^DKIM-Signature:.*\r\n(?:[ \t].*\r\n)*")


def split_header(message):
    header, _, body = message.partition(b"\r\n\r\n")
    return header + b"\r\n", body


def signatures(message):
    """Each field DKIM-Signature in the header, as octets."""
    return FIELD.findall(split_header(message)[0])


def tags(field):
    """The tags of a DKIM-Signature field, without white space."""
    text = re.sub(rb"\s", b"", field.partition(b":")[2]).decode()
    return dict(tag.split("=", 1) for tag in text.split(";") if tag)


def with_one(message, index):
    """The message with only that signature."""
    header, body = split_header(message)
    for number, field in enumerate(signatures(message)):
        if number != index:
            header = header.replace(field, b"", 1)
    return header + b"\r\n" + body


class Records:
    """Answers for the TXT records in `texts`: name without final dot to text; and
    names the mail server of each domain in `hosts`: its address."""

    def __init__(self, address):
        self.texts, self.hosts = {}, {}
        self.server = name_server.Scripted(address)
        self.server.play = self.answer

    def answer(self, question, by_tcp):
        name, end = name_server.read_question(question)
        kind = int.from_bytes(question[end - 4:end - 2], "big")
        domain = name.removeprefix("mx.")
        if domain in self.hosts:
            if kind == MX and name == domain:
                return name_server.answer(question, [name_server.record(
                    MX, b"\0\1" + name_server.name("mx." + name))])
            if kind == A and name != domain:
                return name_server.answer(question, [name_server.record(
                    A, socket.inet_aton(self.hosts[domain]))])
            return name_server.answer(question)
        text = self.texts.get(name)
        if text is None:
            return name_server.answer(question, flags=0x8183)
        if kind != TXT:
            return name_server.answer(question)
        octets = text.encode()
        data = b"".join(
            bytes([len(octets[at:at + 255])]) + octets[at:at + 255]
            for at in range(0, len(octets), 255))
        whole = name_server.answer(question, [name_server.record(TXT, data)])
        if not by_tcp and len(whole) > UDP_MAX:
            return name_server.answer(question, flags=0x8380)
        return whole


DKIMPY = """
import base64, json, sys
import dkim, nacl
for line in sys.stdin:
    job = json.loads(line)
    message = base64.b64decode(job["message"])
    def find(name, timeout=5):
        name = name.decode() if isinstance(name, bytes) else name
        text = job["records"].get(name.rstrip(".").lower())
        return None if text is None else text.encode()
    words = []
    for index in range(job["count"]):
        try:
            good = dkim.DKIM(message).verify(idx=index, dnsfunc=find)
            words.append("pass" if good else "fail")
        except Exception as trouble:
            words.append(repr(trouble))
    print(json.dumps(words), flush=True)
"""

MAIL_DKIM = r"""
use strict; use warnings; use Mail::DKIM::Verifier;
$| = 1;
while (my $path = <STDIN>) {
    chomp $path;
    my $judge = Mail::DKIM::Verifier->new();
    open my $file, '<:raw', $path or die;
    $judge->load($file);
    close $file;
    print $judge->result_detail, "\n";
}
"""


class Process:
    """A program that answers one line for each line."""

    def __init__(self, *words):
        self.lock = threading.Lock()
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        with self.lock:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the judge has ended")
        return answer.rstrip("\n")

    def close(self):
        self.process.stdin.close()
        self.process.wait(LIMIT)


class Dkimpy:
    name = "dkimpy"
    uses_network = False

    def __init__(self):
        for python in (sys.executable, "/usr/bin/python3"):
            if subprocess.run([python, "-c", "import dkim, nacl"], check=False,
                              stderr=subprocess.DEVNULL).returncode == 0:
                self.process = Process(python, "-c", DKIMPY)
                return
        raise common.Skip("python3-dkim or python3-nacl is not installed")

    def judge(self, message, records):
        job = {"message": base64.b64encode(message).decode(),
               "records": records, "count": len(signatures(message))}
        return json.loads(self.process.ask(json.dumps(job)))

    def close(self):
        self.process.close()


class OpenDkim:
    name = "OpenDKIM"
    uses_network = True

    def __init__(self):
        self.path = shutil.which("opendkim-testmsg",
                                 path="/usr/sbin:/usr/bin:/sbin:/bin")
        if self.path is None:
            raise common.Skip("opendkim-testmsg is not installed")
        self.folder = tempfile.TemporaryDirectory()

    def judge(self, message, _records):
        words = []
        for index in range(len(signatures(message))):
            ended = subprocess.run(
                [self.path, "-t", self.folder.name],
                input=with_one(message, index), stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, timeout=LIMIT, check=False)
            text = ended.stdout.decode(errors="replace").strip()
            # Of a header with two of a field, such as To, it looks at no signature.
            words.append(None if "dkim_chunk(): Syntax error" in text else "pass"
                         if ended.returncode == 0 else
                         text or "status %d" % ended.returncode)
        return words

    def close(self):
        self.folder.cleanup()


class MailDkim:
    """It does not know Ed25519."""
    name = "Mail::DKIM"
    uses_network = True

    def __init__(self):
        if shutil.which("perl") is None or subprocess.run(
                ["perl", "-MMail::DKIM", "-e", "1"], check=False,
                stderr=subprocess.DEVNULL).returncode != 0:
            raise common.Skip("libmail-dkim-perl is not installed")
        self.process = Process("perl", "-e", MAIL_DKIM)
        self.folder = tempfile.TemporaryDirectory()
        self.number = 0

    def judge(self, message, _records):
        words = []
        for index, field in enumerate(signatures(message)):
            if tags(field)["a"] != "rsa-sha256":
                words.append(None)
                continue
            self.number += 1
            path = pathlib.Path(self.folder.name, str(self.number))
            path.write_bytes(with_one(message, index))
            words.append(self.process.ask(str(path)))
            path.unlink()
        return words

    def close(self):
        self.process.close()
        self.folder.cleanup()


def find(has_network):
    """(the judges that are here, {name: why another is not})"""
    judges, missing = [], {}
    for kind in (Dkimpy, OpenDkim, MailDkim):
        try:
            if kind.uses_network and not has_network:
                raise common.Skip("namespaces are not allowed here")
            judges.append(kind())
        except common.Skip as reason:
            missing[kind.name] = str(reason)
    return judges, missing
