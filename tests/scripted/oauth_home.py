"""A home with an OAuth login and the service that it is at, for the suites that
run smtpost-oauth."""

import hashlib
import json
import os
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request

from scripted.functions import Failure, check, equal
from scripted.https import HttpsServer, json_reply

PROGRAM = os.path.abspath(os.environ.get("OAUTH_PROGRAM", "./smtpost-oauth"))
DAY = 86400


def mark(token):
    return hashlib.sha256(token.encode()).hexdigest()[:16]


def check_waits(process):
    """It must not end while another one has the lock."""
    try:
        process.wait(0.3)
    except subprocess.TimeoutExpired:
        return
    raise Failure("it did not wait for the lock")


def read_query(process):
    """Reads what a login says until it waits for the browser: (the query of the
    address, what it said)"""
    said, query = "", None
    for line in process.stderr:
        said += line.decode()
        if line.startswith(b"https://"):
            query = dict(urllib.parse.parse_qsl(
                line.decode().strip().partition("?")[2]))
        if b"waiting for the browser" in line:
            return query, said
    raise Failure("it does not wait for the browser: " + said)


def come_back(query, **answer):
    """What the browser does that the service sends back with this answer."""
    address = query["redirect_uri"] + "?" + urllib.parse.urlencode(
        {**answer, "state": query["state"]})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})) \
            .open(address, timeout=20) as page:
        equal(page.status, 200, "the page")


class Service:
    """Gives at-1, rt-2, then at-2, rt-3 ... for the newest refresh token."""

    def __init__(self, first=1, lifetime=3600):
        self.newest, self.lifetime = first, lifetime
        self.lock = threading.Lock()

    def __call__(self, request):
        with self.lock:
            if request.form.get("refresh_token") != "rt-%d" % self.newest:
                return json_reply({"error": "invalid_grant"}, 400)
            self.newest += 1
            return json_reply({
                "access_token": "at-%d" % (self.newest - 1),
                "refresh_token": "rt-%d" % self.newest,
                "token_type": "Bearer", "expires_in": self.lifetime})


class Home:
    """A home with a configuration, and a server."""

    def __init__(self, certs, answers, settings="", names=("work",), url=None):
        self.certs = certs
        self.folder = tempfile.mkdtemp(dir=certs.folder)
        self.server = HttpsServer(certs, answers)
        self.url = url or self.server.url
        self.state = os.path.join(self.folder, "state")
        self.runtime = os.path.join(self.folder, "run")
        for path in (self.state, self.runtime):
            os.mkdir(path, 0o700)
        self.records = os.path.join(self.state, "smtpost/oauth")
        self.session = os.path.join(self.runtime, "smtpost")
        self.cache = os.path.join(self.session, "work.token")
        self.config = os.path.join(self.folder, "config")
        # Where the commands of a profile keep the login.
        self.kept = os.path.join(self.folder, "kept")
        with open(self.config, "w", encoding="ascii") as file:
            for name in names:
                file.write(
                    "[%s]\nserver = smtp://localhost\nuser = u@example.org\n"
                    "oauth = %s\noauth-client-id = tester\n"
                    "oauth-tls-trust = %s\n%s\n"
                    % (name, self.url, certs.authority(), settings))
        os.chmod(self.config, 0o600)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.server:
            self.server.close()
        self.server = None

    def path(self, name):
        return os.path.join(self.records, name)

    def record(self, **changes):
        now = int(time.time())
        return dict({
            "version": 1, "provider": self.url, "issuer": self.url,
            "token_endpoint": self.url + "/token", "client_id": "tester",
            "scope": "mail", "user": "u@example.org", "login_at": now - DAY,
            "refresh_token": "rt-1", "refresh_obtained_at": now - DAY,
            "refresh_used_at": now - DAY, "registered": False,
            "dead": False, "exported": False,
        }, **changes)

    def log_in(self, name="work", **changes):
        self.write(name, json.dumps(self.record(**changes)).encode())

    def write(self, name, data, mode=0o600):
        os.makedirs(self.records, 0o700, exist_ok=True)
        with open(self.path(name + ".json"), "wb") as file:
            file.write(data)
        os.chmod(self.path(name + ".json"), mode)

    def read(self, name="work"):
        with open(self.path(name + ".json"), "rb") as file:
            return json.load(file)

    def keep(self, **changes):
        """A login that the commands of the profile keep."""
        with open(self.kept, "w", encoding="utf-8") as file:
            json.dump(self.record(**changes), file)
        os.chmod(self.kept, 0o600)

    def read_kept(self):
        with open(self.kept, encoding="utf-8") as file:
            return json.load(file)

    def read_cache(self):
        with open(self.cache, encoding="utf-8") as file:
            return json.load(file)

    def change_cache(self, **members):
        content = {**self.read_cache(), **members}
        with open(self.cache, "w", encoding="utf-8") as file:
            json.dump(content, file)

    def start(self, *words, wrapper=(), runtime=True, stdin=subprocess.PIPE,
              stdout=subprocess.PIPE, **environment):
        variables = {
            "HOME": self.folder, "PATH": os.environ["PATH"],
            "XDG_STATE_HOME": self.state, "LC_ALL": "C.UTF-8"}
        if runtime:
            variables["XDG_RUNTIME_DIR"] = self.runtime
        # A preload may come before the library of AddressSanitizer.
        variables["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + \
            ":verify_asan_link_order=0"
        return subprocess.Popen(
            [*wrapper, PROGRAM, "--config", self.config, *words],
            env=dict(variables, **environment), stdin=stdin, stdout=stdout,
            stderr=subprocess.PIPE)

    def end(self, process, given=b""):
        """(status, what it printed into a pipe, what it said)"""
        out, err = process.communicate(given, 60)
        for secret in (b"rt-", b"at-", b"se-cret"):
            check(secret not in err, "a secret in %r" % err)
        return process.returncode, (out or b"").decode(), err.decode()

    def run(self, *words, given=b"", **options):
        return self.end(self.start(*words, **options), given)

    def token(self, status=0, token=None, **options):
        got, out, err = self.run("token", "work", **options)
        check(got == status, "token ended %d, not %d: %s" % (got, status, err))
        equal(out, "" if token is None else token + "\n", "the output")
        return err

    def posts(self):
        return [request.form.get("refresh_token")
                for request in self.server.to("/token")]
