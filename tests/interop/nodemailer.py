"""nodemailer's smtp-server (nodemailer.js), found through NODE_PATH or fetched by
npm."""

import pathlib

import npm
from common import free_port
from peer import LATE_LIMIT

SCRIPT = pathlib.Path(__file__).with_suffix(".js")


class Server(npm.NodeServer):
    name = "nodemailer"
    package = "smtp-server@3.21.6"
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2")
    extensions = ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE", "DSN",
                  "ENHANCEDSTATUSCODES")
    size = 60000000
    token = "good-token"

    def start(self):
        ports = [free_port() for _ in range(3)]
        process = self.run_node(SCRIPT, self.folder, self.size, LATE_LIMIT, *ports,
                                NODE_PATH=str(self.prepare()))
        for port in ports:
            self.wait_for(port, process)
        self.starttls = f"smtp://localhost:{ports[0]}"
        self.smtps = f"smtps://localhost:{ports[1]}"
        self.late = f"smtp://localhost:{ports[2]}"
