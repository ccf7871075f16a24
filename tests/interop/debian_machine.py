"""A Debian of its own: a clean root, packages, a boot with all units, a network.

The root is made once by debootstrap, in the build tree. A test works on a copy.
Nothing of the machine changes: commands run in namespaces of their own.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import common
import systemd_boot

SUITE = "bookworm"
LIMIT = 90
HERE = pathlib.Path(__file__).resolve().parent
FORGETFUL = ("tmpfs", "ramfs", "overlayfs", "overlay")
SERVER_ADDRESS, ADDRESS = "192.0.2.1", "192.0.2.2"

# $1: the root. The rest: a command in it.
IN_ROOT = """
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
cp -L /etc/resolv.conf "$1/etc/resolv.conf"
cd "$1"
shift
exec chroot . env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@"
"""

# $1: the root. $2: a control group of the test.
BOOT = """
set -e
echo $$ >"$2/cgroup.procs"
exec unshare -n -p -m -u -i -C --fork --kill-child sh -ec '
ip link set lo up
mount --make-rprivate /
mount --bind "$1" "$1"
cd "$1"
mount --rbind /dev dev
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mkdir -p old
pivot_root . old
umount -l old
rmdir old
mount --make-rshared /
exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    %s --system --unit=multi-user.target
' sh "$1"
""" % systemd_boot.SYSTEMD


def why_not():
    """What this machine lacks for it; None: nothing."""
    reason = systemd_boot.why_not()
    if reason is not None:
        return reason
    for tool in ("debootstrap", "nsenter", "ip"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    return None


def clean_root():
    """The folder of the root that all copies are made of."""
    root = common.build_folder("debian")
    if (root / "etc/debian_version").exists():
        return root
    root.parent.mkdir(parents=True, exist_ok=True)
    new = root.with_name("debian.new")
    shutil.rmtree(new, ignore_errors=True)
    made = subprocess.run(
        ["debootstrap", "--variant=minbase", "--include=systemd-sysv,dbus",
         SUITE, new], capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL)
    if made.returncode != 0:
        raise common.Skip("debootstrap cannot make a root: " +
                          (made.stdout.splitlines() or ["silence"])[-1])
    new.rename(root)
    return root


class Machine:
    def __init__(self):
        base = clean_root()
        self.folder = pathlib.Path(
            tempfile.mkdtemp(prefix="machine.", dir=base.parent))
        kind = subprocess.run(["stat", "-f", "-c", "%T", self.folder],
                              capture_output=True, text=True, check=True)
        if kind.stdout.strip() in FORGETFUL:
            self.folder.rmdir()
            raise common.Skip(f"{base.parent} is on a file system that forgets")
        self.folder.chmod(0o755)
        self.root = self.folder / "root"
        self.process = self.group = None
        subprocess.run(["cp", "-a", "--reflink=auto", base, self.root],
                       check=True)

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder)

    def write(self, name, text, mode=0o644):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)

    # --- Without a boot

    def in_root(self, *command, stdin=b"", fails=False):
        """What a command in the root prints; it must succeed, or must fail."""
        done = subprocess.run(
            ["unshare", "-m", "-p", "-u", "--fork", "sh", "-c", IN_ROOT, "sh",
             self.root, *command], input=stdin, capture_output=True, check=False,
            timeout=600)
        text = (done.stdout + done.stderr).decode("utf-8", "replace")
        if not fails and done.returncode != 0:
            raise AssertionError(
                f"{command}: status {done.returncode}\n{text[-3000:]}")
        return done.returncode, text

    def install(self, *packages):
        return self.in_root("apt-get", "-q", "-y", "--no-install-recommends",
                            "install", *packages)[1]

    def would_install(self, *packages):
        """The names of the packages that apt-get would install."""
        text = self.in_root("apt-get", "-q", "-s", "install", *packages)[1]
        return {line.split()[1] for line in text.splitlines()
                if line.startswith("Inst ")}

    def files(self):
        """All names but those that every installation changes."""
        found = set()
        for folder, names, files in os.walk(self.root):
            place = os.path.relpath(folder, self.root)
            if place in ("proc", "sys", "dev", "run", "tmp", "var/cache",
                         "var/lib/dpkg", "var/lib/apt", "var/log",
                         "var/lib/systemd"):
                names[:] = []
                continue
            found.update(os.path.join(place, name) for name in names + files)
        return found

    # --- Booted

    def start(self):
        self.group = systemd_boot.control_group()
        self.output = open(self.folder / "boot", "w+b")
        self.process = subprocess.Popen(
            ["sh", "-c", BOOT, "sh", self.root, str(self.group)],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output)
        end = time.monotonic() + LIMIT
        while not self.is_up():
            if time.monotonic() > end or self.process.poll() is not None:
                words = (self.folder / "boot").read_text(errors="replace")
                self.stop()
                raise common.Skip("systemd does not boot here: " +
                                  (words.splitlines() or ["silence"])[-1])
            time.sleep(0.2)

    def is_up(self):
        try:
            done = self.run("systemctl", "is-system-running")
        except (AssertionError, subprocess.TimeoutExpired):
            return False
        return done.stdout.strip() in (b"running", b"degraded")

    init = systemd_boot.Boot.init
    stop_process = systemd_boot.Boot.stop

    def run(self, *command, user="root", stdin=b""):
        """Runs a command in it as that user; the completed process."""
        child = self.init()
        if child is None:
            raise AssertionError("the machine is off")
        return subprocess.run(
            ["nsenter", "-t", str(child), "-m", "-u", "-i", "-n", "-p", "--",
             "runuser", "-u", user, "--", "env", "-i", "LC_ALL=C.UTF-8",
             "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *command],
            capture_output=True, timeout=LIMIT, check=False, input=stdin)

    def reboot(self):
        """As after a loss of power: no unit is stopped first."""
        self.stop()
        self.start()

    def stop(self):
        if self.process is not None:
            self.stop_process()
            self.process = None


class Network:
    """A server in a network of its own. The machine reaches it after join()."""

    def __init__(self, folder, *arguments):
        self.taken_file = pathlib.Path(folder, "taken")
        self.taken_file.touch()
        self.process = subprocess.Popen(
            ["unshare", "-n", sys.executable, HERE / "debian_server.py",
             self.taken_file, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        common.expect("server", self.process.stdout.readline(), b"up\n")

    def join(self, machine):
        """Lays a cable between the two."""
        inside = ["nsenter", "-t", str(self.process.pid), "-n", "ip"]
        there = ["nsenter", "-t", str(machine.init()), "-n", "ip"]
        for command in (
                [*inside, "link", "add", "cable", "type", "veth", "peer",
                 "name", "eth0", "netns", str(machine.init())],
                [*inside, "addr", "add", f"{SERVER_ADDRESS}/24", "dev", "cable"],
                [*inside, "link", "set", "cable", "up"],
                [*there, "addr", "add", f"{ADDRESS}/24", "dev", "eth0"],
                [*there, "link", "set", "eth0", "up"]):
            subprocess.run(command, check=True, capture_output=True)

    def taken(self):
        return [json.loads(line) for line in
                self.taken_file.read_text(encoding="utf-8").splitlines()]

    def stop(self):
        self.process.kill()
        self.process.wait()
