"""Pictures are written by the rules of the program: nothing is overwritten unasked, left half, or left behind."""
import errno
import os
import stat
import subprocess
import sys
from unittest import mock

from ridgeflow_pictures import place
import support
from support import HERE, PlotCase, ProgramCase

SHARE = os.path.normpath(os.path.join(HERE, "..", "..", "share", "ridgeflow"))


class Places(PlotCase):
    def make(self, name, content="old"):
        path = self.path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        return path

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def refused(self, name, *words, force=True, inputs=()):
        with self.assertRaises(place.BadPlace) as refusal:
            place.check_writable(self.path(name), inputs, force)
        for word in words:
            self.assertIn(word, str(refusal.exception))

    def test_what_cannot_be_written_is_refused(self):
        os.mkdir(self.path("folder.png"))
        os.mkfifo(self.path("pipe.png"))
        self.make("there.png")
        os.symlink("two.png", self.path("one.png"))
        os.symlink("one.png", self.path("two.png"))
        os.symlink("none/x.png", self.path("astray.png"))
        before = sorted(os.listdir(self.folder))
        self.refused("folder.png", "is a directory")
        self.refused("pipe.png", "not a regular file")
        self.refused("none/x.png", "none does not exist; make it first")
        self.refused("there.png/x.png", "there.png is not a directory")
        self.refused("there.png", "--force replaces it", force=False)
        self.refused("one.png", "link without end")
        self.refused("astray.png", "none does not exist")
        self.refused("x" * 256, "too long")
        for form in (self.path("there.png"), os.path.join(self.folder, ".", "there.png")):
            self.refused("there.png", "it is what is drawn", inputs=[form])
        place.check_writable(self.path("x" * 251 + ".png"), [], False)
        place.check_writable(self.path("there.png"), [], True)
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_links_are_followed(self):
        os.symlink("target.png", self.path("dangling.png"))
        for content, force in ((b"first", False), (b"second", True)):
            place.check_writable(self.path("dangling.png"), [], force)
            place.write(self.path("dangling.png"), content, force)
            self.assertTrue(os.path.islink(self.path("dangling.png")))
            self.assertEqual(self.read("target.png"), content.decode())
        self.assertEqual(len(os.listdir(self.folder)), 2)

    def test_permissions_are_kept(self):
        os.chmod(self.make("private.png"), 0o640)
        umask = os.umask(0o027)
        self.addCleanup(os.umask, umask)
        for name in ("private.png", "new.png"):
            place.write(self.path(name), b"new", True)
        modes = [stat.S_IMODE(os.stat(self.path(name)).st_mode) for name in ("private.png", "new.png")]
        self.assertEqual(modes, [0o640, 0o640])

    def test_a_file_that_appears_meanwhile_is_kept(self):
        for links in (True, False):  # a file system without links goes another way
            self.make("x.png", "theirs")
            with self.assertRaisesRegex(place.WriteFailed, "x.png: File exists"):
                with mock.patch("os.link", side_effect=None if links else OSError(errno.EPERM, "no links"),
                                wraps=os.link):
                    place.write(self.path("x.png"), b"mine", False)
            self.assertEqual(self.read("x.png"), "theirs")
            self.assertEqual(os.listdir(self.folder), ["x.png"])

    def test_without_links_it_is_renamed(self):
        with mock.patch("os.link", side_effect=OSError(errno.EPERM, "no links")):
            place.write(self.path("x.png"), b"mine", False)
        self.assertEqual(self.read("x.png"), "mine")
        self.assertEqual(os.listdir(self.folder), ["x.png"])

    def test_a_signal_leaves_nothing(self):
        with mock.patch("os.fsync", side_effect=KeyboardInterrupt):
            with self.assertRaises(KeyboardInterrupt):
                place.write(self.path("x.png"), b"mine", False)
        self.assertEqual(os.listdir(self.folder), [])


class FromTheProgram(ProgramCase):
    """`ridgeflow plot` looks at every picture that it will write, and at no other."""

    def setUp(self):
        super().setUp()
        self.ridgeflow("compare", "--samples", "5", "--draws", "6400", "--chains", "64", "--seed", "1", "--backend",
                       "cpu", "--cumulants", "--out", self.path("x.nc"))

    def plot(self, *words, folder=None):
        done = subprocess.run([os.path.abspath(self.program), "plot", *words], cwd=folder or self.folder,
                              capture_output=True, text=True, check=False)
        return done.returncode, self.told(done.stderr)

    def touch(self, *names):
        for name in names:
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write("theirs")

    def test_only_the_formats_asked_for_must_be_free(self):
        self.touch("x.png", "x.pdf", "x_shape.png")
        self.assertEqual(self.plot("x.nc", "--format", "svg"), (0, ""))
        status, stderr = self.plot("x.nc", "--format", "svg")
        self.assertEqual(status, 2)
        self.assertIn("x.svg: it exists already; --force replaces it", stderr)
        self.assertEqual(stderr.count("\n"), 1)
        self.assertEqual(self.plot("x.nc", "--format", "svg", "--force"), (0, ""))

    def test_further_pictures_are_checked_too(self):
        os.rename(self.path("x.nc"), self.path("x_shape.svg"))
        before = os.stat(self.path("x_shape.svg")).st_mtime_ns
        status, stderr = self.plot("x_shape.svg", "--out", "x", "--force")
        self.assertEqual(status, 2)
        self.assertIn("it is what is drawn", stderr)
        self.assertEqual(os.stat(self.path("x_shape.svg")).st_mtime_ns, before)
        self.assertEqual(os.listdir(self.folder), ["x_shape.svg"])

    def test_two_pictures_in_one_file_are_refused(self):
        os.symlink("x.pdf", self.path("x.svg"))
        status, stderr = self.plot("x.nc", "--force")
        self.assertEqual(status, 2)
        self.assertIn("is the same file", stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), ["x.nc", "x.svg"])

    def test_no_locks_are_needed(self):
        if not support.FAILING_CALLS:
            self.skipTest("no --failing-calls")
        with mock.patch.dict(os.environ, LD_PRELOAD=support.FAILING_CALLS, FAULT_LOCKS="1"):
            self.assertEqual(self.plot("x.nc", "--format", "svg"), (0, ""))

    def test_a_folder_is_no_prefix(self):
        os.mkdir(self.path("pictures"))
        for out in ("pictures/", ".", "pictures/.."):
            status, stderr = self.plot("x.nc", "--out", out)
            self.assertEqual(status, 2)
            self.assertIn("names a folder", stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), ["pictures", "x.nc"])
        self.assertEqual(os.listdir(self.path("pictures")), [])


class Faults(PlotCase):
    """Every call on the folder fails in turn (tests/faults/failing_calls.cpp)."""

    CODE = ("import sys; sys.path.insert(0, sys.argv[1])\n"
            "from ridgeflow_pictures import place\n"
            "path, force = sys.argv[2], sys.argv[3] == 'force'\n"
            "try:\n"
            "    place.check_writable(path, [], force)\n"
            "    place.write(path, b'n' * 5000, force)\n"
            "except (place.BadPlace, place.WriteFailed) as error:\n"
            "    print(error, file=sys.stderr)\n"
            "    sys.exit(4)\n")

    def setUp(self):
        super().setUp()
        if not support.FAILING_CALLS:
            self.skipTest("no --failing-calls")
        os.mkdir(self.path("results"))
        self.picture = os.path.join(os.path.realpath(self.path("results")), "x.png")
        self.log = self.path("log")

    def write(self, force, **faults):
        """Status and standard error of a program that writes a picture, and the calls that it made."""
        if os.path.exists(self.picture):
            os.remove(self.picture)
        if force:
            with open(self.picture, "w", encoding="utf-8") as file:
                file.write("earlier")
        if os.path.exists(self.log):
            os.remove(self.log)
        settings = {"LD_PRELOAD": support.FAILING_CALLS, "FAULT_FOLDER": os.path.dirname(self.picture), "FAULT_LOG": self.log}
        done = subprocess.run([sys.executable, "-I", "-S", "-c", self.CODE, SHARE, self.picture, "force" if force else "-"],
                              env={**os.environ, **settings, **{name: str(value) for name, value in faults.items()}},
                              capture_output=True, text=True, check=False)
        with open(self.log, encoding="utf-8") as log:
            return done.returncode, done.stderr, log.read().split()[1:]

    def is_done(self):
        with open(self.picture, encoding="utf-8") as file:
            self.assertEqual(file.read(), "n" * 5000)
        self.assertEqual(os.listdir(os.path.dirname(self.picture)), ["x.png"])

    def is_refused(self, force, status, stderr, error):
        self.assertEqual(status, 4, stderr)
        self.assertIn(os.strerror(error), stderr)
        self.assertIn(self.picture, stderr)
        self.assertEqual(os.listdir(os.path.dirname(self.picture)), ["x.png"] if force else [])
        if force:
            with open(self.picture, encoding="utf-8") as file:
                self.assertEqual(file.read(), "earlier")

    def test_nothing_is_lost_or_left(self):
        for force in (False, True):
            status, stderr, calls = self.write(force)
            self.assertEqual((status, stderr), (0, ""))
            self.is_done()
            self.assertIn("fsync", calls)
            for number, name in enumerate(calls, 1):
                for error in (errno.ENOSPC, errno.EIO, errno.EDQUOT):
                    with self.subTest(call=number, name=name, error=error):
                        status, stderr, _ = self.write(force, FAULT_AT=number, FAULT_ERROR=error)
                        if status == 0 and name in ("stat", "lstat", "fstat", "access", "faccessat", "fchown", "unlink"):
                            self.is_done()
                        else:
                            self.is_refused(force, status, stderr, error)
                with self.subTest(call=number, name=name, error="interrupted"):
                    self.assertEqual(self.write(force, FAULT_AT=number, FAULT_ERROR=errno.EINTR)[:2], (0, ""))
                    self.is_done()

    def test_short_writes_go_on(self):
        self.assertEqual(self.write(False, FAULT_AT=1, FAULT_UNTIL=1000, FAULT_ERROR=0)[0], 0)
        self.is_done()

    def test_a_full_disk_leaves_nothing(self):
        for size in (0, 1, 2500, 4999):
            status, stderr, _ = self.write(True, FAULT_SIZE=size, FAULT_ERROR=errno.ENOSPC)
            self.is_refused(True, status, stderr, errno.ENOSPC)
