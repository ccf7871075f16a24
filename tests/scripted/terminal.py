"""A program at a pseudo-terminal: what it shows, what is typed, and when."""

import os
import pty
import select
import signal
import subprocess
import termios
import time

LIMIT = 30


class Terminal:
    """Standard input and error are the terminal; standard output is a pipe.

    `shown` is all that came to the terminal, `printed` what went to the pipe.
    """

    def __init__(self, words, env, cwd=None, wrap=()):
        self.master, slave = pty.openpty()
        self.shown = b""
        self.at = 0

        def control():
            os.setsid()
            os.close(os.open(os.ttyname(2), os.O_RDWR))

        self.process = subprocess.Popen(
            [*wrap, *words], stdin=slave, stderr=slave, stdout=subprocess.PIPE,
            env=env, cwd=cwd, preexec_fn=control)
        os.close(slave)

    def read(self, deadline):
        """Takes what comes; False at the end of the program."""
        ready = select.select([self.master], [], [],
                              max(0, deadline - time.monotonic()))[0]
        if not ready:
            raise AssertionError("nothing came within %d s after %r"
                                 % (LIMIT, self.shown[-800:]))
        try:
            block = os.read(self.master, 65536)
        except OSError:
            return False
        self.shown += block
        return bool(block)

    def wait(self, text):
        """Waits until the text is shown, after what was waited for before."""
        text = text.encode()
        deadline = time.monotonic() + LIMIT
        while text not in self.shown[self.at:]:
            if not self.read(deadline):
                raise AssertionError("the program ended before it showed %r: %r"
                                     % (text, self.shown[self.at:]))
        self.at = self.shown.index(text, self.at) + len(text)

    def echoes(self):
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def type(self, text):
        os.write(self.master, text.encode() + b"\n")

    def key(self, code):
        """A key such as ^C or ^D."""
        os.write(self.master, bytes([code]))

    def pids(self):
        """The program and its children."""
        found, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            try:
                with open("/proc/%d/task/%d/children" % (pid, pid),
                          encoding="ascii") as file:
                    todo += map(int, file.read().split())
                found.append(pid)
            except OSError:
                continue
        return found

    def descendants(self):
        """(command line, environment) of each of them."""
        seen = []
        for pid in self.pids():
            try:
                with open("/proc/%d/cmdline" % pid, "rb") as words, \
                        open("/proc/%d/environ" % pid, "rb") as environment:
                    seen.append((words.read(), environment.read()))
            except OSError:
                continue
        return seen

    def end(self):
        """The exit status, once all output is read."""
        deadline = time.monotonic() + LIMIT
        while self.read(deadline):
            pass
        self.printed = self.process.stdout.read().decode()
        self.process.stdout.close()
        status = self.process.wait(LIMIT)
        os.close(self.master)
        return status

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
