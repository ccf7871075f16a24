"""Looks for secrets where others could see them: in the arguments and the
environment of processes, and in files."""

import base64
import os
import stat
import threading

PAUSE = 0.01


def descendants(pid):
    """The processes that a process has started, and those they have."""
    found, todo = [], [pid]
    while todo:
        try:
            for task in os.listdir("/proc/%d/task" % todo[0]):
                with open("/proc/%d/task/%s/children" % (todo[0], task),
                          encoding="ascii") as file:
                    more = [int(word) for word in file.read().split()]
                found += more
                todo += more
        except OSError:
            pass
        todo.pop(0)
    return found


def shown(pid):
    """What a process shows: its arguments and, to its user, its environment."""
    octets = b""
    for name in ("cmdline", "environ"):
        try:
            with open("/proc/%d/%s" % (pid, name), "rb") as file:
                octets += file.read()
        except OSError:
            continue
    return octets


def forms(secret):
    """A secret as it is, and within Base64, which begins at any octet."""
    octets = secret.encode()
    encoded = [base64.b64encode(octets[skip:][:(len(octets) - skip) // 3 * 3])
               for skip in range(3)]
    return [octets, *encoded]


def has_secret(octets, secrets):
    return any(form in octets for secret in secrets for form in forms(secret))


class ProcessWatch:
    """Looks all the time at the processes that this one starts."""

    def __init__(self):
        self.seen = set()
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()

    def look(self):
        while not self.is_over.wait(PAUSE):
            for pid in descendants(os.getpid()):
                self.seen.add(shown(pid))

    def leaks(self, secrets, folder):
        """What the processes that name the folder show, if a secret is in it."""
        return [octets for octets in list(self.seen)
                if folder.encode() in octets and has_secret(octets, secrets)]


def files_with(folder, secrets):
    """{path in the folder: permissions} of the files with a secret in them or in
    their name."""
    found = {}
    for where, folders, names in os.walk(folder):
        for name in folders + names:
            path = os.path.join(where, name)
            status = os.lstat(path)
            octets = name.encode()
            if stat.S_ISREG(status.st_mode):
                with open(path, "rb") as file:
                    octets += b"\n" + file.read()
            if has_secret(octets, secrets):
                found[os.path.relpath(path, folder)] = stat.S_IMODE(status.st_mode)
    return found
