"""Keeps what stands in the current folder, and the user's settings of Python and matplotlib, out of the pictures.

The program starts Python with -I, which reads no PYTHON* variable, no user's customization and no module of the current
folder. That also hides libraries that are there on purpose: those of PYTHONPATH (a cluster's modules) and of the user's
own site-packages (pip install --user). They are put back, but for the current folder.
"""
import contextlib
import os
import site
import sys

HERE = os.path.dirname(os.path.realpath(__file__))


def _folders_of_the_user():
    """Absolute folders of PYTHONPATH and the user's site-packages."""
    here = os.path.realpath(os.curdir)
    named = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep)
             if os.path.isabs(folder) and os.path.realpath(folder) != here]
    if not site.ENABLE_USER_SITE and not os.environ.get("PYTHONNOUSERSITE") and sys.prefix == sys.base_prefix:
        named.append(site.getusersitepackages())
    return [folder for folder in named if os.path.isdir(folder) and folder not in sys.path]


def restore_libraries():
    """Puts them where Python would: after its own library, before what the system installed."""
    system = [place for place, folder in enumerate(sys.path) if folder.endswith(("site-packages", "dist-packages"))]
    place = system[0] if system else len(sys.path)
    sys.path[place:place] = _folders_of_the_user()


@contextlib.contextmanager
def own_settings():
    """Inside, matplotlib may be imported: it looks for a matplotlibrc in the current folder before any other place, so
    the folder is ours meanwhile, and the file that it finds."""
    if sys.flags.isolated:
        restore_libraries()
    # files of results are only read here, and some file systems have no locks
    os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")
    os.environ["MATPLOTLIBRC"] = os.path.join(HERE, "matplotlibrc")
    os.environ["MPLBACKEND"] = "Agg"
    try:
        start = os.open(os.curdir, os.O_RDONLY)
    except OSError:  # a folder that may not be read, or is gone
        start = None
    os.chdir(HERE)
    try:
        yield
    finally:
        if start is not None:
            os.fchdir(start)
            os.close(start)
