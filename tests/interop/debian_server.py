"""A submission server with TLS and a login, for debian_package.

    debian_server.py FILE CERTIFICATE KEY USER PASSWORD

Appends one line of JSON for each message to FILE. It prints "up" as soon as it
listens, at every address of its network.
"""

import base64
import json
import socket
import ssl
import subprocess
import sys
import threading

PORT = 465


def serve(connection, context, file, login):
    with context.wrap_socket(connection, server_side=True) as channel, \
            channel.makefile("rwb", buffering=0) as stream:
        talk(stream, file, login)


def talk(stream, file, login):
    stream.write(b"220 mail.example.com\r\n")
    user = mail = None
    recipients = []
    while line := stream.readline():
        words = line.decode("utf-8", "replace").split()
        verb = words[0].upper()
        reply = "250 2.0.0 ok"
        if verb == "EHLO":
            reply = "250-mail.example.com\r\n250 AUTH PLAIN"
        elif verb == "AUTH":
            said = base64.b64decode(words[2]).decode().split("\0")[1:]
            user = said[0] if said == login else None
            reply = "235 2.7.0 ok" if user else "535 5.7.8 no"
        elif verb == "MAIL":
            mail, recipients = words[1], []
            reply = reply if user else "530 5.7.0 log in first"
        elif verb == "RCPT":
            recipients.append(words[1])
        elif verb == "DATA":
            stream.write(b"354 go on\r\n")
            content = b""
            while not content.endswith(b"\r\n.\r\n"):
                content += stream.readline()
            file.write(json.dumps({
                "mail": mail, "recipients": recipients,
                "content": content.decode("utf-8", "replace")}) + "\n")
            file.flush()
        elif verb == "QUIT":
            stream.write(b"221 bye\r\n")
            return
        stream.write(reply.encode() + b"\r\n")


def main():
    taken, certificate, key, *login = sys.argv[1:]
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with open(taken, "a", encoding="utf-8") as file, \
            socket.create_server(("", PORT)) as listener:
        print("up", flush=True)
        while True:
            threading.Thread(
                target=serve, daemon=True,
                args=(listener.accept()[0], context, file, login)).start()


if __name__ == "__main__":
    main()
