"""Runs alpine on its own terminal, where it composes a mail and sends it."""

import os
import pty
import select
import signal
import time

# The keys: none; send; yes; and the answers to its questions at the end.
KEYS = (b"", b"\x18", b"y", b"n", b"\x18", b"y", b"q", b"y")


def hear(terminal, seconds):
    """What the program draws until it pauses; None if it has ended."""
    drawn = b""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.3)[0]:
            if drawn:
                break
            continue
        try:
            drawn += os.read(terminal, 65536)
        except OSError:
            return None
    return drawn


def drive(argv, account, folder, environment):
    """Runs it as the user. Returns its exit status, or None if it hung."""
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            os.setgroups([])
            os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
            os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
            os.chdir(folder)
            os.execvpe(argv[0], argv, environment)
        finally:
            os._exit(120)
    try:
        for key in KEYS:
            os.write(terminal, key)
            if hear(terminal, 3) is None:
                break
        for _ in range(50):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            if hear(terminal, 0.2) is None:
                time.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        return None
    finally:
        os.close(terminal)
