"""What a program that ran under strace did to files and sockets.

An event is a tuple. Paths are absolute, a file is the number of its opening:
    ("open", file, path, flags)  ("close", file)  ("mkdir", path)
    ("write", file, data)  ("truncate", file, length)  ("sync", file)
    ("rename", path, path)  ("link", path, path)  ("unlink", path)
    ("sent", file, data)  ("received", file, data)
Calls that failed are left out, and so are child processes.
"""

import os
import re
import subprocess

CALLS = ("openat,open,close,mkdirat,mkdir,write,pwrite64,ftruncate,fsync,"
         "fdatasync,renameat,renameat2,rename,linkat,unlinkat,unlink,"
         "socket,sendto,sendmsg,recvfrom")
LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (\d+)(?:<.*)?$")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


def can_trace():
    try:
        return subprocess.run(
            ["strace", "-f", "-qq", "-o", "/dev/null", "true"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            check=False).returncode == 0
    except FileNotFoundError:
        return False


def prefix(path):
    """The words in front of a command whose calls go to the file `path`."""
    # LeakSanitizer does not work in a process that is traced.
    return ["strace", "-f", "-qq", "-xx", "-s", "16777216", "-o", path, "-E",
            "ASAN_OPTIONS=detect_leaks=0", "-e", "trace=" + CALLS]


def events(path):
    with open(path, encoding="ascii") as file:
        return list(read_events(file))


def read_events(lines):
    files, folders, number, process = {}, {}, 0, None
    for line in lines:
        found = LINE.match(line)
        process = process or line.split(" ")[0]
        if not found or found.group(1) != process:
            continue
        call, text, result = found.group(2), found.group(3), int(found.group(4))
        strings = [bytes.fromhex(string.replace("\\x", ""))
                   for string in STRING.findall(text)]
        words = [word.strip() for word in STRING.sub('""', text).split(",")]

        def name(nth, words=words, strings=strings):
            """The path of the nth string, which may stand behind a folder."""
            at = [i for i, word in enumerate(words) if word == '""'][nth]
            where = folders.get(words[at - 1], "") if at else ""
            return os.path.normpath(
                os.path.join(where or os.getcwd(), os.fsdecode(strings[nth])))

        if call in ("openat", "open", "socket"):
            number += 1
            files[str(result)] = number
            if call != "socket":
                folders[str(result)] = name(0)
                yield ("open", number, name(0), next(
                    word for word in words if word.startswith("O_")))
        elif call == "close":
            folders.pop(words[0], None)
            if words[0] in files:
                yield ("close", files.pop(words[0]))
        elif call in ("mkdirat", "mkdir"):
            yield ("mkdir", name(0))
        elif call in ("renameat", "renameat2", "rename"):
            yield ("rename", name(0), name(1))
        elif call == "linkat":
            yield ("link", name(0), name(1))
        elif call in ("unlinkat", "unlink"):
            yield ("unlink", name(0))
        elif words[0] not in files:
            continue  # a descriptor that the program was given
        elif call in ("write", "pwrite64"):
            yield ("write", files[words[0]], strings[0][:result])
        elif call == "ftruncate":
            yield ("truncate", files[words[0]], int(words[1]))
        elif call in ("fsync", "fdatasync"):
            yield ("sync", files[words[0]])
        elif call in ("sendto", "sendmsg"):
            yield ("sent", files[words[0]], b"".join(strings)[:result])
        elif call == "recvfrom":
            yield ("received", files[words[0]], strings[0][:result])
