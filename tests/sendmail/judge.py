"""Decides what a call of sendmail means, and whether the mail that arrived fits it.

It is independent of the program: it has its own grammar of sendmail's options, and
reads messages with Python's email.
"""

import email
import email.header
import email.policy
import email.utils
import re

FLAGS = set("timnUGvxI")
WITH_ARGUMENT = set("frFNRVBOhLpXDCAaPo")
ATTACHED = set("bedq")
ADDRESS_FIELDS = ("from", "sender", "reply-to", "to", "cc", "resent-from", "resent-sender",
                  "resent-to", "resent-cc", "resent-reply-to")


class Meaning:
    def __init__(self):
        self.mode = "m"
        self.operands = []
        self.from_header = self.ignore_dots = False
        self.reverse_path = None  # not given
        self.notify = self.ret = self.envelope_id = None
        self.refused = None       # the exit status that it must have


def read_argv(argv):
    meaning = Meaning()
    name = argv[0].rsplit("/", 1)[-1]
    if name in ("mailq", "newaliases"):
        meaning.mode = {"mailq": "p", "newaliases": "i"}[name]
    words = list(argv[1:])
    while words:
        word = words.pop(0)
        if word == "--":
            meaning.operands += words
            break
        if not word.startswith("-") or word == "-":
            meaning.operands += [word, *words]
            if any(rest.startswith("-") for rest in words):
                meaning.refused = 64
            break
        if word.startswith("--"):
            meaning.refused = 64  # of smtpost, not of sendmail
            break
        read_letters(meaning, word[1:], words)
        if meaning.refused is not None:
            break
    return meaning


def read_letters(meaning, letters, words):
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter in FLAGS:
            meaning.from_header |= letter == "t"
            meaning.ignore_dots |= letter == "i"
        elif letter in ATTACHED:
            if letter == "b":
                meaning.mode = letters
            elif letter == "q":
                meaning.mode = "q"
            return
        elif letter in WITH_ARGUMENT:
            if not letters and not words:
                meaning.refused = 64
                return
            read_argument(meaning, letter, letters or words.pop(0))
            return
        else:
            meaning.refused = 64
            return


def read_argument(meaning, letter, value):
    if letter in "fr":
        meaning.reverse_path = value
    elif letter == "N":
        meaning.notify = value
    elif letter == "R":
        meaning.ret = value
    elif letter == "V":
        meaning.envelope_id = value
    elif letter == "o" and value in ("i", "itrue"):
        meaning.ignore_dots = True
    elif letter == "O" and value.lower() == "ignoredots=true":
        meaning.ignore_dots = True


def lines_of(data):
    return re.sub(rb"\r\n|\r|\n", b"\n", data)


def meant_message(stdin, ignore_dots):
    """The message with LF line ends, without what is never part of it."""
    text = lines_of(stdin)
    if not ignore_dots:
        end = re.search(rb"^\.(\n|\Z)", text, re.MULTILINE)
        if end is not None:
            text = text[:end.start()]
    if text.startswith(b"From "):
        text = text.partition(b"\n")[2]
    return text


def parse(text, policy=email.policy.compat32):
    """Parses a message. Blanks before colons go: Python's email would end the header there."""
    head, gap, body = text.partition(b"\n\n")
    head = re.sub(rb"^([!-9;-~]+)[ \t]+:", rb"\1:", head, flags=re.MULTILINE)
    return email.message_from_bytes(head + gap + body, policy=policy)


def is_unclear(value):
    """Whether a member has several words but no address in angle brackets."""
    value = re.sub(r'"(?:\\.|[^"])*"', "q", value)
    while re.search(r"\([^()]*\)", value):  # comments nest
        value = re.sub(r"\([^()]*\)", "", value)
    for member in value.split(","):
        if "<" not in member and ":" not in member and re.search(r"\S\s+\S", member):
            return True
    return False


def raw_values(message, *names):
    return [value for name, value in message.raw_items() if name.lower() in names]


def qualify(address, domain):
    """The address of a member; None if it has none, such as a group or a route."""
    local, at, host = address.rpartition("@")
    if not at:
        return f"{address}@{domain}"
    return f"{local}@{host.lower()}"


def addresses(values, domain):
    unfolded = [re.sub(r"\r?\n", "", value) for value in values]
    # A group's name and end, which getaddresses would take for an address.
    group = r'(^|,)\s*(?:[\w .-]|"[^"]*")+:(?=.*;)'
    unfolded = [re.sub(group, r"\1", value).replace(";", ",") if ";" in value else value
                for value in unfolded]
    try:  # or domain literals are lost
        pairs = email.utils.getaddresses(unfolded, strict=False)
    except TypeError:
        pairs = email.utils.getaddresses(unfolded)
    return [(name, qualify(address, domain)) for name, address in pairs if address]


def unique(values):
    return list(dict.fromkeys(values))


def meant_recipients(meaning, message, domain):
    found = [address for _, address in addresses(meaning.operands, domain)]
    if meaning.from_header:
        fields = ("to", "cc", "bcc")
        if raw_values(message, "resent-to", "resent-cc", "resent-bcc"):
            fields = ("resent-to", "resent-cc", "resent-bcc")
        found += [a for _, a in addresses(raw_values(message, *fields), domain)]
    return unique(found)


def octets_of_words(value):
    """The value of a field without blanks, its encoded words decoded."""
    joined = b""
    raw = value.encode("utf-8", "surrogateescape")
    if not raw.isascii():
        joined = raw
    else:
        for chunk, _ in email.header.decode_header(value):
            joined += chunk if isinstance(chunk, bytes) else chunk.encode()
    return re.sub(rb"\s+", b"", joined)


def has_unfoldable_line(stdin, ignore_dots):
    """Whether a word makes a line of the header too long however it is folded."""
    header = meant_message(stdin, ignore_dots).partition(b"\n\n")[0]
    return re.search(rb"\S{998}", header) is not None


def leaves(message):
    for part in message.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True) or b""
            yield part.get_content_type(), lines_of(payload).rstrip(b"\n")


def defects_of(text):
    parsed = parse(text, email.policy.default)
    return {type(defect).__name__ for part in parsed.walk() for defect in part.defects}


class Judge:
    """Collects the faults of one mail that arrived."""

    def __init__(self, mail, stdin, meaning, domain, recipients=None):
        self.faults = []
        self.mail, self.meaning, self.domain = mail, meaning, domain
        self.meant_text = meant_message(stdin, meaning.ignore_dots)
        self.meant = parse(self.meant_text)
        self.text = mail.data.replace(b"\r\n", b"\n")
        self.got = parse(self.text)
        self.expect("recipients", [qualify(path, "NONE") for path in mail.paths],
                    recipients or meant_recipients(meaning, self.meant, domain))
        self.check_reverse_path()
        self.check_fields()
        self.check_kept_fields()
        self.check_text()
        self.check_parameters()

    def expect(self, what, got, wanted):
        if got != wanted:
            self.faults.append(f"{what}: expected {wanted!r}, got {got!r}")

    def check_reverse_path(self):
        given, got = self.meaning.reverse_path, self.mail.reverse_path
        if given is None:
            if not re.fullmatch(r".+@[^@]+", got):
                self.faults.append(f"reverse-path {got!r} is not whole")
        elif given in ("", "<>"):
            self.expect("reverse-path", got, "")
        else:
            self.expect("reverse-path", [qualify(got, "NONE")],
                        [address for _, address in addresses([given], self.domain)])

    def check_fields(self):
        header = self.text.partition(b"\n\n")[0]
        if not header.isascii() and "SMTPUTF8" not in self.mail.parameters:
            self.faults.append("octets that are not ASCII in the header section")
        for name in ("from", "date", "message-id"):
            self.expect(f"how many {name}", len(raw_values(self.got, name)), 1)
        for value in raw_values(self.got, "date"):
            try:
                email.utils.parsedate_to_datetime(value)
            except (TypeError, ValueError):
                if value not in raw_values(self.meant, "date"):
                    self.faults.append(f"Date {value!r}")
        for value in raw_values(self.got, "message-id"):
            if not re.fullmatch(r"\s*<[^<>\s@]+@[^<>\s@]+>\s*", value) \
                    and value not in raw_values(self.meant, "message-id"):
                self.faults.append(f"Message-ID {value!r}")
        if raw_values(self.got, "bcc", "resent-bcc"):
            self.faults.append("a Bcc field is left")
        for name, address in addresses(raw_values(self.got, *ADDRESS_FIELDS), "NONE"):
            if address.endswith("@NONE"):
                self.faults.append(f"{name!r} {address!r} has no domain")
        self.expect("new defects", defects_of(self.text) - defects_of(self.meant_text), set())

    def check_kept_fields(self):
        """All fields are still there, in the same order and with the same meaning.

        Only an address field without anything in it is dropped.
        """
        def told(message):
            for name, value in message.raw_items():
                name = name.lower()
                if name in ("bcc", "resent-bcc", "content-transfer-encoding",
                            "mime-version", "content-type"):
                    continue
                # Without an address the field is dropped.
                if name in ADDRESS_FIELDS and not value.strip():
                    continue
                if name in ADDRESS_FIELDS:
                    yield name, [(octets_of_words(phrase).replace(b'"', b""), address)
                                 for phrase, address in addresses([value], self.domain)]
                else:
                    yield name, octets_of_words(value)

        had = {name for name, _ in told(self.meant)}
        made = {"from", "date", "message-id", "received", "sender",
                "resent-date", "resent-message-id", "resent-sender"} - had
        got = [field for field in told(self.got) if field[0] not in made]
        empty = {name.lower() for name, value in self.meant.raw_items()
                 if name.lower() in ADDRESS_FIELDS and not value.strip()}
        wanted = [(name, value) for name, value in told(self.meant)
                  if value or name not in empty]
        if got != wanted:
            lost = [f for f in wanted if f not in got]
            new = [f for f in got if f not in wanted]
            self.faults.append(f"fields lost: {lost!r}; new: {new!r}")

    def check_text(self):
        got, wanted = list(leaves(self.got)), list(leaves(self.meant))
        self.expect("leaves", [kind for kind, _ in got], [kind for kind, _ in wanted])
        for number, (one, other) in enumerate(zip(got, wanted)):
            if one[1] != other[1]:
                self.faults.append(
                    f"text of leaf {number} is bent: {other[1][:500]!r} became {one[1][:500]!r}")

    def check_parameters(self):
        parameters = self.mail.parameters
        offered = self.mail.offered_dsn
        ret = {"full": "FULL", "hdrs": "HDRS"}.get((self.meaning.ret or "").lower())
        self.expect("RET", parameters.get("RET"), ret if offered else None)
        envelope_id = self.meaning.envelope_id if offered else None
        self.expect("ENVID", parameters.get("ENVID"), envelope_id)
        notify = {word.upper() for word in (self.meaning.notify or "").split(",") if word}
        for path, given in self.mail.recipients:
            got = {word for word in given.get("NOTIFY", "").split(",") if word}
            self.expect(f"NOTIFY of {path}", got, notify if offered else set())
