"""A row of tests/doctor_servers: servers with a fault, and what --doctor finds.

Each row is run twice, each time against fresh servers: with --doctor, and with
a real submission, whose status must be the one that --doctor foretells.
"""

import dataclasses


def serve(**how):
    """One server; the arguments are those of doctor_server.Server."""
    return how


@dataclasses.dataclass
class Row:
    name: str
    servers: list  # of serve(); or one
    # The one finding that is neither ok nor skipped, ("auth.login", "failure");
    # None: all is well.
    finding: tuple = None
    also: tuple = ()  # further ones, about the row's own settings
    # {0} is the address and port of the first server, or its path.
    url: str = "smtps://{0}"
    write: tuple = None  # one of its lines: ("sender", "me@example.com")
    says: str = ""  # a part of its sentence, or of its hint
    tells: bool = True  # whether --doctor tells the submission's status
    status: int = None  # of the submission; None: whatever it is
    logins: int = None  # None: one if a server can be logged in to, else none
    config: str = ""  # more settings
    sender: str = "me@example.com"
    password: str = "hunter2"  # None: no login
    options: tuple = ()  # for --doctor
    mails: int = 0  # how often --doctor sends RCPT (with --send)
    exit: int = None  # of --doctor; None: that of the finding's severity
