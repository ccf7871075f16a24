"""aiosmtpd, as a process of its own: STARTTLS and implicit TLS, a login.

Run by itself (with folder and ports as arguments) this file is that server.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

PACKAGES = ["python3-aiosmtpd", "python3-attr", "python3-public",
            "python3-pkg-resources", "python3-typing-extensions"]


class Peer:
    name = "aiosmtpd"
    unsupported = ()

    def __init__(self):
        from common import Skip, free_port, make_certificates, scratch, wait_for_port
        self.python, path = find_python()
        self.folder = scratch("aiosmtpd")
        self.process = None
        try:
            make_certificates(self.folder)
            ports = free_port(), free_port()
            environment = {"PATH": os.environ["PATH"]}
            if path is not None:
                environment["PYTHONPATH"] = str(path)
            self.process = subprocess.Popen(
                [self.python, __file__, self.folder, *map(str, ports)], env=environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=(self.folder / "log").open("wb"))
            for port in ports:
                wait_for_port(port, self.process)
        except BaseException as error:
            if isinstance(error, Skip):
                log = self.folder / "log"
                error.args = (error.args[0] + ": " + (
                    log.read_text().strip().rsplit("\n", 1)[-1] if log.exists() else ""),)
            self.stop()
            raise
        self.starttls = f"smtp://localhost:{ports[0]}"
        self.smtps = f"smtps://localhost:{ports[1]}"

    def take(self, count):
        end = time.monotonic() + (10 if count else 0.3)
        arrived = []
        while time.monotonic() < end and (count == 0 or len(arrived) < count):
            for path in sorted(self.folder.glob("*.json")):
                envelope = json.loads(path.read_text())
                content = path.with_suffix(".eml").read_bytes().replace(b"\r\n", b"\n")
                arrived += [(name, content) for name in envelope["to"]]
                path.unlink()
            time.sleep(0.02)
        return arrived

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


def find_python():
    """A Python that knows aiosmtpd: the system's, else with it unpacked."""
    from common import Skip, build_folder, unpack
    for python in ("/usr/bin/python3", sys.executable):
        if os.path.exists(python) and subprocess.run(
                [python, "-c", "import aiosmtpd.controller"],
                capture_output=True).returncode == 0:
            return python, None
    if not os.path.exists("/usr/bin/python3"):
        raise Skip("aiosmtpd is not installed")
    tree = unpack(build_folder("aiosmtpd"), PACKAGES)
    return "/usr/bin/python3", tree / "usr/lib/python3/dist-packages"


def serve(folder, starttls_port, smtps_port):
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

    def protocol(**more):
        return SMTP(Handler(), hostname="mx.example.test", authenticator=authenticate,
                    auth_required=True, data_size_limit=3000000, **more)

    async def run():
        loop = asyncio.get_running_loop()
        await loop.create_server(
            lambda: protocol(tls_context=context, require_starttls=True),
            "127.0.0.1", int(starttls_port))
        await loop.create_server(
            lambda: protocol(auth_require_tls=False), "127.0.0.1", int(smtps_port),
            ssl=context)
        await asyncio.sleep(1800)

    asyncio.run(run())


if __name__ == "__main__":
    serve(*sys.argv[1:])
