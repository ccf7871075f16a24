"""oidc-provider (oidc_provider.js), an OpenID provider that rotates refresh tokens
and ends a login whose token is used twice. npm fetches it, or NODE_PATH has it."""

import json
import pathlib
import shutil
import ssl
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

import npm
from common import Skip, build_folder

SCRIPT = pathlib.Path(__file__).with_suffix(".js")
PACKAGE = "oidc-provider@8.8.1"
NODE_OLDEST = 18
LIMIT = 60
DOVECOT = {"client_id": "dovecot", "client_secret": "introspection-secret"}
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def fetch():
    """Returns the folder of the modules, or raises Skip with the reason."""
    if shutil.which("node") is not None:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True)
        if int(said.stdout.lstrip("v").split(".")[0] or 0) < NODE_OLDEST:
            raise Skip(f"Node is older than {NODE_OLDEST}")
    return npm.fetch(build_folder("oidc-provider"), PACKAGE)


class Provider:
    """`url` is the issuer, `authority` the file that `oauth-tls-trust` names.

    An event is what the provider was asked: a dictionary with path, client, grant,
    status, error, the refresh token that it gives, and secrets.
    """

    def __init__(self, certificates, modules):
        self.authority = certificates.authority()
        certificates.context()
        self.context = ssl.create_default_context(cafile=self.authority)
        self.events = []
        self.changed, self.orders = threading.Condition(), threading.Lock()
        self.process = subprocess.Popen(
            ["node", SCRIPT, modules, certificates.path("good.pem"),
             certificates.path("good.key")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)
        self.complaints = []
        self.readers = [threading.Thread(target=read, daemon=True)
                        for read in (self.read_events, self.read_complaints)]
        for reader in self.readers:
            reader.start()
        self.url = self.wait_for(lambda event: "url" in event)["url"]

    def read_events(self):
        for line in self.process.stdout:
            with self.changed:
                self.events.append(json.loads(line))
                self.changed.notify_all()
        with self.changed:
            self.events.append({"ended": True})
            self.changed.notify_all()

    def read_complaints(self):
        self.complaints += self.process.stderr

    def wait_for(self, fits, after=0, number=1):
        """Waits for so many events that fit, after so many; returns the last."""
        def find():
            return [event for event in self.events[after:]
                    if "ended" in event or fits(event)]

        with self.changed:
            self.changed.wait_for(lambda: len(find()) >= number, LIMIT)
            found = find()
        if len(found) < number or "ended" in found[-1]:
            raise AssertionError("oidc-provider: " + "".join(self.complaints[-20:]))
        return found[number - 1]

    def count(self):
        """How many events there were until now."""
        self.order("settle")
        return len(self.events)

    def asked(self, client, path="/token", after=0):
        """The events of a client."""
        self.order("settle")
        with self.changed:
            return [event for event in self.events[after:]
                    if event.get("client") == client and event["path"] == path]

    def grants(self, client, after=0):
        """What a client asked the token endpoint for: (grant, status)."""
        return [(event["grant"].rsplit(":", 1)[-1], event["status"])
                for event in self.asked(client, after=after)]

    def secrets(self):
        """All that may be seen in a request or a reply alone."""
        self.order("settle")
        with self.changed:
            return {secret for event in self.events
                    for secret in event.get("secrets", ())}

    def order(self, command, value=None):
        """hold and release: the replies to a client; close and open: the port;
        lifetime: [client, seconds] of access tokens, None is the usual one;
        settle: nothing, but all that was answered is among the events."""
        with self.orders:
            after = len(self.events)
            self.process.stdin.write(json.dumps({command: value}) + "\n")
            self.process.stdin.flush()
            self.wait_for(lambda event: event.get("done") == command, after)

    def post(self, path, body, kind="application/x-www-form-urlencoded"):
        request = urllib.request.Request(self.url + path, body.encode(),
                                         {"Content-Type": kind})
        try:
            with urllib.request.urlopen(request, context=self.context,
                                        timeout=LIMIT) as reply:
                return json.loads(reply.read() or "{}")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.read()}") from None

    def ask(self, path, **form):
        return self.post(path, urllib.parse.urlencode(form))

    def register(self, **more):
        """A client of its own for a program; returns its description."""
        return self.post("/reg", json.dumps({
            "application_type": "native", "token_endpoint_auth_method": "none",
            "redirect_uris": ["http://127.0.0.1/"], "response_types": ["code"],
            "grant_types": ["authorization_code", "refresh_token", DEVICE_GRANT],
            **more}), "application/json")

    def is_active(self, token):
        return self.ask("/token/introspection", token=token, **DOVECOT)["active"]

    def revoke(self, client, token):
        self.ask("/token/revocation", client_id=client, token=token)

    def close(self):
        self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()
