"""aiosmtpd in its own process: STARTTLS, implicit TLS, a login.

This file, run with folder and ports as arguments, is that server.
"""

import functools
import json
import os
import pathlib
import subprocess
import sys
import time

PACKAGES = ["python3-aiosmtpd"]


if __name__ != "__main__":
    from common import Skip, build_folder, free_port, unpack
    from peer import LATE_LIMIT, Peer

    class Server(Peer):
        name = "aiosmtpd"
        needs_root = False
        in_machine = False
        extensions = ("SIZE", "8BITMIME", "SMTPUTF8")
        size = 60000000

        @classmethod
        def prepare(cls):
            return find_python()

        def start(self):
            self.python, self.path = find_python()
            ports = [free_port() for _ in range(3)]
            self.running.append(subprocess.Popen(
                [self.python, __file__, self.folder, str(self.size), str(LATE_LIMIT),
                 *map(str, ports)],
                env=self.environment(), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=self.log))
            for port in ports:
                self.wait_for(port, self.running[0])
            self.starttls = f"smtp://localhost:{ports[0]}"
            self.smtps = f"smtps://localhost:{ports[1]}"
            self.late = f"smtp://localhost:{ports[2]}"

        def environment(self):
            more = {} if self.path is None else {"PYTHONPATH": str(self.path)}
            return {"PATH": os.environ["PATH"], **more}

        def version(self):
            return subprocess.run(
                [self.python, "-c", "import aiosmtpd; print(aiosmtpd.__version__)"],
                env=self.environment(), capture_output=True, text=True,
                check=True).stdout.strip()

        def take(self, count, seconds=30):
            end = time.monotonic() + (seconds if count else 0.3)
            arrived = []
            while time.monotonic() < end and (count == 0 or len(arrived) < count):
                for path in sorted(self.folder.glob("*.json")):
                    envelope = json.loads(path.read_text())
                    content = path.with_suffix(".eml").read_bytes().replace(b"\r\n", b"\n")
                    arrived += [(name, content) for name in envelope["to"]]
                    path.unlink()
                    path.with_suffix(".eml").unlink()
                time.sleep(0.02)
            return arrived


def find_python():
    """A Python that can import aiosmtpd: from the system, else unpacked."""
    for python in ("/usr/bin/python3", sys.executable):
        if os.path.exists(python) and subprocess.run(
                [python, "-c", "import aiosmtpd.controller"],
                capture_output=True).returncode == 0:
            return python, None
    if not os.path.exists("/usr/bin/python3"):
        raise Skip("aiosmtpd is not installed")
    unpacked = unpack(build_folder("aiosmtpd"), PACKAGES)
    return "/usr/bin/python3", unpacked / "usr/lib/python3/dist-packages"


def serve(folder, limit, late_limit, *ports):
    import asyncio
    import ssl

    from aiosmtpd.smtp import SMTP, AuthResult

    folder = pathlib.Path(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")

    class Handler:
        count = 0

        async def handle_RCPT(self, server, session, envelope, address, options):
            if address.endswith("@refused.test"):
                return "550 5.7.1 Relaying denied"
            envelope.rcpt_tos.append(address)
            return "250 2.1.5 Recipient ok"

        async def handle_DATA(self, server, session, envelope):
            Handler.count += 1
            stem = folder / f"{Handler.count:06d}"
            stem.with_suffix(".eml").write_bytes(envelope.original_content)
            stem.with_suffix(".tmp").write_text(json.dumps(
                {"from": envelope.mail_from, "to": envelope.rcpt_tos}))
            stem.with_suffix(".tmp").rename(stem.with_suffix(".json"))
            return "250 2.0.0 Ok: taken"

    def authenticate(server, session, envelope, mechanism, data):
        good = data.login == b"alice@example.test" and data.password == b"secret"
        return AuthResult(success=good, handled=False)

    class Late(SMTP):
        """A server with a limit of size that it does not announce."""

        async def smtp_EHLO(self, hostname):
            limit, self.data_size_limit = self.data_size_limit, None
            await super().smtp_EHLO(hostname)
            self.data_size_limit = limit

    def protocol(kind=SMTP, limit=int(limit), **more):
        return kind(Handler(), hostname="mx.example.test", authenticator=authenticate,
                    auth_required=True, data_size_limit=limit, enable_SMTPUTF8=True, **more)

    starttls = {"tls_context": context, "require_starttls": True}
    doors = [(starttls, None), ({"auth_require_tls": False}, context),
             ({"kind": Late, "limit": int(late_limit), **starttls}, None)]

    async def run():
        loop = asyncio.get_running_loop()
        for (more, wrapping), port in zip(doors, ports):
            await loop.create_server(functools.partial(protocol, **more),
                                     "127.0.0.1", int(port), ssl=wrapping)
        await asyncio.sleep(1800)

    asyncio.run(run())


if __name__ == "__main__":
    serve(*sys.argv[1:])
