"""Plays one dialogue against the program and checks the result."""

import base64
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import threading
import time

from scripted import certificates as certs
from scripted import server, wire
from scripted.play import PlayError, read_play

# Variables that the program gets from the test's environment.
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "LSAN_OPTIONS",
             "UBSAN_OPTIONS", "VALGRIND_LIB", "LLVM_PROFILE_FILE",
             "GCOV_PREFIX", "GCOV_PREFIX_STRIP")

SANITIZERS = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer",
              "runtime error:")


class Skip(Exception):
    """The reason why a dialogue cannot be played here."""


class Program:
    """The program, started for one dialogue."""

    def __init__(self, command, folder, env, message):
        self.folder = folder
        outputs = [open(os.path.join(folder, name), "wb")
                   for name in ("stdout", "stderr")]
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=outputs[0],
                stderr=outputs[1], env=env, cwd=folder,
                start_new_session=True,
            )
        finally:
            for output in outputs:
                output.close()
        self.feeder = threading.Thread(target=self.feed, args=(message,))
        self.feeder.start()

    def feed(self, message):
        try:
            self.process.stdin.write(message)
            self.process.stdin.close()
        except OSError:
            pass  # it may exit without reading its input

    def still_running(self):
        return self.process.poll() is None

    def send_signal(self, name):
        self.process.send_signal(getattr(signal, "SIG" + name))

    def end(self, patience):
        """The exit status, or None if it had to be killed."""
        try:
            status = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            status = None
        self.feeder.join()
        return status

    def output(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()


def secrets_of(play):
    """The forms of the profile's password that must never be printed."""
    password = play.profile.get("password", "").strip('"').encode()
    user = play.profile.get("user", "").encode()
    login = play.profile.get("proxy", "").rpartition("@")[0]
    of_proxy = [login.split(":")[2].encode()] if login else []
    if not password:
        return of_proxy
    return of_proxy + [password, base64.b64encode(password),
            base64.b64encode(b"\0" + user + b"\0" + password)]


def judge_stdout(play, stdout):
    try:
        lines = stdout.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        yield "stdout is not UTF-8"
        return
    if lines.pop() != "":
        yield "stdout does not end with a line feed"
    if play.json:
        if len(lines) != 1:
            yield "expected one line of json, got %d lines" % len(lines)
        else:
            yield from judge_json(play, lines[0])
        return
    for i, (line, is_pattern, text) in enumerate(play.stdout):
        if i >= len(lines):
            yield "line %d: stdout lacks: %s" % (line.number, text)
        elif is_pattern and not re.fullmatch(text, lines[i]):
            yield "line %d: stdout\n  expected: ~%s\n  was:      %s" % (
                line.number, text, lines[i])
        elif not is_pattern and text != lines[i]:
            yield "line %d: stdout\n  expected: %s\n  was:      %s" % (
                line.number, text, lines[i])
    for extra in lines[len(play.stdout):]:
        yield "stdout has too much: " + extra


def judge_json(play, text):
    try:
        report = json.loads(text)
    except ValueError as error:
        yield "the report is no json: %s" % error
        return
    for line, path, expected in play.json:
        value = report
        try:
            for key in path.strip("/").split("/"):
                value = value[int(key) if isinstance(value, list) else key]
        except (LookupError, TypeError, ValueError):
            yield "line %d: the report has no %s" % (line.number, path)
            continue
        if expected.startswith("~ "):
            is_right = re.fullmatch(expected[2:], str(value))
        else:
            wanted = json.loads(expected)
            is_right = value == wanted and type(value) is type(wanted)
        if not is_right:
            yield "line %d: %s is %s" % (
                line.number, path, json.dumps(value))


def judge_stderr(play, status, stderr):
    text = stderr.decode("utf-8", "backslashreplace")
    if not play.stderr and status == 0 and text:
        yield "stderr of a success should be empty"
    for line, kind, wanted in play.stderr:
        if kind == ":":
            found = wanted in text
        else:
            found = bool(re.search(wanted, text, re.M)) == (kind == "~")
        if not found:
            yield "line %d: not so on stderr: %s%s" % (
                line.number, "not " if kind == "!~" else "", wanted)


def judge(play, status, stdout, stderr):
    """Every difference between the result and the play."""
    if status is None:
        yield "the program did not end"
    elif status != play.exit:
        yield "exit status %d, should be %d" % (status, play.exit)
    yield from judge_stdout(play, stdout)
    yield from judge_stderr(play, status, stderr)
    for secret in secrets_of(play):
        if secret in stdout + stderr:
            yield "the password is shown"
    for words in SANITIZERS:
        if words.encode() in stderr:
            yield "a sanitizer speaks: " + words


class Runner:
    """Has the program, a folder for its files, and the certificates."""

    def __init__(self, program, wrapper, folder):
        self.program = os.path.abspath(program)
        self.wrapper = shlex.split(wrapper)
        self.patience = 10.0 if wrapper else 1.0
        self.folder = folder
        self.certificates = certs.Certificates(folder)

    def values(self, text, folder, ports):
        """Opens the ports that the text names. Returns the values for it."""
        values = {"DIR": folder}
        for name, kind in (("PORT", wire.Port), ("PORT2", wire.Port),
                           ("CLOSED", wire.ClosedPort),
                           ("DEAD", wire.DeadPort)):
            if name == "PORT" or "@%s@" % name in text:
                ports.append(kind())
                values[name] = ports[-1].name
        if re.search("@(CA|CLIENT)@|@PIN-", text):
            if not certs.available():
                raise Skip("certtool is missing")
            values["CA"] = self.certificates.authority()
            values.update(self.certificates.pins(text))
        if "@CLIENT@" in text:
            values["CLIENT"], values["CLIENTKEY"] = self.certificates.client()
        return values

    def prepare(self, play, folder):
        """Writes the files of the play. Returns the command line."""
        if play.uses_tls() and not certs.available():
            raise Skip("certtool is missing")
        if play.needs_names and not names_are_looked_up():
            raise Skip("names cannot be looked up")
        if self.wrapper and "TMPDIR" in play.env:
            raise Skip("valgrind needs TMPDIR itself")
        program, config = self.program, "config"
        if play.argv[0] != "smtpost":
            # sendmail has no --config: the configuration is the user's own.
            program = os.path.join(folder, "bin", play.argv[0])
            os.makedirs(os.path.dirname(program))
            os.symlink(self.program, program)
            config = ".config/smtpost/config"
            os.makedirs(os.path.join(folder, os.path.dirname(config)))
        command = self.wrapper + [program]
        if play.profile.get("server") is not None:
            play.files[config] = "".join(
                "%s = %s\n" % item for item in play.profile.items()
            ).encode()
            if play.argv[0] == "smtpost":
                command += ["--config", os.path.join(folder, config)]
        for name, data in play.files.items():
            path = os.path.join(folder, name)
            with open(path, "wb", opener=private) as file:
                file.write(data)
                if name == "list":  # for :include:, which must be readable
                    os.fchmod(file.fileno(), 0o644)
        return command + play.argv[1:]

    def environment(self, play, folder):
        env = {name: os.environ[name] for name in PASSED_ON
               if name in os.environ}
        env.update(HOME=folder, TMPDIR=folder, LC_ALL="C.UTF-8", TZ="UTC")
        env.update(play.env)
        return env

    def run(self, name, text):
        """A list of what is wrong; empty if nothing is."""
        folder = os.path.join(self.folder, name)
        os.mkdir(folder, 0o700)
        ports = []
        try:
            values = self.values(text, folder, ports)
            play = read_play(text, values)
            command = self.prepare(play, folder)
            return self.perform(play, command, folder, ports)
        except PlayError as error:
            return [str(error)]
        finally:
            for port in ports:
                port.close()

    def perform(self, play, command, folder, ports):
        open_ports = [p for p in ports if type(p) is wire.Port]
        deadline = time.monotonic() + play.limit * self.patience
        program = Program(command, folder, self.environment(play, folder),
                          play.message)
        transcript = []
        wrong = []
        try:
            server.perform(play, open_ports, self.certificates, server.Hooks(
                deadline, transcript, program.still_running,
                program.send_signal))
        except PlayError as error:
            wrong.append(str(error))
            for port in open_ports:
                port.close()  # late connections must not wait
        except Exception as error:  # a bug in the runner must not make it hang
            wrong.append("%s: %s" % (type(error).__name__, error))
        left = max(deadline - time.monotonic(), 1.0)
        status = program.end(min(left, 3.0 * self.patience) if wrong else left)
        stdout, stderr = program.output("stdout"), program.output("stderr")
        if not wrong and server.uninvited(open_ports):
            wrong.append("a connection that the play does not know")
        wrong += judge(play, status, stdout, stderr)
        if wrong:
            wrong += ["the session was:"] + transcript
            wrong += told("stdout", stdout) + told("stderr", stderr)
        return wrong


def names_are_looked_up():
    try:
        socket.getaddrinfo("mail.invalid", 25)
    except socket.gaierror as error:
        return error.errno in (socket.EAI_NONAME, socket.EAI_NODATA)
    return False


def told(name, octets):
    if not octets:
        return []
    text = octets[:8000].decode("utf-8", "backslashreplace")
    return [name + " was:"] + ["  " + line for line in text.splitlines()]


def private(path, flags):
    return os.open(path, flags | os.O_EXCL, 0o600)
