"""Compares what two messages mean, as Python's email reads them."""

import email
import email.header
import email.policy
import re

FIELDS = (b"subject", b"from", b"to")


def plain_lines(octets):
    """A line ends at an LF with all CRs before it, and at every other CR."""
    return re.sub(rb"\r+\n", b"\n", octets).replace(b"\r", b"\n")


def parse(octets):
    return email.message_from_bytes(octets, policy=email.policy.compat32)


def leaves(message):
    """(content type, octets) of each leaf, decoded, with LF line ends."""
    found = []
    for part in message.walk():
        if part.is_multipart():
            continue
        octets = plain_lines(part.get_payload(decode=True) or b"")
        found.append((part, octets))
    # The end of a message ends its last line.
    if found:
        part, octets = found[-1]
        found[-1] = (part, octets.rstrip(b"\n"))
    return found


def outline(octets, policy):
    """(depth, content type) of each entity. A multipart without parts is text."""
    def entities(part, depth):
        kind = part.get_content_type()
        if part.get_content_maintype() == "multipart" and \
                not part.is_multipart():
            kind = "text/plain"
        yield depth, kind
        if part.is_multipart():
            for child in part.get_payload():
                yield from entities(child, depth + 1)

    return list(entities(
        email.message_from_bytes(plain_lines(octets), policy=policy), 0))


def header_text(value):
    """The text of a field: decoded, without quotes, parentheses and folding."""
    if isinstance(value, email.header.Header):
        value = str(value)
    octets = value.encode("utf-8", "surrogateescape")
    pieces = []
    for text, charset in email.header.decode_header(
            re.sub(r"[\r\n]+(?=[ \t])", "",
                   octets.decode("utf-8", "surrogateescape"))):
        if isinstance(text, str):
            text = text.encode("utf-8", "surrogateescape")
        pieces.append(text)
    text = b"".join(pieces) if len(pieces) > 1 else pieces[0]
    return b" ".join(text.replace(b'"', b"").split())


def raw_fields(octets):
    """The fields of the header section, unchanged."""
    lines = plain_lines(octets).split(b"\n")
    fields = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] += b"\n" + line
        elif re.match(rb"[!-9;-~]+[ \t]*:", line):
            fields.append(line)
        else:
            break
    return [(name.strip().lower(), value) for name, _, value in
            (field.partition(b":") for field in fields)]


def fields_named(octets, name):
    """The fields without empty address fields, which are removed."""
    return [header_text(value.decode("utf-8", "surrogateescape"))
            for key, value in raw_fields(octets)
            if key == name and (name == b"subject" or value.strip())]


def unclean(octets, seven_bit):
    """Why these octets must not be sent; None if they may be."""
    if b"\0" in octets:
        return "a NUL"
    if re.search(rb"\r(?!\n)|(?<!\r)\n", octets):
        return "a bare CR or LF"
    if octets and not octets.endswith(b"\r\n"):
        return "an unended line"
    longest = max(len(line) for line in octets.split(b"\r\n"))
    if longest > 998:
        return f"a line of {longest} octets"
    if seven_bit and not octets.isascii():
        return "8-bit octets"
    return None


def has_long_word(octets):
    """In a header: it is sent unchanged, since it cannot be folded."""
    header = plain_lines(octets).split(b"\n\n")[0]
    return any(len(word) > 997 for word in header.split())


def differ(before, after, fields=FIELDS):
    """How two messages differ in meaning; None if they do not."""
    for policy in (email.policy.compat32, email.policy.default):
        if outline(before, policy) != outline(after, policy):
            return (f"entities {outline(before, policy)} became "
                    f"{outline(after, policy)}")
    # The parser reads quoted-printable only with LF line ends.
    old = leaves(parse(plain_lines(before)))
    new = leaves(parse(plain_lines(after)))
    if len(old) != len(new):
        return f"{len(old)} leaves became {len(new)}"
    for number, ((part, was), (other, now)) in enumerate(zip(old, new)):
        # Without parts, the last line end may belong to the text or not.
        if part.get_content_maintype() == "multipart":
            was, now = was.rstrip(b"\n"), now.rstrip(b"\n")
        if was != now:
            return f"leaf {number}: {was[:200]!r} became {now[:200]!r}"
        if part.get_content_type() != other.get_content_type() and \
                not part.get_content_type().startswith("multipart/"):
            return f"leaf {number}: its type changed"
        fault = misdeclared(part, other, now)
        if fault:
            return f"leaf {number}: {fault}"
    for name in fields:
        if fields_named(before, name) != fields_named(after, name):
            return (f"{name.decode()}: {fields_named(before, name)} became "
                    f"{fields_named(after, name)}")
    return None


def misdeclared(part, other, octets):
    """Whether the text has octets that its charset does not have."""
    if octets.isascii() or other.get_content_maintype() != "text":
        return None
    charset = other.get_content_charset()
    old = part.get_content_charset()
    if old in (None, "us-ascii", "ansi_x3.4-1968"):
        try:
            octets.decode("utf-8")
            wanted = "utf-8"
        except UnicodeDecodeError:
            wanted = "unknown-8bit"
        if charset != wanted and charset != old:
            return f"charset {charset}, not {wanted}"
    elif charset != old:
        return f"charset {old} became {charset}"
    return None
