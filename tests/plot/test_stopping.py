"""A signal while a picture is drawn leaves none; once the writing has begun, all are written."""
import os
import signal
import subprocess
import sys

import make_result
from make_result import power_law
from support import HERE, PlotCase

SHARE = os.path.normpath(os.path.join(HERE, "..", "..", "share", "ridgeflow"))
# The program, with a function of it that sends the signal before it does its work.
DRIVER = f"""
import os, sys
sys.path.insert(0, {SHARE!r})
import stopping
stopping.end_on_signals()
import ridgeflow_plot
from ridgeflow_pictures import place
def stopped_in(work):
    def stopping_work(*arguments):
        os.kill(os.getpid(), int(sys.argv[2]))
        return work(*arguments)
    return stopping_work
if sys.argv[3] == "drawing":
    ridgeflow_plot.render = stopped_in(ridgeflow_plot.render)
elif sys.argv[3] == "looking":
    place._remove = stopped_in(place._remove)
else:
    place._fill = stopped_in(place._fill)
sys.exit(ridgeflow_plot.main([sys.argv[1]]))
"""


class Stopped(PlotCase):
    def stopped(self, number, where, before=None):
        path = self.path("result.nc")
        make_result.write(make_result.datasets(power_law(20)), path)
        return subprocess.run([sys.executable, "-c", DRIVER, path, str(int(number)), where], capture_output=True,
                              text=True, check=False, preexec_fn=before)

    def test_while_it_is_drawn(self):
        for number, where in ((signal.SIGINT, "drawing"), (signal.SIGTERM, "looking")):
            done = self.stopped(number, where)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (128 + number, "", ""))
            self.assertEqual(os.listdir(self.folder), ["result.nc"])

    def test_while_it_is_written(self):
        done = self.stopped(signal.SIGTERM, "writing")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.split(), self.are_pictures(self.path("result.nc")))
        self.assertEqual(len(os.listdir(self.folder)), 4)

    def test_what_is_ignored_stays_ignored(self):
        done = self.stopped(signal.SIGHUP, "drawing", lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.are_pictures(self.path("result.nc"))
