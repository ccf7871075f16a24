"""Runs alpine at a terminal of its own and sends the mail it composes."""

import os
import pty
import select
import sys
import time

pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "vt100"
    os.execvp(sys.argv[1], sys.argv[1:])


def hear(seconds):
    """What the program draws, until it is quiet."""
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


seen = b""
# Send; yes; the folder it asks for is not made.
for key in (b"", b"\x18", b"y", b"n", b"\x18", b"y", b"q", b"y"):
    os.write(terminal, key)
    drawn = hear(3)
    if drawn is None:
        break
    seen += drawn
status = 0
for _ in range(50):
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        break
    if hear(0.2) is None:
        time.sleep(0.1)
else:
    os.kill(pid, 15)
sys.stdout.buffer.write(seen[-3000:])
sys.exit(os.waitstatus_to_exitcode(status))
