"""Compares what clients do in mx_bed with the verdicts of mx_rows.py."""

import common


def is_host(row, said, names):
    """Whether a host's full name is one of these, which are below the domain."""
    domain = row.full_domain().strip("[]").removeprefix("IPv6:")
    known = {host.name: host.full_name for host in row.hosts}
    aliases = {host.alias: host.full_name for host in row.hosts if host.alias}
    wanted = set()
    for name in names.split("|"):
        wanted |= {domain} if name == "@" else {
            f"{name}.{domain}", known.get(name), aliases.get(name)}
    return said in wanted


def check_opinion(row, said, wanted, opinion):
    """Compares an opinion with a verdict; codes only if the row gives one."""
    if opinion is None and wanted == "silent":
        return
    if opinion is None:
        raise AssertionError("it does not tell what it has done")
    outcome, *rest = wanted.split(" ")
    got = f"{opinion.outcome} {opinion.host} {opinion.level} {opinion.code} " \
        f"{opinion.text.strip()[:600]}"
    if opinion.outcome != outcome:
        raise AssertionError(f"expected {wanted!r}, got {got}")
    if outcome == "relayed":
        level = said.get(rest[1], rest[1])
        if not is_host(row, opinion.host, rest[0]) or opinion.level != level:
            raise AssertionError(f"expected {wanted!r}, got {got}")
    elif rest and opinion.code and opinion.code != rest[0]:
        raise AssertionError(f"expected {wanted!r}, got {got}")


# Other clients do not tell these apart.
SAID = {"Postfix": {"dane-ee": "dane", "dane-ta": "dane"},
        "Exim": {"dane-ee": "dane", "dane-ta": "dane"}}


def check_second(row, program, opinion):
    given = {"Postfix": row.postfix, "Exim": row.exim}[program]
    if given == "any":
        return
    outcome = row.ours.partition(" ")[0]
    wanted = given or (row.ours if outcome == "relayed" else outcome)
    check_opinion(row, SAID[program], wanted, opinion)


def check_finger(row, opinion):
    """The best host that speaks to posttls-finger decides what it finds."""
    outcome, *rest = row.ours.split(" ")
    level = opinion.level if opinion.outcome == "reached" else "none"
    if row.sts is not None:
        pass
    elif row.finger is not None:
        common.expect("level", level, row.finger)
    elif outcome == "relayed":
        wanted = {"dane-ee": "dane", "dane-ta": "dane", "clear": "none"}.get(
            rest[1], rest[1])
        common.expect("level: " + opinion.text[-600:], level, wanted)
    elif level not in ("none", "tls"):
        raise AssertionError(f"level {level}: {opinion.text[-600:]}")


def check_dane_only(row, opinion):
    """posttls-finger verifies by DANE where smtpost does."""
    wanted = row.ours.endswith((" dane-ee", " dane-ta"))
    if row.finger is not None:
        wanted = row.finger == "dane"
    common.expect("verified: " + opinion.text[-600:], opinion.level == "dane", wanted)


def check_secure(row, opinion):
    """posttls-finger verifies the certificate where smtpost does by MTA-STS."""
    common.expect("verified", opinion.level == "dane", row.ours.endswith(" trust"))


def check_reason(row):
    """A row says why smtpost differs from others, and only then."""
    others = [one for one in (row.postfix, row.exim, row.finger) if one is not None]
    common.expect("a reason is given", bool(row.why), bool(others))


def check_own(row, run):
    if isinstance(run, Exception):
        raise AssertionError(str(run))
    try:
        check_opinion(row, {}, row.ours, run.opinion())
    except AssertionError as fault:
        raise AssertionError(f"{fault}\n{run.trace[-3000:]}") from fault
