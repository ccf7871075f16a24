"""Haraka, fetched by npm, with a plugin (haraka.js) that keeps what arrives."""

import pathlib
import shutil

import npm
from common import free_port
from peer import DEFAULT_FIELDS

PLUGIN = pathlib.Path(__file__).with_suffix(".js")

CONFIG = {
    "smtp.ini": "listen=127.0.0.1:{starttls},127.0.0.1:{smtps}\nsmtps_port={smtps}\nnodes=0\n",
    "connection.ini": "[main]\nsmtputf8=true\n[haproxy]\nenabled=false\n"
                      "[max]\nbytes={size}\nmime_parts=1000\nline_length=4096\n"
                      "data_line_length=998\n"
                      "[headers]\nadd_received=false\nclean_auth_results=false\n"
                      "show_version=false\nmax_lines=1000\nmax_received=100\n"
                      "[message]\nhelo=hello\nclose=bye\n"
                      "[uuid]\nbanner_chars=6\ndeny_chars=0\n",
    "tls.ini": "key=tls_key.pem\ncert=tls_cert.pem\n",
    "auth_flat_file.ini": "[core]\nmethods=PLAIN,LOGIN,CRAM-MD5\nconstrain_sender=false\n"
                          "[users]\nalice@example.test=secret\n",
    "plugins": "tls\nauth/flat_file\nkeep\n",
    "haraka_keep": "{folder}\n",
    "me": "mx.example.test\n",
    "log.ini": "[main]\nlevel=warn\n",
}


class Server(npm.NodeServer):
    name = "Haraka"
    package = "Haraka@3.3.4"
    # The version that it asks for depends on one that not every registry has.
    overrides = {"libmime": "5.3.6"}
    mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5")
    extensions = ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE")
    size = 60000000
    added = DEFAULT_FIELDS + ("authentication-results",)

    def start(self):
        home = self.folder / "haraka"
        for name in ("config", "plugins"):
            (home / name).mkdir(parents=True)
        shutil.copy(PLUGIN, home / "plugins/keep.js")
        ports = {name: free_port() for name in ("starttls", "smtps")}
        for name, text in CONFIG.items():
            (home / "config" / name).write_text(
                text.format(size=self.size, folder=self.folder, **ports))
        shutil.copy(self.folder / "leaf.key", home / "config/tls_key.pem")
        shutil.copy(self.folder / "leaf.pem", home / "config/tls_cert.pem")
        process = self.run_node(self.prepare() / "Haraka/bin/haraka", "-c", home,
                                HOME=str(home))
        for port in ports.values():
            self.wait_for(port, process)
        self.starttls = f"smtp://localhost:{ports['starttls']}"
        self.smtps = f"smtps://localhost:{ports['smtps']}"
