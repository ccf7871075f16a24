"""Ports and connections of the scripted server, as octets."""

import os
import socket
import ssl
import struct
import time

from scripted.play import PlayError

RECEIVE_BUFFER = 65536


def show(octets):
    text = repr(octets)[2:-1]
    return text if len(text) < 400 else text[:200] + " ... " + text[-150:]


class Port:
    """A listening port on loopback."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER
        )
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(5)
        self.socket.setblocking(False)
        self.name = str(self.socket.getsockname()[1])

    def close(self):
        self.socket.close()


class ClosedPort(Port):
    """A port that refuses connections, and that no other program can use."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.name = str(self.socket.getsockname()[1])


class DeadPort(Port):
    """A port that never answers, because its queue is full."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(0)
        self.name = str(self.socket.getsockname()[1])
        self.callers = [socket.socket() for _ in range(4)]
        for caller in self.callers:
            caller.setblocking(False)
            caller.connect_ex(self.socket.getsockname())

    def close(self):
        for caller in self.callers:
            caller.close()
        self.socket.close()


class Wire:
    """A connection as octets, with a buffer and a deadline."""

    def __init__(self, sock, deadline, cut, transcript):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = sock
        self.deadline = deadline
        self.cut = cut
        self.transcript = transcript
        self.buffer = b""
        self.ended = False

    def note(self, who, octets):
        self.transcript.append("%s %s" % (who, show(octets)))

    def secure(self, context):
        self.socket.settimeout(self.left())
        self.socket = context.wrap_socket(
            self.socket, server_side=True, suppress_ragged_eofs=True
        )

    def left(self):
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise PlayError("the play took too long")
        return left

    def send(self, octets, is_last=False):
        """False if the client has closed, which may be right. The last octets
        are sent in one segment with the end of the connection."""
        self.note("S", octets)
        if is_last:
            self.cork()
        step = self.cut or max(len(octets), 1)
        try:
            for at in range(0, len(octets), step):
                self.socket.settimeout(self.left())
                self.socket.sendall(octets[at:at + step])
                if self.cut:
                    time.sleep(0.0003)
        except TimeoutError:
            raise PlayError("the client does not read") from None
        except OSError:
            return False
        return True

    def parting(self):
        """Ends of a connection that do not wait for the client."""
        if isinstance(self.socket, ssl.SSLSocket):
            return ("drop", "clear")
        return ("hangup", "drop")

    def cork(self):
        if hasattr(socket, "TCP_CORK"):
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)

    def fill(self, seconds):
        """True if something arrived within that time. Notes an end of file."""
        if self.ended:
            return False
        self.socket.settimeout(max(seconds, 0.001))
        try:
            octets = self.socket.recv(65536)
        except TimeoutError:
            return False
        except OSError:
            octets = b""
        self.ended = octets == b""
        self.buffer += octets
        return not self.ended

    def take(self, length):
        taken, self.buffer = self.buffer[:length], self.buffer[length:]
        return taken

    def line(self):
        """The next line without CRLF, or None at the end."""
        while b"\r\n" not in self.buffer:
            if not self.fill(self.left()) and self.ended:
                return None
            if len(self.buffer) > 1 << 20:
                raise PlayError("the client sends a line without end")
        line = self.take(self.buffer.index(b"\r\n") + 2)
        self.note("C", line)
        return line[:-2]

    def octets(self, length):
        """So many octets, or those before the end."""
        while len(self.buffer) < length and not self.ended:
            self.fill(self.left())
        return self.take(length)

    def rest(self):
        """All octets to the end."""
        pieces = [self.take(len(self.buffer))]
        while not self.ended:
            self.fill(self.left())
            pieces.append(self.take(len(self.buffer)))
        return b"".join(pieces)

    def close_in_clear(self, octets):
        """close_notify, then the octets and the end."""
        self.note("S", octets)
        self.socket.settimeout(0.05)
        try:
            self.socket.unwrap()
        except OSError:
            pass  # the client's close_notify has not come; the server's is sent
        os.write(self.socket.fileno(), octets)
        self.socket.close()

    def close(self, how):
        if how == "hangup" and isinstance(self.socket, ssl.SSLSocket):
            self.socket.settimeout(0.2)
            try:
                self.socket = self.socket.unwrap()
            except OSError:
                pass
        if how == "reset":
            linger = struct.pack("ii", 1, 0)
            self.socket.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, linger
            )
        self.socket.close()
