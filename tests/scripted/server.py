"""The server's part of a play: what it sends, and what it must receive."""

import re
import select
import ssl
import time
import warnings

from scripted import scram
from scripted.play import PlayError
from scripted.wire import Wire, show

# Before it answers, the server makes sure for so long that nothing more comes.
# A client that sends too early sends at once.
SETTLE = 0.03


class Performance:
    """One connection, played."""

    def __init__(self, wire, certificates, send_signal):
        self.wire = wire
        self.certificates = certificates
        self.send_signal = send_signal
        self.to_say = b""  # S lines that follow each other
        self.heard = True  # since the last check that nothing more comes
        self.loose = False  # the client may send more
        self.content = b""  # what was received of an unfinished content
        self.left = False  # the server has closed

    def play(self, steps):
        for step in steps:
            try:
                if step.verb != "say":
                    self.speak(step.verb in self.wire.parting())
                verb = step.verb.replace("-", "_")
                getattr(self, "do_" + verb)(step)
            except PlayError as error:
                raise step.line.error(error) from None
        self.speak()
        if not self.left:
            self.farewell()

    def farewell(self):
        """At the end the client must close without sending more."""
        rest = self.wire.rest()
        if rest and not self.loose:
            raise PlayError("at the end, unexpected: " + show(rest))

    def need_quiet(self):
        """Everything that was received must be in the play."""
        if self.heard and not self.loose:
            if not self.wire.buffer:
                self.wire.fill(SETTLE)
            if self.wire.buffer:
                raise PlayError(
                    "before the server answers, unexpected: "
                    + show(self.wire.buffer)
                )
        self.heard = False

    def speak(self, is_last=False):
        if self.to_say:
            # Unread octets would make the close a reset, which loses output.
            self.wire.send(self.to_say, is_last and not self.loose)
        self.to_say = b""

    def do_say(self, step):
        self.need_quiet()
        self.to_say += step.data

    def do_drip(self, step):
        self.need_quiet()
        for at in range(len(step.data)):
            ready = select.select([self.wire.socket], [], [], 0)[0]
            if ready or not self.wire.send(step.data[at:at + 1]):
                break
            time.sleep(float(step.words))

    def hear(self, step):
        line = self.wire.line()
        self.heard = True
        if line is None:
            raise PlayError(
                "expected %s, but the client went%s" % (
                    step.words,
                    " after " + show(self.wire.buffer)
                    if self.wire.buffer else "",
                )
            )
        return line

    def do_hear(self, step):
        line = self.hear(step)
        if line != step.words.encode("utf-8"):
            raise PlayError("expected %s, heard %s" % (
                step.words, show(line)))

    def do_hear_pattern(self, step):
        line = self.hear(step).decode("utf-8", "surrogateescape")
        if not re.fullmatch(step.words, line):
            raise PlayError("expected the pattern %s, heard %s" % (
                step.words, show(line.encode("utf-8", "surrogateescape"))))

    def do_answer(self, step):
        """Answers at once, even if more has been received."""
        self.do_hear(step)
        self.wire.send(step.data)

    def do_content(self, step):
        heard = self.wire.octets(len(step.data))
        self.wire.note("C", heard)
        self.heard = True
        if heard != step.data:
            at = next(
                (i for i, pair in enumerate(zip(heard, step.data))
                 if pair[0] != pair[1]),
                min(len(heard), len(step.data)),
            )
            raise PlayError("content differs at octet %d:\n"
                            "  expected ...%s\n  heard    ...%s" % (
                                at, show(step.data[max(at - 20, 0):at + 60]),
                                show(heard[max(at - 20, 0):at + 60])))

    def do_octets(self, step):
        heard = self.wire.octets(len(step.data))
        self.wire.note("C", heard)
        self.heard = True
        if heard != step.data:
            raise PlayError("expected the octets %s, heard %s" % (
                show(step.data), show(heard)))

    def do_content_some(self, step):
        self.loose = True
        self.content += self.wire.octets(int(step.words))
        if len(self.content) < int(step.words):
            raise PlayError("the content ended after %d octets"
                            % len(self.content))

    def do_content_unfinished(self, step):
        self.loose = True
        self.content += self.wire.rest()
        if b"\r\n.\r\n" in b"\r\n" + self.content:
            raise PlayError("the content was ended")

    def do_client_hello(self, step):
        octets = self.wire.octets(1)
        if octets != b"\x16":
            raise PlayError("expected a TLS handshake, heard "
                            + show(octets + self.wire.buffer))
        self.wire.fill(SETTLE)
        self.wire.buffer = b""
        self.loose = True

    def context(self, step):
        words = step.words.split()
        asking = "asking" in words
        if asking:
            words.remove("asking")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return self.certificates.context(*words, asking=asking)

    def do_tls(self, step):
        try:
            self.wire.secure(self.context(step))
        except (OSError, ssl.SSLError) as error:
            raise PlayError("no TLS: %s" % error) from None
        self.heard = True

    def do_tls_refused(self, step):
        """The client must close, in the handshake or directly after it."""
        try:
            self.wire.secure(self.context(step))
        except TimeoutError:
            raise PlayError("the client does not shake hands") from None
        except (OSError, ssl.SSLError):
            self.wire.close("drop")
            self.left = True

    def do_hangup(self, step):
        self.need_quiet()
        self.wire.close(step.verb)
        self.left = True

    do_drop = do_reset = do_hangup

    def do_clear(self, step):
        """Ends TLS and sends the text in the clear; what the client sends then
        is not read."""
        self.need_quiet()
        self.wire.close_in_clear(step.data)
        self.left = True

    def do_scram(self, step):
        """RFC 5802, up to the last reply or the client's answer to a fault."""
        binding = None
        if isinstance(self.wire.socket, ssl.SSLSocket):
            binding = self.wire.socket.get_channel_binding("tls-unique")
        given = step.words.split()

        def say(octets):
            self.need_quiet()
            self.wire.send(octets + b"\r\n")

        scram.perform(scram.Scram(given, binding),
                      lambda: self.hear(step), say)

    def do_silence(self, step):
        self.need_quiet()

    def do_wait(self, step):
        self.need_quiet()
        time.sleep(float(step.words))
        self.heard = True

    def do_signal(self, step):
        self.need_quiet()
        self.send_signal(step.words)


def accept(ports, wanted, deadline, still_running):
    """Accepts the next connection, which must be to the port `wanted`."""
    by_socket = {port.socket: port for port in ports}
    while time.monotonic() < deadline:
        ready = select.select(list(by_socket), [], [], 0.02)[0]
        for listener in ready:
            if by_socket[listener].name != wanted:
                raise PlayError("a connection came to another port")
            return listener.accept()[0]
        if not still_running():
            raise PlayError("the program ended without connecting")
    raise PlayError("no connection came")


class Hooks:
    """What the server's part knows of the program, and may do to it."""

    def __init__(self, deadline, transcript, still_running, send_signal):
        self.deadline = deadline  # on the monotonic clock
        self.transcript = transcript  # a list to which the session is added
        self.still_running = still_running
        self.send_signal = send_signal


def perform(play, ports, certificates, hooks):
    """Plays all connections; raises PlayError if one differs."""
    for connection in play.connections:
        try:
            sock = accept(ports, connection.port, hooks.deadline,
                          hooks.still_running)
        except PlayError as error:
            raise connection.line.error(error) from None
        hooks.transcript.append("- connection to port " + connection.port)
        wire = Wire(sock, hooks.deadline, play.cut, hooks.transcript)
        try:
            Performance(wire, certificates, hooks.send_signal).play(
                connection.steps
            )
        finally:
            wire.close("drop")


def uninvited(ports):
    """Whether a connection is waiting that is not in the play."""
    return bool(select.select([port.socket for port in ports], [], [], 0)[0])
