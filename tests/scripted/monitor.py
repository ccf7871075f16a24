"""Reads the output of a monitoring plugin by the plugins' guidelines.

    https://www.monitoring-plugins.org/doc/guidelines.html

`parse` raises ValueError for whatever a monitor would not understand.
"""

import dataclasses
import re

STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
# The longest output that every monitor keeps.
KEPT = 4096
NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
RANGE = r"@?(?:(?:~|%s)?:)?(?:%s)?" % (NUMBER, NUMBER)
DATUM = re.compile(
    r"(?P<label>'(?:[^'=|]|'')+'|[^\s'=|]+)=(?P<value>%s|U)(?P<unit>s|ms|us|%%|B|KB|MB|"
    r"TB|c)?(?:;(?P<warn>%s))?(?:;(?P<crit>%s))?(?:;(?P<low>%s)?)?(?:;(?P<high>%s)?)?"
    % (NUMBER, RANGE, RANGE, NUMBER, NUMBER))


@dataclasses.dataclass
class Result:
    state: str
    text: str
    data: dict  # label: the groups of DATUM
    lines: list  # those after the first


def parse_data(text):
    data = {}
    while text:
        found = DATUM.match(text)
        if not found or text[found.end():found.end() + 1] not in ("", " "):
            raise ValueError("no performance data: %r" % text)
        label = found["label"]
        if label.startswith("'"):
            label = label[1:-1].replace("''", "'")
        if label in data:
            raise ValueError("label %r comes twice" % label)
        data[label] = found.groupdict()
        text = text[found.end():].lstrip(" ")
    return data


def parse(output, status, service="SMTPOST"):
    lines = output.split("\n")
    if lines.pop() != "":
        raise ValueError("the last line has no end")
    if not all(line.isprintable() for line in lines):
        raise ValueError("not printable: %r" % output)
    head, bar, data = lines[0].partition("|")
    found = re.fullmatch(r"%s (%s): (\S.*\S) ?" % (service, "|".join(STATES)), head)
    if not found:
        raise ValueError("no first line: %r" % head)
    if STATES.index(found[1]) != status:
        raise ValueError("%s with status %d" % (found[1], status))
    if "|" in data or any("|" in line for line in lines[1:]):
        raise ValueError("a second bar: %r" % output)
    if bar and not data.strip():
        raise ValueError("nothing behind the bar")
    return Result(found[1], found[2], parse_data(data.strip()), lines[1:])


def alerts(value, limit):
    """Whether the value is outside of a range such as "18:", as the guidelines say."""
    inside = limit.startswith("@")
    low, colon, high = limit.lstrip("@").rpartition(":")
    low = float("-inf") if low == "~" else float(low or 0)
    high = float(high) if high else float("inf")
    del colon
    return (low <= value <= high) == inside
