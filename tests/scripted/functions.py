"""Plays tests that are functions, each with certificates for its servers, and
prints TAP. A test that does not return raises Failure or Skip."""

import concurrent.futures
import os
import sys
import tempfile

from scripted import certificates, suite
from scripted.runner import Skip

AT_ONCE = 8


class Failure(Exception):
    pass


def check(is_true, what):
    if not is_true:
        raise Failure(what)


def equal(got, wanted, what):
    check(got == wanted, "%s: %r instead of %r" % (what, got, wanted))


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


def play_tests(program, all_tests):
    """Runs the tests of the program, each with certificates, several at once, and
    prints TAP. Arguments choose them by a part of their names."""
    suite.catch_signals()
    if not os.access(program, os.X_OK):
        print("1..0 # SKIP there is no program " + program)
        return 0
    if not certificates.available():
        print("1..0 # SKIP there is no certtool")
        return 0
    tests = [(name, test) for name, test in all_tests
             if all(part in name for part in sys.argv[1:])]
    failed = False
    print("1..%d" % len(tests), flush=True)
    with tempfile.TemporaryDirectory(prefix="tests.") as folder, \
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
