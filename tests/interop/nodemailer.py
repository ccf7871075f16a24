"""nodemailer's smtp-server (nodemailer.js), as a process of Node's.

The package is taken from where NODE_PATH says, else fetched by npm into the
build tree.
"""

import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import time

from common import Skip, build_folder, free_port
from peer import LATE_LIMIT, Peer

PACKAGE = "smtp-server@3.21.6"
SCRIPT = pathlib.Path(__file__).with_suffix(".js")


def fetch(folder, package):
    """An npm package and what it needs, below `folder`; no script of it runs."""
    if shutil.which("node") is None:
        raise Skip("Node is not installed")
    for path in os.environ.get("NODE_PATH", "").split(":"):
        if path and (pathlib.Path(path) / package.rpartition("@")[0]).is_dir():
            return pathlib.Path(path)
    modules = folder / "node_modules"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "fetched").exists():
            return modules
        if shutil.which("npm") is None:
            raise Skip("there is no npm to fetch it")
        try:
            done = subprocess.run(
                ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund",
                 "--ignore-scripts", package], stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=120)
        except subprocess.TimeoutExpired:
            raise Skip("npm could not fetch it in time") from None
        if done.returncode != 0:
            raise Skip("npm cannot fetch it")
        (folder / "fetched").touch()
    return modules


class Server(Peer):
    name = "nodemailer"
    needs_root = False
    in_machine = False
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2")
    extensions = ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE", "DSN",
                  "ENHANCEDSTATUSCODES")
    size = 60000000
    token = "good-token"

    @classmethod
    def prepare(cls):
        return fetch(build_folder("nodemailer"), PACKAGE)

    def start(self):
        self.modules = self.prepare()
        ports = [free_port() for _ in range(3)]
        environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(self.modules)}
        self.running.append(subprocess.Popen(
            ["node", SCRIPT, self.folder, str(self.size), str(LATE_LIMIT), *map(str, ports)],
            env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log))
        for port in ports:
            self.wait_for(port, self.running[0])
        self.starttls = f"smtp://localhost:{ports[0]}"
        self.smtps = f"smtps://localhost:{ports[1]}"
        self.late = f"smtp://localhost:{ports[2]}"

    def version(self):
        description = self.modules / "smtp-server/package.json"
        return json.loads(description.read_text())["version"]

    def take(self, count, seconds=30):
        end = time.monotonic() + (seconds if count else 0.3)
        arrived = []
        while time.monotonic() < end and (count == 0 or len(arrived) < count):
            for path in sorted(self.folder.glob("*.json")):
                content = path.with_suffix(".eml").read_bytes().replace(b"\r\n", b"\n")
                arrived += [(name, content) for name in json.loads(path.read_text())["to"]]
                path.unlink()
                path.with_suffix(".eml").unlink()
            time.sleep(0.02)
        return arrived
