"""Reads the text of a .dialogue file into a Play.

tests/dialogue/README describes the format. A line that is not understood is an
error: skipped silently, it would be a test that cannot fail.
"""

import re
import shlex

DEFAULT_PROFILE = {
    "server": "smtp://127.0.0.1:@PORT@",
    "tls": "none",
    "ehlo-name": "client.example",
    "header-policy": "keep",
    "queue-dir": "@DIR@/queue",
    "queue-flush": "no",
    "timeout": "10s",
}

DEFAULT_MESSAGE = (
    b"From: me@example.com\n"
    b"To: alice@example.com\n"
    b"Subject: hello\n"
    b"\n"
    b"Hello, world.\n"
)


class PlayError(Exception):
    """The file has a mistake, or the session differs from it."""


class Line:
    """One line of the file, with the block of `|` lines below it."""

    def __init__(self, number, text):
        self.number = number
        self.text = text
        self.block = None

    def error(self, what):
        return PlayError("line %d: %s" % (self.number, what))


class Step:
    """One step of a connection."""

    def __init__(self, line, verb, words="", data=None):
        self.line = line
        self.verb = verb
        self.words = words
        self.data = data


class Connection:
    def __init__(self, line, port):
        self.line = line
        self.port = port
        self.steps = []


class Play:
    def __init__(self):
        self.profile = dict(DEFAULT_PROFILE)
        self.argv = None
        self.env = {}
        self.files = {}
        self.message = DEFAULT_MESSAGE
        self.cut = 0
        self.limit = 15.0
        self.needs_names = False  # of a name server
        self.connections = []
        self.stdout = []  # (line, is_pattern, text)
        self.stderr = []  # (line, kind, text)
        self.json = []  # (line, path, value)
        self.exit = None

    def wire_message(self):
        """The message in wire form (RFC 5321 sections 2.3.8 and 4.5.2)."""
        lines = re.split(rb"\r*\n|\r", self.message)
        if lines[-1] == b"":
            lines.pop()
        return b"".join(
            (b"." if line.startswith(b".") else b"") + line + b"\r\n"
            for line in lines
        )

    def uses_tls(self):
        return any(
            step.verb in ("tls", "tls-refused")
            for connection in self.connections
            for step in connection.steps
        )


def unescape(line, text):
    """\\r \\n \\t \\0 \\\\ and \\xHH; everything else is literal."""
    simple = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}

    def replace(match):
        escape = match.group(1).decode("latin-1")
        if escape in simple:
            return simple[escape]
        if escape.startswith("x") and len(escape) == 3:
            return bytes([int(escape[1:], 16)])
        raise line.error("unknown escape \\%s" % escape)

    return re.sub(
        rb"\\(x[0-9A-Fa-f]{2}|.|$)",
        replace,
        text.encode("utf-8"),
        flags=re.S,
    )


def expand(text, values):
    """Replaces @NAME@ by its value and @text*N@ by N times the text."""

    def replace(match):
        return values.get(match.group(1), match.group(0))

    text = re.sub(r"@([A-Z0-9]+(?:-[a-z-]+)?)@", replace, text)
    return re.sub(
        r"@([^@*\s]+)\*(\d+)@", lambda m: m.group(1) * int(m.group(2)), text
    )


def repeat(count, text):
    """The text `count` times; @N@ counts from 1."""
    return [text.replace("@N@", str(i)) for i in range(1, count + 1)]


def join_block(line, ending):
    """The octets of a block: each line gets `ending`, or ends in `\\`."""
    octets = b""
    for text in line.block or []:
        if len(text) - len(text.rstrip("\\")) & 1:
            octets += unescape(line, text[:-1])
        else:
            octets += unescape(line, text) + ending
    return octets


def read_lines(text):
    lines = []
    for number, raw in enumerate(text.split("\n"), 1):
        block = re.match(r"\|(?:\*(\d+))?(?: (.*))?$", raw)
        if block:
            if not lines:
                raise PlayError("line %d: a block of nothing" % number)
            if lines[-1].block is None:
                lines[-1].block = []
            lines[-1].block += repeat(
                int(block.group(1) or 1), block.group(2) or ""
            )
        elif raw.strip() and not raw.startswith("#"):
            lines.append(Line(number, raw))
    return lines


def split_field(line):
    name, colon, value = line.text.partition(":")
    if not colon or (value and not value.startswith(" ")):
        raise line.error("expected `name: value`: %s" % line.text)
    return name, value[1:]


def take_profile(play, line, value):
    key, equals, setting = value.partition("=")
    if not equals:
        raise line.error("expected `profile: key = value`")
    if setting.strip() == "@NONE@":
        play.profile.pop(key.strip(), None)
    else:
        play.profile[key.strip()] = setting.strip()


def take_setting(play, line):
    """A line of the head, before the first connection."""
    name, value = split_field(line)
    if line.block is not None and name not in ("message", "file"):
        raise line.error("`%s` takes no block" % name)
    if name == "profile":
        take_profile(play, line, value)
    elif name == "run":
        play.argv = shlex.split(value)
    elif name == "env":
        key, _, setting = value.partition("=")
        play.env[key] = setting
    elif name == "file":
        play.files[value] = join_block(line, b"\n")
    elif name == "message":
        play.message = join_block(line, b"\n")
    elif name == "message-lines":
        filler = b"The quick brown fox jumps over the lazy dog, again. "
        play.message += (filler + b"0123456789ABCDEF\n") * int(value)
    elif name == "cut":
        play.cut = int(value)
    elif name == "needs" and value == "name-server":
        play.needs_names = True
    elif name == "limit":
        play.limit = float(value)
    else:
        raise line.error("unknown setting `%s`" % name)


# The names of the program.
NAMES = ("smtpost", "sendmail", "mailq", "newaliases", "mail", "mailx")

# The steps that are a word with arguments, and how many arguments it may have.
PLAIN_STEPS = {
    "tls": (0, 3),
    "tls-refused": (0, 3),
    "client-hello": (0, 0),
    "hangup": (0, 0),
    "drop": (0, 0),
    "reset": (0, 0),
    "silence": (0, 0),
    "wait": (1, 1),
    "signal": (1, 1),
    "scram": (2, 6),
}

LAST_STEPS = ("hangup", "drop", "reset", "silence", "tls-refused", "clear")


def spoken_steps(line):
    """S: C: C~ S| C| and their repetitions; None if the line is another one."""
    match = re.match(r"([SC])(?:\*(\d+))?([:|~])(?: (.*))?$", line.text)
    if not match:
        return None
    who, count, form, text = match.groups()
    texts = repeat(int(count or 1), text or "")
    if who == "S" and form == ":":
        return [
            Step(line, "say", data=unescape(line, t) + b"\r\n") for t in texts
        ]
    if who == "S" and form == "|":
        return [Step(line, "say", data=unescape(line, t)) for t in texts]
    if who == "C" and form == ":":
        return [Step(line, "hear", words=t) for t in texts]
    if who == "C" and form == "~":
        return [Step(line, "hear-pattern", words=t) for t in texts]
    if who == "C" and form == "|":
        return [Step(line, "octets", data=unescape(line, t)) for t in texts]
    raise line.error("unknown speech")


def content_steps(play, line):
    words = line.text.split()[1:]
    if line.text == "content~" and line.block is not None:
        return [Step(line, "hear-pattern", words=t) for t in line.block]
    if line.text.split()[0] != "content":
        raise line.error("unknown step `%s`" % line.text)
    if words == ["unfinished"]:
        return [Step(line, "content-unfinished")]
    if len(words) == 2 and words[0] == "some":
        return [Step(line, "content-some", words=words[1])]
    if words:
        raise line.error("content, content~, content some N or content "
                         "unfinished")
    if line.block is None:
        return [Step(line, "content", data=play.wire_message())]
    return [Step(line, "content", data=join_block(line, b"\r\n"))]


def take_step(play, line):
    steps = play.connections[-1].steps
    if steps and steps[-1].verb in LAST_STEPS:
        raise line.error("nothing can follow `%s`" % steps[-1].verb)
    spoken = spoken_steps(line)
    word = line.text.split()[0]
    if word.startswith("content"):
        steps += content_steps(play, line)
        return
    if line.block is not None:
        raise line.error("a block belongs to `content`")
    drip = re.match(r"drip ([0-9.]+) \| (.*)$", line.text)
    clear = re.match(r"clear \| (.*)$", line.text)
    answer = re.match(r"answer\*(\d+) (.*) => (.*)$", line.text)
    if spoken:
        steps += spoken
    elif drip:
        data = unescape(line, drip.group(2))
        steps.append(Step(line, "drip", words=drip.group(1), data=data))
    elif clear:
        data = unescape(line, clear.group(1))
        steps.append(Step(line, "clear", data=data))
    elif answer:
        said = repeat(int(answer.group(1)), answer.group(2))
        replies = repeat(int(answer.group(1)), answer.group(3))
        steps += [
            Step(line, "answer", words, unescape(line, reply) + b"\r\n")
            for words, reply in zip(said, replies)
        ]
    elif word in PLAIN_STEPS:
        words = line.text.split()[1:]
        low, high = PLAIN_STEPS[word]
        if not low <= len(words) <= high:
            raise line.error("`%s`: wrong number of words" % word)
        steps.append(Step(line, word, words=" ".join(words)))
    else:
        raise line.error("unknown step `%s`" % line.text)


def take_result(play, line):
    """A line of the result."""
    match = re.match(r"(stdout|stderr)(?:\*(\d+))?(:|~|!~)(?: (.*))?$",
                     line.text)
    if line.block is not None:
        raise line.error("a block belongs to `content`")
    if match and match.group(1) == "stdout" and match.group(3) != "!~":
        count = int(match.group(2) or 1)
        for text in repeat(count, match.group(4) or ""):
            play.stdout.append((line, match.group(3) == "~", text))
        return
    if match and match.group(1) == "stderr" and not match.group(2):
        play.stderr.append((line, match.group(3), match.group(4) or ""))
        return
    name, value = split_field(line)
    if name == "exit":
        play.exit = int(value)
    elif name == "json":
        path, _, expected = value.partition(" = ")
        play.json.append((line, path, expected))
    else:
        raise line.error("unknown result `%s`" % name)


def read_play(text, values):
    """The play of a file's text; `values` has those of @PORT@ and the like."""
    play = Play()
    take = take_setting
    for line in read_lines(text):
        line.text = expand(line.text, values)
        if line.block is not None:
            line.block = [expand(t, values) for t in line.block]
        heading = re.match(r"--- (.*)$", line.text)
        words = heading.group(1).split() if heading else None
        if not heading:
            take(play, line)
        elif words[0] == "connection" and len(words) < 3:
            port = words[1] if len(words) == 2 else values["PORT"]
            play.connections.append(Connection(line, port))
            take = take_step
        elif words == ["no", "connection"] or words == ["result"]:
            take = take_result
        else:
            raise line.error("unknown heading")
    if not play.argv or play.argv[0] not in NAMES:
        raise PlayError("the play needs `run: smtpost ...`")
    if play.exit is None:
        raise PlayError("the play needs `exit: N`")
    play.profile = {k: expand(v, values) for k, v in play.profile.items()}
    return play
