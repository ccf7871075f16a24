"""Plays all dialogues of a folder, several at once, and prints TAP."""

import concurrent.futures
import glob
import os
import signal
import sys
import tempfile

from scripted.runner import Runner, Skip

# They mostly wait, but not under valgrind.
AT_ONCE = 4 if os.environ.get("WRAPPER") else 12


# Only each dialogue of so many.
STEP = int(os.environ.get("DIALOGUE_STEP", "1"))


def find_dialogues(folder, parts):
    """(name, path) of those whose name has one of the parts; all without."""
    paths = sorted(glob.glob(os.path.join(folder, "*.dialogue")))[::STEP]
    names = [os.path.basename(path)[:-len(".dialogue")] for path in paths]
    return [(name, path) for name, path in zip(names, paths)
            if not parts or any(part in name for part in parts)]


def play(run, name, path):
    """(TAP directive, what is wrong)"""
    try:
        with open(path, encoding="utf-8") as file:
            return "", run(name, file.read())
    except Skip as reason:
        return " # SKIP %s" % reason, []
    except Exception as error:
        return "", ["%s: %s" % (type(error).__name__, error)]


def catch_signals():
    """The program would inherit a signal that is ignored here, as under nohup
    or after a shell's &. One that is caught here is not inherited."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM,
                   signal.SIGQUIT):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def main(folder, make_run):
    """make_run(runner) returns the function that plays a dialogue: it takes
    the name and the text, and returns a list of what is wrong."""
    suite = os.path.basename(sys.argv[0])
    program = os.environ.get("SMTPOST", "./smtpost")
    if not os.access(program, os.X_OK):
        sys.exit("%s: there is no program %s (set SMTPOST)" % (suite, program))
    dialogues = find_dialogues(folder, sys.argv[1:])
    if not dialogues:
        sys.exit("%s: there is no dialogue of that name" % suite)
    catch_signals()
    failed = False
    with tempfile.TemporaryDirectory(prefix="dialogues.") as scratch, \
            concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        run = make_run(Runner(program, os.environ.get("WRAPPER", ""), scratch))
        print("1..%d" % len(dialogues), flush=True)
        results = pool.map(lambda row: play(run, *row), dialogues)
        for number, (directive, wrong) in enumerate(results, 1):
            print("%s %d - %s%s" % ("not ok" if wrong else "ok", number,
                                    dialogues[number - 1][0], directive))
            for text in wrong:
                print("\n".join("# " + line for line in text.split("\n")))
            sys.stdout.flush()
            failed |= bool(wrong)
    sys.exit(1 if failed else 0)
