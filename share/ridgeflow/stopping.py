"""Signals end the drawing, in one line and with nothing left; once all is drawn they wait for the writing, which is
short. So all pictures are there, or none."""
import contextlib
import signal
import sys

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_taken = []


def end_on_signals():
    """From here on a signal ends the program with the status that shells give it. Those that whoever started it ignores
    stay ignored."""
    for each in ENDING:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, lambda number, _: sys.exit(128 + number))
            _taken.append(each)


@contextlib.contextmanager
def held():
    """Inside, signals wait."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_no_more():
    """From here on they do not."""
    for each in _taken:
        signal.signal(each, signal.SIG_IGN)
