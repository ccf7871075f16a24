"""A home with a profile that logs in at oidc_provider.py, and a person who does so
with a browser, for the scenes of oauth_provider."""

import json
import os
import pathlib
import subprocess
import sys

import dovecot
import oidc_provider
from oidc_robot import Robot
from scripted.spool import LIMIT, SMTPOST, Server
from scripted.terminal import Terminal

OAUTH = os.path.abspath(os.environ.get("OAUTH_PROGRAM", "./smtpost-oauth"))
ROBOT = pathlib.Path(__file__).resolve().parent / "oidc_robot.py"
ALICE, BOB = "alice@example.test", "bob@example.test"
MESSAGE = b"From: Alice <alice@example.test>\nSubject: hello\n\nHello.\n"
CLIENT_SECRET = "client-secret"
RECORD, CACHE = "state/smtpost/oauth/work.json", "run/smtpost/work.token"

INTROSPECTION = """
introspection_mode = post
introspection_url = {url}/token/introspection
client_id = {client_id}
client_secret = {client_secret}
tls_ca_cert_file = {authority}
username_attribute = email
active_attribute = active
active_value = true
scope = smtp
"""


class MailServer(dovecot.Server):
    """Dovecot, which asks the provider."""

    def __init__(self, provider):
        self.provider = provider
        super().__init__()

    def token_settings(self):
        # Its user cannot read the folder of the provider.
        authority = self.folder / "provider.pem"
        authority.write_bytes(pathlib.Path(self.provider.authority).read_bytes())
        return INTROSPECTION.format(url=self.provider.url, authority=authority,
                                    **oidc_provider.DOVECOT)

    def settings(self):
        """Of a profile."""
        return {"server": self.starttls, "tls": None,
                "tls-trust": self.folder / "root.pem"}

    def arrived(self, recipient, count, seconds=LIMIT):
        """Waits for so many mails to the recipient."""
        def number():
            return sum(path == recipient for delivery in self.sink.kept
                       for path, _ in delivery.recipients)

        with self.sink.changed:
            self.sink.changed.wait_for(lambda: number() >= count, seconds)
            return number()


class World:
    """The provider, and servers that take its tokens."""

    def __init__(self, modules, certificates):
        self.provider = oidc_provider.Provider(certificates, modules)
        # It takes every token.
        self.server = Server(extensions=("PIPELINING", "AUTH XOAUTH2 OAUTHBEARER"))
        self.mail = None

    def any_server(self):
        return {"server": "smtp://localhost:%d" % self.server.port, "tls": "none"}

    def robot(self, user=ALICE, consents=True):
        return Robot(self.provider.authority, user, consents)

    def register(self, **more):
        return self.provider.register(**more)["client_id"]

    def close(self):
        if self.mail is not None:
            self.mail.stop()
        self.server.close()
        self.provider.close()


class Home:
    """Settings are those of the profile; None: it is not set."""

    def __init__(self, s, client, name="home", **settings):
        self.s, self.client = s, client
        self.provider = s.world.provider
        self.folder = os.path.join(s.folder, name)
        for path in ("run", "state"):
            os.makedirs(os.path.join(self.folder, path), 0o700)
        self.config = os.path.join(self.folder, "config")
        self.env = {"HOME": self.folder, "PATH": os.environ["PATH"],
                    "XDG_STATE_HOME": self.folder + "/state",
                    "XDG_RUNTIME_DIR": self.folder + "/run", "LC_ALL": "C.UTF-8"}
        for variable in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if variable in os.environ:
                self.env[variable] = os.environ[variable]
        self.settings = {
            "user": ALICE, "sender": ALICE, "oauth": self.provider.url,
            "oauth-tls-trust": self.provider.authority, "oauth-client-id": client,
            "ehlo-name": "client.example.test", "queue": "never",
            "queue-flush": "no", "queue-dir": self.folder + "/spool",
            **s.world.any_server()}
        self.change(**settings)

    def change(self, **settings):
        """Sets what the profile says."""
        self.settings.update({name.replace("_", "-"): value
                              for name, value in settings.items()})
        with open(self.config, "w", encoding="utf-8") as file:
            file.write("[work]\n" + "".join(
                "%s = %s\n" % row for row in self.settings.items()
                if row[1] is not None))

    def set_client_secret(self, secret):
        self.change(oauth_client_secret_file=self.path(CLIENT_SECRET))
        with open(os.open(self.path(CLIENT_SECRET),
                          os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600),
                  "w", encoding="ascii") as file:
            file.write(secret + "\n")

    def words(self, command, *more):
        return [OAUTH, "--config", self.config, command, "work", *more]

    def start(self, words, preexec_fn=None, **env):
        """A program without a terminal."""
        return subprocess.Popen(
            words, env={**self.env, **env}, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder,
            start_new_session=True, preexec_fn=preexec_fn)

    def end(self, process, status=0, octets=b"", is_secret=False):
        """Waits for a program; returns what it printed. Any status: None."""
        out, err = (text.decode() for text in process.communicate(octets, LIMIT))
        self.s.said.append(err)
        if not is_secret:
            self.s.said.append(out)
        if status is not None:
            self.s.same("the exit status (%s)" % err, process.returncode, status)
        self.errors, self.status = err, process.returncode
        return out

    def oauth(self, command, *more, status=0, octets=b"", is_secret=False, **env):
        return self.end(self.start(self.words(command, *more), **env), status, octets,
                        is_secret)

    def token(self, status=0, **env):
        """The token; it is the only line."""
        out = self.oauth("token", status=status, is_secret=True, **env)
        self.s.claim("it is one line", out.endswith("\n") and out.count("\n") == 1
                     or not out and status != 0)
        return out[:-1]

    def renew(self, status=0):
        return self.token(status, SMTPOST_TOKEN_RENEW="1")

    def smtpost(self, *words, wrapper=()):
        return self.start([*wrapper, SMTPOST, "--config", self.config, *words])

    def start_mail(self, recipient, *options, wrapper=()):
        return self.smtpost("-P", "work", "-f", ALICE, *options, "--", recipient,
                            wrapper=wrapper)

    def send(self, recipient, *options, status=0, wrapper=()):
        return self.end(self.start_mail(recipient, *options, wrapper=wrapper), status,
                        MESSAGE)

    def path(self, name):
        return os.path.join(self.folder, name)

    def file(self, name):
        """A file of the login; None if there is none."""
        if not os.path.exists(self.path(name)):
            return None
        with open(self.path(name), encoding="utf-8") as file:
            return json.load(file)

    def list_files(self):
        return [name for path in (RECORD, CACHE)
                for name in sorted(os.listdir(os.path.dirname(self.path(path))))]

    def refresh_token(self):
        return self.file(RECORD)["refresh_token"]

    def access_token(self):
        return self.file(CACHE)["access_token"]

    def change_cache(self, **members):
        cached = {**self.file(CACHE), **members}
        with open(self.path(CACHE), "w", encoding="utf-8") as file:
            json.dump(cached, file)

    def let_expire(self):
        """The access token in the cache."""
        self.change_cache(expires_at=self.file(CACHE)["obtained_at"])

    def revoke(self):
        """The access token at the provider, which the cache knows nothing of."""
        self.provider.revoke(self.client, self.access_token())

    def grants(self, after=0):
        return self.provider.grants(self.client, after)

    def check_alive(self):
        """One more refresh works, and its tokens are good."""
        token = self.renew()
        self.s.claim("the token is good", self.provider.is_active(token))
        self.s.claim("the login is good", self.provider.is_active(self.refresh_token()))

    def check_done(self, grant):
        """A login, which was renewed once."""
        self.s.same("asked for", [one for one in self.grants() if one[1] == 200],
                    [(grant, 200), ("refresh_token", 200)])
        self.s.same("of", self.file(RECORD)["user"], ALICE)
        self.check_alive()

    def check_hint(self):
        hint = "hint: run smtpost-oauth --config %s login work\n" % self.config
        self.s.claim(self.errors, hint in self.errors)

    def check_nothing(self):
        self.s.same("the login", self.file(RECORD), None)
        self.s.same("the token", self.file(CACHE), None)

    def address(self, text):
        """The last address that was printed for the person."""
        return [line.strip() for line in text.split("\n")
                if line.strip().startswith(self.provider.url)][-1]

    def read_login(self, process):
        """What a login says until it waits for the person."""
        said = ""
        for line in process.stderr:
            said += line.decode()
            if "waiting for" in said:
                break
        self.s.said.append(said)
        return said

    def start_login(self, *words):
        """(a login without a terminal that waits, the address for the browser)"""
        process = self.start(self.words("login", "-v", *words))
        return process, self.address(self.read_login(process))

    def log_in_by_code(self, person, status=0):
        process, address = self.start_login("--device")
        page = person.browse(address)
        self.end(process, status)
        return page

    def log_in_by_listener(self, person, status=0):
        process, address = self.start_login("--browser")
        page = person.log_in(address)
        self.end(process, status)
        return page

    def log_in_by_paste(self, person, status=0):
        terminal = Terminal(self.words("login", "-v", "--paste"), self.env)
        terminal.wait("press Enter")
        terminal.type(person.browse(self.address(terminal.shown.decode())))
        self.end_terminal(terminal, status)

    def log_in_by_browser(self, person, status=0, wrapper=()):
        """The robot is the program that the login starts."""
        os.makedirs(self.path("programs"))
        with open(self.path("programs/xdg-open"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexec '%s' -B '%s' '%s' %s %s \"$1\"\n" % (
                sys.executable, ROBOT, self.provider.authority, person.user,
                "yes" if person.consents else "no"))
        os.chmod(self.path("programs/xdg-open"), 0o755)
        terminal = Terminal(self.words("login", "-v"), {
            **self.env, "DISPLAY": ":99",
            "PATH": self.path("programs") + ":" + self.env["PATH"]}, wrap=wrapper)
        self.end_terminal(terminal, status)

    def end_terminal(self, terminal, status):
        got = terminal.end()
        self.errors = terminal.shown.decode()
        self.s.said += [self.errors, terminal.printed]
        self.s.same("the exit status (%s)" % self.errors, got, status)


def logged_in(s, name="home", **settings):
    home = Home(s, s.world.register(), name, **settings)
    home.log_in_by_listener(s.world.robot())
    return home
