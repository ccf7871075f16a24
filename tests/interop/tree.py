"""A server that is not installed: unpacked into the build tree, run in a
mount namespace of its own.

There the tree's /usr lies over the machine's, and /etc is the machine's with
the server's users and files in it, so that every path the server was built
with is right and nothing of the machine is changed. A process namespace
makes sure that nothing outlives the test.
"""

import os
import pathlib
import shutil
import subprocess

from common import Skip, build_folder, unpack

# $1: what lies over /usr, or empty; $2: what lies over /etc; $3: what becomes
# /var; then the command.
SCRIPT = """
set -e
lie_over()
{
	[ -z "$1" ] || mount -t overlay overlay -o "lowerdir=$1:$2" "$2"
}
lie_over "$1" /usr
lie_over "$2" /etc
mount --bind "$3" /var
shift 3
exec "$@"
"""


class Tree:
    """What it takes to run a server of `packages` for `folder`'s test."""

    def __init__(self, name, packages, folder, users=()):
        if os.geteuid() != 0:
            raise Skip("a mount namespace needs root")
        if shutil.which("unshare") is None:
            raise Skip("unshare (util-linux) is not installed")
        self.root = unpack(build_folder(name), packages) if packages else None
        self.etc = folder / "etc"
        self.var = folder / "var"
        for path in (self.etc, self.var, self.var / "tmp", self.var / "run"):
            path.mkdir(mode=0o755)
        if self.root is not None:
            self.merge()
        self.add_users(users)
        tried = subprocess.run(self.command("true"), capture_output=True, text=True)
        if tried.returncode != 0:
            raise Skip("no mount namespace here: " +
                       tried.stderr.strip().rsplit("\n", 1)[-1])

    def merge(self):
        """A package may hold /lib, which is /usr/lib where it is installed."""
        library = self.root / "lib"
        if library.is_dir() and not library.is_symlink():
            shutil.copytree(library, self.root / "usr/lib", symlinks=True,
                            dirs_exist_ok=True)
        if (self.root / "etc").is_dir():
            shutil.copytree(self.root / "etc", self.etc, symlinks=True,
                            dirs_exist_ok=True)

    def add_users(self, users):
        """Users with a group of the same name, from 61000 upwards."""
        lines = {"passwd": "", "group": "", "shadow": ""}
        for number, user in enumerate(users, 61000):
            lines["passwd"] += f"{user}:x:{number}:{number}::/nonexistent:/bin/false\n"
            lines["group"] += f"{user}:x:{number}:\n"
            lines["shadow"] += f"{user}:*:19000:0:99999:7:::\n"
        for name, text in lines.items():
            path = self.etc / name
            path.write_text(pathlib.Path("/etc", name).read_text() + text)
            path.chmod(0o600 if name == "shadow" else 0o644)

    def command(self, *words):
        usr = "" if self.root is None else str(self.root / "usr")
        return ["unshare", "-m", "-p", "--fork", "--kill-child", "sh", "-c", SCRIPT, "sh",
                usr, str(self.etc), str(self.var), *map(str, words)]

    def start(self, *words, log):
        return subprocess.Popen(
            self.command(*words), stdin=subprocess.DEVNULL, stdout=log.open("ab"),
            stderr=subprocess.STDOUT, start_new_session=True)


def stop(process):
    """unshare ignores SIGTERM, and takes all it started with it when killed."""
    if process is not None:
        process.kill()
        process.wait(10)
