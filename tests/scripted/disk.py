"""What may be on a disk after a power cut, from the calls of a program.

Of a file everything is there that was synced, and of the rest any beginning,
perhaps with zeros up to the length that the file had. Of a folder any part of
its changes is there since it was synced. A rename is one change, also from one
folder to another.
"""

import itertools
import os
import zlib

SUBSETS_MAX = 256  # of the changes of folders, at one moment


class File:
    """What is on the disk, and what was done to it since."""

    def __init__(self, synced=b""):
        self.synced, self.since = synced, []

    def content(self):
        data = self.synced
        for change in self.since:
            data = changed(data, *change)
        return data

    def sync(self):
        self.synced, self.since = self.content(), []

    def states(self):
        data = self.synced
        yield data
        for kind, at, octets in self.since:
            if kind == "write":
                for end in ends_in(octets):
                    part = changed(data, kind, at, octets[:end])
                    if end > 0:
                        yield part
                    yield part + b"\0" * (at + len(octets) - len(part))
            data = changed(data, kind, at, octets)
            yield data


def changed(data, kind, at, octets):
    if kind == "truncate":
        return data[:at] + b"\0" * (at - len(data))
    return data[:at] + b"\0" * (at - len(data)) + octets + \
        data[at + len(octets):]


def ends_in(octets):
    """Behind each of the last lines and in the middle of it, and at the
    beginning: a line is whole or is not."""
    ends, at = [0], 0
    for line in octets.split(b"\n")[:-1]:
        ends += [at + len(line) // 2, at + len(line) + 1]
        at += len(line) + 1
    return [0] + [end for end in ends[-12:] if 0 < end < len(octets)]


class Disk:
    """The files below a folder. A name leads to a File, or to None for a
    folder."""

    def __init__(self, root):
        self.root, self.names, self.pending, self.open = root, {}, [], {}
        for folder, folders, files in os.walk(root):
            for name in folders:
                self.names[self.short(os.path.join(folder, name))] = None
            for name in files:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    self.names[self.short(path)] = File(file.read())
        if os.path.isdir(root):
            self.names["."] = None
        self.synced = dict(self.names)

    def short(self, path):
        return os.path.relpath(path, self.root)

    def is_inside(self, path):
        return not self.short(path).startswith("..")

    def change(self, *change):
        apply(self.names, change)
        self.pending.append(change)

    def play(self, event):
        """Takes an event of traced.py."""
        kind, *rest = event
        if kind in ("open", "mkdir", "rename", "link", "unlink"):
            paths = [path for path in rest if str(path).startswith("/")]
            above = os.path.dirname(self.root)
            if kind == "open" and paths[0] == above:
                self.open[rest[0]] = ["..", 0]
            if not all(self.is_inside(path) for path in paths):
                return
            paths = [self.short(path) for path in paths]
        if kind == "open":
            self.open_file(rest[0], paths[0], rest[2])
        elif kind == "mkdir":
            self.change("make", paths[0], None)
        elif kind == "link":
            self.change("make", paths[1], self.names[paths[0]])
        elif kind == "unlink":
            self.change("unlink", paths[0], None)
        elif kind == "rename":
            self.change("rename", *paths, self.names[paths[0]])
        elif rest[0] in self.open:
            self.do(kind, *rest)

    def open_file(self, number, path, flags):
        if path not in self.names and "O_CREAT" in flags:
            self.change("make", path, File())
        file = self.names[path]
        if file and "O_TRUNC" in flags and file.content():
            file.since.append(("truncate", 0, b""))
        # Folders are told apart by their paths.
        self.open[number] = [path if file is None else file, 0]

    def do(self, kind, number, *rest):
        file, at = self.open[number]
        if kind == "close":
            del self.open[number]
        elif isinstance(file, str):
            if kind == "sync":
                self.sync_folder(file)
        elif kind == "write":
            # Records are added at the end; a content is written in pieces.
            at = len(file.content())
            file.since.append(("write", at, rest[0]))
        elif kind == "truncate":
            file.since.append(("truncate", rest[0], b""))
        elif kind == "sync":
            file.sync()

    def sync_folder(self, folder):
        rest = []
        for change in self.pending:
            if folder in [os.path.dirname(path) or "." if path != "." else ".."
                          for path in change[1:-1]]:
                apply(self.synced, change)
            else:
                rest.append(change)
        self.pending = rest

    def states(self):
        """Each is a tuple of names, with a number or None for a folder, and a
        tuple of the contents of the files with these numbers."""
        for kept in self.subsets():
            names = dict(self.synced)
            for change in kept:
                apply(names, change)
            listed = [(name, file) for name, file in sorted(names.items())
                      if has_parents(name, names)]
            files = list(dict.fromkeys(file for _, file in listed if file))
            where = tuple((name, files.index(file) if file else None)
                          for name, file in listed)
            for contents in itertools.product(
                    *(sorted(set(file.states())) for file in files)):
                yield where, contents

    def subsets(self):
        """Subsets of the changes; of very many a fixed choice."""
        count = len(self.pending)
        step = max(1, 2 ** count // SUBSETS_MAX)
        for number in range(0, 2 ** count, step):
            if step > 1:
                number = (number + zlib.crc32(b"%d" % number) % step)
            yield [change for i, change in enumerate(self.pending)
                   if number >> i & 1]
        if step > 1:
            yield self.pending


def apply(names, change):
    if change[0] in ("unlink", "rename"):
        names.pop(change[1], None)
    if change[0] != "unlink":
        names[change[-2]] = change[-1]


def has_parents(name, names):
    while name != ".":
        name = os.path.dirname(name) or "."
        if name not in names:
            return False
    return True


def write_state(root, state):
    """Makes the files of a state."""
    where, contents = state
    paths = {}
    for name, number in where:
        path = os.path.normpath(os.path.join(root, name))
        if number is None:
            os.mkdir(path, 0o700)
        elif number in paths:
            os.link(paths[number], path)
        else:
            paths[number] = path
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(file, contents[number])
            os.close(file)


def describe_state(state):
    where, contents = state
    lines = []
    for name, number in where:
        if number is not None:
            lines.append("%s: %d octets, %s" % (
                name, len(contents[number]), "..." + repr(
                    contents[number][-60:])[2:-1]))
    return lines
