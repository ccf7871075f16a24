"""Round trips of ssmtp."""

from import_bench import Row

PACKAGES = ("ssmtp",)
CONFIG = "/etc/ssmtp/ssmtp.conf"


def row(name, config, revaliases="", options=("-t",), **more):
    return Row(name, {CONFIG: config, "/etc/ssmtp/revaliases": revaliases},
               ("ssmtp", *options), CONFIG, ("sendmail", *options), **more)


ROWS = [
    row("a server, and nothing else", "mailhub=mail.example.test\n"),
]
