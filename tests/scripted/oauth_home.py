"""A home with an OAuth login and the service that it is at, for the suites that
run smtpost-oauth."""

import concurrent.futures
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

from scripted import certificates, suite
from scripted.https import HttpsServer, json_reply

PROGRAM = os.path.abspath(os.environ.get("OAUTH_PROGRAM", "./smtpost-oauth"))
AT_ONCE = 6
DAY = 86400


class Failure(Exception):
    pass


class Skip(Exception):
    pass


def check(is_true, what):
    if not is_true:
        raise Failure(what)


def equal(got, wanted, what):
    check(got == wanted, "%s: %r instead of %r" % (what, got, wanted))


def mark(token):
    return hashlib.sha256(token.encode()).hexdigest()[:16]


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
        self.config = os.path.join(self.folder, "config")
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

    def start(self, *words, wrapper=(), runtime=True, **environment):
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
            env=dict(variables, **environment), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def end(self, process, given=b""):
        out, err = process.communicate(given, 60)
        for secret in (b"rt-", b"at-", b"se-cret"):
            check(secret not in err, "a secret in %r" % err)
        return process.returncode, out.decode(), err.decode()

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


def run_test(certs, test):
    """(skip reason, what is wrong)"""
    try:
        test(certs)
        return None, None
    except Skip as reason:
        return str(reason), None
    except Failure as failure:
        return None, str(failure)
    except Exception as error:
        return None, "%s: %s" % (type(error).__name__, error)


def tests_in(names):
    """(name, function) of each test_... in the names of a module."""
    return [(name[5:].replace("_", " "), test)
            for name, test in list(names.items()) if name[:5] == "test_"]


def play_tests(all_tests):
    """Runs the tests, each with certificates, several at once, and prints TAP.
    Arguments choose them by a part of their names."""
    suite.catch_signals()
    if not os.access(PROGRAM, os.X_OK):
        print("1..0 # SKIP there is no program " + PROGRAM)
        return 0
    if not certificates.available():
        print("1..0 # SKIP there is no certtool")
        return 0
    tests = [(name, test) for name, test in all_tests
             if all(part in name for part in sys.argv[1:])]
    failed = False
    print("1..%d" % len(tests), flush=True)
    with tempfile.TemporaryDirectory(prefix="oauth.") as folder, \
            concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        certs = certificates.Certificates(folder)
        certs.authority()
        results = pool.map(lambda row: run_test(certs, row[1]), tests)
        for number, (skipped, wrong) in enumerate(results, 1):
            print("%s %d - %s%s" % ("not ok" if wrong else "ok", number,
                                    tests[number - 1][0],
                                    " # SKIP " + skipped if skipped else ""))
            if wrong:
                print("\n".join("# " + line for line in wrong.split("\n")))
            sys.stdout.flush()
            failed |= bool(wrong)
    return 1 if failed else 0
