"""Servers written for Node, which npm fetches into the build tree."""

import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import time

from common import Skip, build_folder
from peer import Peer


def fetch(folder, package, **overrides):
    """Fetches a package and its dependencies, without running their scripts, and
    returns their folder. `overrides` replaces versions of dependencies."""
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
        name, _, version = package.rpartition("@")
        (folder / "package.json").write_text(json.dumps(
            {"private": True, "dependencies": {name: version}, "overrides": overrides}))
        if shutil.which("npm") is None:
            raise Skip("npm is not installed")
        try:
            done = subprocess.run(
                ["npm", "install", "--prefix", folder, "--no-audit", "--no-fund",
                 "--ignore-scripts", "--omit=optional"], stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=120)
        except subprocess.TimeoutExpired:
            raise Skip("npm could not fetch it in time") from None
        if done.returncode != 0:
            raise Skip("npm cannot fetch it")
        (folder / "fetched").touch()
    return modules


class NodeServer(Peer):
    """A peer that keeps each message as two files, JSON and content."""

    needs_root = False
    in_machine = False
    package = None
    overrides = {}

    @classmethod
    def prepare(cls):
        return fetch(build_folder(cls.name.lower()), cls.package, **cls.overrides)

    def run_node(self, *words, **environment):
        process = subprocess.Popen(
            ["node", *map(str, words)], env={"PATH": os.environ["PATH"], **environment},
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.running.append(process)
        return process

    def version(self):
        name = self.package.rpartition("@")[0]
        return json.loads((self.prepare() / name / "package.json").read_text())["version"]

    def take(self, count, seconds=30):
        end = time.monotonic() + (seconds if count else 0.3)
        arrived = []
        while time.monotonic() < end and (count == 0 or len(arrived) < count):
            for path in sorted(self.folder.glob("*.json")):
                _, content = self.undress(path.with_suffix(".eml").read_bytes())
                arrived += [(name, content) for name in json.loads(path.read_text())["to"]]
                path.unlink()
                path.with_suffix(".eml").unlink()
            time.sleep(0.02)
        return arrived
