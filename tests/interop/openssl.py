"""The server's side of TLS by OpenSSL, with the channel bindings of a session.

Python's ssl module has neither tls-exporter nor the extended master secret, so
this calls OpenSSL itself, which shares no code with the program's GnuTLS.
"""

import ctypes
import ctypes.util
import io
import socket
import struct
import threading

from common import Skip

TLS1_2, TLS1_3 = 0x0303, 0x0304
SET_MIN_VERSION, SET_MAX_VERSION, HAS_EXTENDED_SECRET = 123, 124, 122
NO_EXTENDED_SECRET = 1
LABEL = b"EXPORTER-Channel-Binding"  # RFC 9266 section 2
ONCE = threading.Lock()
LOADED = []


def library():
    with ONCE:
        if not LOADED:
            LOADED.append(load())
    return LOADED[0]


def load():
    try:
        ssl = ctypes.CDLL(ctypes.util.find_library("ssl") or "libssl.so.3")
    except OSError:
        raise Skip("libssl is not installed") from None
    pointer, number, octets = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    size = ctypes.c_size_t
    for name, result, *words in (
            ("TLS_server_method", pointer),
            ("SSL_CTX_new", pointer, pointer),
            ("SSL_CTX_use_certificate_chain_file", number, pointer, octets),
            ("SSL_CTX_use_PrivateKey_file", number, pointer, octets, number),
            ("SSL_CTX_ctrl", ctypes.c_long, pointer, number, ctypes.c_long, pointer),
            ("SSL_CTX_set_options", ctypes.c_uint64, pointer, ctypes.c_uint64),
            ("SSL_new", pointer, pointer),
            ("SSL_free", None, pointer),
            ("SSL_set_fd", number, pointer, number),
            ("SSL_accept", number, pointer),
            ("SSL_read", number, pointer, octets, number),
            ("SSL_write", number, pointer, octets, number),
            ("SSL_shutdown", number, pointer),
            ("SSL_version", number, pointer),
            ("SSL_ctrl", ctypes.c_long, pointer, number, ctypes.c_long, pointer),
            ("SSL_get_peer_finished", size, pointer, octets, size),
            ("SSL_export_keying_material", number, pointer, octets, size, octets,
             size, octets, size, number)):
        function = getattr(ssl, name)
        function.restype, function.argtypes = result, words
    return ssl


class Context:
    """A certificate, a version of TLS, and whether to allow the extended secret."""

    def __init__(self, certificate, key, version, extended=True):
        ssl = library()
        self.pointer = ssl.SSL_CTX_new(ssl.TLS_server_method())
        if not (ssl.SSL_CTX_use_certificate_chain_file(
                self.pointer, str(certificate).encode()) == 1
                and ssl.SSL_CTX_use_PrivateKey_file(self.pointer, str(key).encode(), 1) == 1):
            raise AssertionError("OpenSSL does not take the certificate")
        for command in (SET_MIN_VERSION, SET_MAX_VERSION):
            ssl.SSL_CTX_ctrl(self.pointer, command, version, None)
        if not extended:
            ssl.SSL_CTX_set_options(self.pointer, NO_EXTENDED_SECRET)


class Session(io.RawIOBase):
    """TLS over a connected socket, which reads and writes like a file."""

    def __init__(self, context, connection):
        super().__init__()
        self.ssl = library()
        connection.setblocking(True)
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            connection.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", 60, 0))
        self.pointer = self.ssl.SSL_new(context.pointer)
        self.ssl.SSL_set_fd(self.pointer, connection.fileno())
        if self.ssl.SSL_accept(self.pointer) != 1:
            raise OSError("no TLS handshake")

    def readable(self):
        return True

    def writable(self):
        return True

    def readinto(self, into):
        octets = ctypes.create_string_buffer(len(into))
        count = max(self.ssl.SSL_read(self.pointer, octets, len(into)), 0)
        into[:count] = octets.raw[:count]
        return count

    def write(self, octets):
        octets = bytes(octets)
        if self.ssl.SSL_write(self.pointer, octets, len(octets)) != len(octets):
            raise OSError("the connection is lost")
        return len(octets)

    def is_new(self):
        """Whether it is TLS 1.3."""
        return self.ssl.SSL_version(self.pointer) == TLS1_3

    def exporter(self):
        """tls-exporter (RFC 9266): 32 octets of TLS 1.3's exporter."""
        out = ctypes.create_string_buffer(32)
        if self.ssl.SSL_export_keying_material(
                self.pointer, out, 32, LABEL, len(LABEL), b"", 0, 1) != 1:
            raise AssertionError("OpenSSL exports nothing")
        return out.raw

    def unique(self):
        """tls-unique (RFC 5929 section 3): the client's Finished message; None
        without the extended master secret."""
        if self.ssl.SSL_ctrl(self.pointer, HAS_EXTENDED_SECRET, 0, None) != 1:
            return None
        out = ctypes.create_string_buffer(64)
        size = self.ssl.SSL_get_peer_finished(self.pointer, out, 64)
        return out.raw[:size]

    def end(self):
        self.ssl.SSL_shutdown(self.pointer)
        self.ssl.SSL_free(self.pointer)
