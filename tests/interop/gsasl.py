"""The server's side of SASL, by libgsasl through ctypes: one login at a time.

The library is the system's if it is installed, else unpacked into the build tree.
"""

import ctypes
import ctypes.util

from common import Skip, build_folder, unpack

PROPERTIES = {"authid": 1, "password": 3, "iterations": 15, "tls-unique": 18,
              "tls-exporter": 25}
OK, NEEDS_MORE = 0, 1


PACKAGE = "libgsasl18"
# The libraries that it needs come first.
FILES = ("libidn.so.12", "libntlm.so.0", "libgssglue.so.1", "libgsasl.so.18")


def find():
    name = ctypes.util.find_library("gsasl")
    if name is not None:
        return ctypes.CDLL(name)
    folder = unpack(build_folder("gsasl"), [PACKAGE])
    library = None
    for name in FILES:
        for path in folder.glob(f"usr/lib/*/{name}"):
            library = ctypes.CDLL(str(path), ctypes.RTLD_GLOBAL)
    if library is None:
        raise Skip("its library is not where it was expected")
    return library


def load():
    library = find()
    pointer, octets = ctypes.c_void_p, ctypes.c_char_p
    for name, result, *words in (
            ("gsasl_init", ctypes.c_int, pointer),
            ("gsasl_done", None, pointer),
            ("gsasl_check_version", octets, octets),
            ("gsasl_server_start", ctypes.c_int, pointer, octets, pointer),
            ("gsasl_property_set", ctypes.c_int, pointer, ctypes.c_int, octets),
            ("gsasl_property_fast", octets, pointer, ctypes.c_int),
            ("gsasl_step64", ctypes.c_int, pointer, octets, pointer),
            ("gsasl_finish", None, pointer),
            ("gsasl_free", None, pointer),
            ("gsasl_strerror", octets, ctypes.c_int)):
        function = getattr(library, name)
        function.restype, function.argtypes = result, words
    return library


class Refused(Exception):
    pass


class Login:
    """step() takes and returns base64; done is true at the end."""

    def __init__(self, library, mechanism, **properties):
        self.library = library
        self.done = False
        self.context, self.session = ctypes.c_void_p(), ctypes.c_void_p()
        self.check(library.gsasl_init(ctypes.byref(self.context)))
        self.check(library.gsasl_server_start(
            self.context, mechanism.encode(), ctypes.byref(self.session)))
        for name, value in properties.items():
            self.check(library.gsasl_property_set(
                self.session, PROPERTIES[name.replace("_", "-")], value))

    def check(self, code):
        if code not in (OK, NEEDS_MORE):
            raise Refused(self.library.gsasl_strerror(code).decode())
        return code

    def step(self, message):
        out = ctypes.c_void_p()
        code = self.check(self.library.gsasl_step64(
            self.session, message, ctypes.byref(out)))
        answer = ctypes.string_at(out)
        self.library.gsasl_free(out)
        self.done = code == OK
        return answer

    def user(self):
        return self.library.gsasl_property_fast(self.session, PROPERTIES["authid"]).decode()

    def end(self):
        self.library.gsasl_finish(self.session)
        self.library.gsasl_done(self.context)
