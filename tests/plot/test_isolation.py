"""Nothing of the current folder and none of the user's settings reaches a picture."""
import os
import subprocess
import sys

import make_result
from make_result import power_law
from support import PlotCase, ProgramCase

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.join(HERE, "..", "..", "share", "ridgeflow", "ridgeflow_plot.py")
SPOILED = "import os, sys\nopen(os.path.join(os.path.dirname(__file__), 'was_run'), 'w').close()\nsys.exit(9)\n"
MODULES = ("random.py", "numpy.py", "matplotlib.py", "xarray.py", "netCDF4.py", "isolation.py", "site.py",
           "sitecustomize.py", "usercustomize.py", "ridgeflow_pictures.py", "json.py", "types.py")


class Isolated(PlotCase):
    def spoil(self):
        """Modules that end the program and settings that no LaTeX serves, where Python and matplotlib look first."""
        for name in MODULES:
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(SPOILED)
        for name in ("matplotlibrc", "other_rc"):
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write("text.usetex: True\nsavefig.dpi: 7\n")

    def settings(self):
        return {**os.environ, "PYTHONPATH": f"{self.folder}:.:", "PYTHONSTARTUP": self.path("random.py"),
                "MATPLOTLIBRC": self.path("other_rc"), "MPLBACKEND": "nonsense", "PYTHONOPTIMIZE": "2",
                "PYTHONUSERBASE": self.folder}

    def untouched(self):
        self.assertFalse(os.path.exists(self.path("was_run")))
        self.assertFalse(os.path.exists(self.path("__pycache__")))

    def test_script(self):
        path = self.path("result.nc")
        make_result.write(make_result.datasets(power_law(20)), path)
        words = [sys.executable, "-I", SCRIPT, path, "--format", "svg", "--out"]
        subprocess.run(words + [self.path("plain")], check=True, capture_output=True, cwd="/")
        self.spoil()
        done = subprocess.run(words + ["spoiled"], capture_output=True, text=True, cwd=self.folder,
                              env=self.settings(), check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.untouched()
        with open(self.path("plain.svg"), "rb") as one, open(self.path("spoiled.svg"), "rb") as other:
            self.assertEqual(one.read(), other.read())

    def test_libraries_of_pythonpath_are_found(self):
        os.mkdir(self.path("modules"))
        with open(self.path("modules/a_library_of_the_user.py"), "w", encoding="utf-8") as file:
            file.write("")
        where = os.path.join(HERE, "..", "..", "share", "ridgeflow")
        look = f"import sys; sys.path.insert(0, {where!r}); import isolation; isolation.restore_libraries(); " \
               "import a_library_of_the_user"
        done = subprocess.run([sys.executable, "-I", "-c", look], cwd=self.folder, check=False, capture_output=True,
                              env={**os.environ, "PYTHONPATH": self.path("modules")})
        self.assertEqual((done.returncode, done.stderr), (0, b""))


class FromTheProgram(ProgramCase, Isolated):
    def test_program(self):
        path = self.path("small.nc")
        self.ridgeflow("compare", "--samples", "20", "--draws", "640", "--chains", "64", "--seed", "1", "--backend",
                       "cpu", "--out", path)
        self.spoil()
        done = subprocess.run([os.path.abspath(self.program), "plot", "small.nc"], cwd=self.folder, env=self.settings(),
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.untouched()
        self.are_pictures(path)
