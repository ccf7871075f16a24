"""Boots a real systemd, for tests of units.

It runs as process 1 in namespaces of its own, over the machine's files, with no
units but those that a test writes. The network is the machine's.
"""

import os
import pathlib
import shutil
import subprocess
import time

import common

LIMIT = 60
SYSTEMD = "/lib/systemd/systemd"
UNITS = "etc/smtpost-units"
TARGETS = ("sysinit", "basic", "sockets", "timers", "paths", "shutdown")
SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent / "src/units"

# $1: a folder; `over` in it is laid over the machine's files, `run` becomes
# /run/smtpost, `spool`, if it is there, /var/spool/smtpost, and other folders are
# empty. $2: a control group of the test.
BOOT = """
set -e
echo $$ >"$2/cgroup.procs"
exec unshare -p -m -u -i -C --fork --kill-child sh -ec '
cd "$1"
mount --make-rprivate /
mount -t tmpfs tmpfs work
mkdir work/over work/work
cp -a over/. work/over/
mount -t overlay overlay \
    -o lowerdir=/,upperdir=work/over,workdir=work/work root
mount --rbind /dev root/dev
mount -t proc proc root/proc
mount -t sysfs -o ro sysfs root/sys
mount -t cgroup2 cgroup2 root/sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs root/run
mkdir root/run/smtpost
mount --bind run root/run/smtpost
if [ -d spool ]; then
	mkdir -p root/var/spool/smtpost
	mount --bind spool root/var/spool/smtpost
fi
mount -t tmpfs -o mode=1777 tmpfs root/tmp
mkdir root/old
cd root
pivot_root . old
umount -l old
mount --make-rshared /
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    SYSTEMD_UNIT_PATH=/%s SYSTEMD_LOG_TARGET=console \
    %s --system --unit=check.target
' sh "$1"
""" % (UNITS, SYSTEMD)


def why_not():
    """What this machine lacks for it; None: nothing."""
    if os.geteuid() != 0:
        return "only root can boot systemd"
    if not os.path.exists(SYSTEMD):
        return "systemd is not installed"
    if shutil.which("unshare") is None:
        return "unshare (util-linux) is not installed"
    return None


def control_group():
    """Makes an empty control group of version 2."""
    with open("/proc/self/mounts", encoding="ascii") as mounts:
        places = [line.split()[1] for line in mounts
                  if line.split()[2] == "cgroup2"]
    if not places:
        raise common.Skip("there are no control groups of version 2 here")
    group = pathlib.Path(places[0], f"smtpost-test-{os.getpid()}")
    try:
        group.mkdir()
    except OSError as error:
        raise common.Skip(f"cannot make a control group: {error}")
    return group


class Boot:
    """A machine in a folder. First its files are written, then it starts."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.over = self.folder / "over"
        for name in ("work", "root", "over", "run"):
            (self.folder / name).mkdir(exist_ok=True)
        self.group = self.process = None
        for name in TARGETS:
            self.write_unit(f"{name}.target",
                            "[Unit]\nDefaultDependencies=no\n")

    def write(self, name, text, mode=0o644):
        path = self.over / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
        path.chmod(mode)

    def write_unit(self, name, text):
        self.write(f"{UNITS}/{name}", text)

    def write_shipped(self, name):
        """A unit as `make install` makes it."""
        text = SOURCE / f"{name}.in"
        if not text.exists():
            text = SOURCE / name
        self.write_unit(name, text.read_text(encoding="ascii")
                        .replace("@bindir@", "/usr/local/bin")
                        .replace("@sysconfdir@", "/etc"))

    def add_service_user(self):
        """What sysusers.d makes; the group and user id of smtpost."""
        owner = 19000
        for name, line in (("passwd", f"smtpost:x:{owner}:{owner}::/:/bin/false"),
                           ("group", f"smtpost:x:{owner}:")):
            old = pathlib.Path("/etc", name).read_text(encoding="utf-8")
            kept = [row for row in old.splitlines()
                    if not row.startswith("smtpost:")]
            path = self.over / "etc" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join((*kept, line, "")), encoding="utf-8")
            path.chmod(0o644)
        return owner

    def start(self, is_up):
        """Until is_up() says that it is. A machine that cannot: Skip."""
        for path in (self.over, self.over / "etc", *self.over.glob("etc/*/")):
            path.chmod(0o755)
        self.group = control_group()
        self.output = open(self.folder / "boot", "w+b")
        self.process = subprocess.Popen(
            ["sh", "-c", BOOT, "sh", str(self.folder), str(self.group)],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output)
        end = time.monotonic() + LIMIT
        while not is_up():
            if time.monotonic() > end or self.process.poll() is not None:
                self.stop()
                raise common.Skip("systemd does not boot here: " +
                                  self.last_words())
            time.sleep(0.05)

    def last_words(self):
        self.output.seek(0)
        lines = self.output.read().decode("utf-8", "replace").split("\n")
        return ([line for line in lines if line.strip()] or ["silence"])[-1]

    def init(self):
        """The number of its process 1 outside; None: there is none."""
        children = pathlib.Path(
            f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        try:
            numbers = children.read_text(encoding="ascii").split()
        except OSError:
            return None
        return int(numbers[0]) if numbers else None

    def run(self, *command, uid=0, **arguments):
        """Runs a command in it; the completed process."""
        return subprocess.run(
            ["nsenter", "-t", str(self.init()), "-m", "-u", "-i", "-p", "--",
             "setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups",
             "env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin", *command],
            capture_output=True, timeout=LIMIT, check=False, **arguments)

    def stop(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            child = self.init()
            if child is not None:
                os.kill(child, 9)
            self.process.kill()
        self.process.wait(LIMIT)
        end = time.monotonic() + LIMIT
        while self.group.exists() and time.monotonic() < end:
            for folder, _, _ in os.walk(self.group, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    time.sleep(0.05)
