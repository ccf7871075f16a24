"""The calls that tests/callers has recorded, and the dialogue of -bs."""

import os
import re
import time

from sendmail import stage


class Recorded(stage.Call):
    def __init__(self, folder, machine):
        notes = {}
        for line in (folder / "notes").read_text().splitlines():
            key, _, value = line.partition(": ")
            notes.setdefault(key, value)
        argv = (folder / "argv").read_bytes().split(b"\0")[:-1]
        stdin = folder / "stdin"
        env = {}
        for line in (folder / "env").read_text().splitlines():
            name, _, value = line.partition("=")
            env[name] = value
        user = notes["uid"].split()[0]
        home = machine.home(user)
        if "HOME" in env:
            env["HOME"] = home
        cwd = notes["cwd"]
        if cwd.startswith(("/home/", "/root")):
            cwd = home
        elif not os.path.isdir(cwd):
            cwd = str(machine.folder / "tmp")
        super().__init__(
            [os.fsdecode(word) for word in argv],
            stdin.read_bytes() if stdin.exists() else b"", env, user, cwd,
            int(notes["umask"], 8), [notes[f"fd{number}"] for number in range(3)],
            {int(number): kind for number, kind in
             re.findall(r"fd(\d+) ([a-z]+(?: file)?)", notes.get("leaked fds", ""))},
            names(notes["signals ignored"]), names(notes["signals blocked"]))


def names(value):
    return [] if value.startswith("none") else value.split()


class Given:
    def __init__(self, reverse_path):
        self.reverse_path, self.recipients, self.content = reverse_path, [], b""


class Heard:
    def __init__(self):
        self.mails, self.bad = [], []


def talk(machine, call):
    """Plays the client of the dialogue, line by line."""
    lines = call.stdin.splitlines(keepends=True)
    call.stdin = b""
    running = machine.start(call)
    # The pipe stays open for the dialogue, and is fed by hand.
    heard, content, mail = Heard(), None, None
    expect(running, heard, "greeting")
    for line in lines:
        os.set_blocking(running.ends[0], True)
        os.write(running.ends[0], line)
        text = line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
        if content is not None:
            if text != ".":
                content.append(line[1:] if line.startswith(b".") else line)
                continue
            mail.content, content = b"".join(content), None
        path = re.search(r"<(.*)>", text)
        if text.upper().startswith("MAIL"):
            mail = Given(path[1])
        elif text.upper().startswith("RCPT"):
            mail.recipients.append(path[1])
        if expect(running, heard, text) and text.upper() == "DATA":
            content = []
            heard.mails.append(mail)
    running.drop(0)
    return heard, running.finish()


def expect(running, heard, line):
    """Waits for one whole reply, which must be 2yz or 3yz."""
    before = len(running.result.out)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        reply = running.result.out[before:]
        if re.search(rb"^\d{3}( .*)?\r\n\Z", reply, re.MULTILINE):
            break
        if 1 not in running.ends:
            break
        running.hear(1)
        time.sleep(0.001)
    reply = running.result.out[before:]
    if not re.match(rb"[23]\d\d", reply):
        heard.bad.append((line, reply))
        return False
    return True
