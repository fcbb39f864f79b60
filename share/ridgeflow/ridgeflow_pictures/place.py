"""Writing a file so that nobody ever sees half of one and nothing that was there is lost: the rules of the program
itself (host/io/place.cpp, host/io/files.cpp), for the pictures. Standard library alone."""
import errno
import os
import secrets
import stat

MOST_LINKS = 40  # as many as Linux follows
LONGEST_STEM = 100  # some file systems know no name of more than 143 bytes
ATTEMPTS = 3  # a network's file system may fail once
# what the user can mend; the rest is the system's failure
USERS = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP,
         errno.ENAMETOOLONG, errno.EINVAL, errno.ETXTBSY, errno.EBUSY}
NO_PERMISSIONS = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP}  # of file systems that know none
NO_SYNC = {errno.EINVAL, errno.ENOTSUP}
NO_LINKS = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EMLINK, errno.EINVAL}


class BadPlace(Exception):
    """Nothing can be written there, as its user can see to: one line that says why."""


class WriteFailed(Exception):
    """The system failed: one line that says where and why."""


def _again(call, *arguments):
    """The call, as often as a signal interrupts it."""
    while True:
        try:
            return call(*arguments)
        except InterruptedError:
            continue


def _close(handle):
    """Closing is where a network's full disk shows. Interrupted, the handle is gone as well."""
    try:
        os.close(handle)
    except InterruptedError:
        pass


def _refuse(path, error):
    raise (BadPlace if error.errno in USERS else WriteFailed)(f"cannot write {path}: {error.strerror}") from None


def _status(path, look=os.stat):
    """What is at `path`, or None."""
    try:
        return _again(look, path)
    except OSError as error:
        if error.errno in (errno.EIO, errno.ENOMEM, errno.ESTALE):
            raise WriteFailed(f"cannot look at {path}: {error.strerror}") from None
        return None


def find_place(path):
    """Where a file called `path` will be, with every link followed, and the status of what is there, or None."""
    following = path
    for _ in range(MOST_LINKS + 1):
        folder, name = os.path.split(following)
        if name in ("", ".", ".."):
            raise BadPlace(f"cannot write {path}: it names a directory, not a file")
        try:
            folder = os.path.realpath(folder or ".")
            if not stat.S_ISDIR(_again(os.stat, folder).st_mode):
                raise BadPlace(f"cannot write {path}: {folder} is not a directory")
        except FileNotFoundError:
            raise BadPlace(f"cannot write {path}: the directory {folder} does not exist; make it first") from None
        except OSError as error:
            _refuse(path, error)
        place = os.path.join(folder, name)
        try:
            status = _again(os.lstat, place)
        except FileNotFoundError:
            return place, None
        except OSError as error:
            _refuse(path, error)
        if not stat.S_ISLNK(status.st_mode):
            return place, status
        following = os.path.join(folder, os.readlink(place))
    raise BadPlace(f"cannot write {path}: it is a link to a link without end; name a file")


def same_file(one, other):
    """Whether both name one file, or would once it is made."""
    first, second = _status(one), _status(other)
    if first is not None and second is not None:
        return os.path.samestat(first, second)
    if first is not None or second is not None:
        return False
    try:
        return find_place(one)[0] == find_place(other)[0]
    except BadPlace:  # no place for a file, so no file
        return False


def _guarded(place, status):
    """Whether only root, its owner or that of the folder may rename over it: /tmp is such a folder."""
    try:
        folder = _status(os.path.dirname(place))
    except WriteFailed:  # the renaming will tell
        return False
    return folder is not None and bool(folder.st_mode & stat.S_ISVTX) and os.geteuid() not in (
        0, status.st_uid, folder.st_uid)


def _temporary(place, mode):
    """The path and the handle of a new file beside `place` under a name that nobody else has."""
    folder, name = os.path.split(place)
    while True:
        path = os.path.join(folder, f"{os.fsencode(name)[:LONGEST_STEM].decode(errors='ignore')}."
                                    f"{secrets.token_hex(8)}.tmp")
        try:
            return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        except FileExistsError:
            continue


def _remove(path):
    """Removes it; what fails once is tried again. The end of an error message where it is left."""
    failure = None
    for _ in range(ATTEMPTS):
        try:
            os.unlink(path)
            return ""
        except FileNotFoundError:
            return ""
        except OSError as error:
            failure = error
    return f"; {path} is left and cannot be removed: {failure.strerror}"


def check_writable(path, inputs, force):
    """Asks, before anything is drawn, whether a file can be written at `path`. Raises BadPlace where it is one of the
    `inputs` or cannot be, or is there and `force` is not given; WriteFailed where the system fails."""
    for one in inputs:
        if same_file(path, one):
            raise BadPlace(f"cannot write {path}: it is what is drawn; --out PREFIX names another file")
    place, status = find_place(path)
    if status is not None:
        if stat.S_ISDIR(status.st_mode):
            raise BadPlace(f"cannot write {path}: it is a directory")
        if not stat.S_ISREG(status.st_mode):
            raise BadPlace(f"cannot write {path}: it is not a regular file")
        for stream, name in ((1, "output"), (2, "error")):
            there = _status(stream)
            if there is not None and os.path.samestat(status, there):
                raise BadPlace(f"cannot write {path}: standard {name} goes to that file already; name another")
        try:
            _close(os.open(place, os.O_WRONLY | os.O_CLOEXEC))
        except OSError as error:
            _refuse(path, error)
        if _guarded(place, status):
            raise BadPlace(f"cannot write {path}: it belongs to somebody else, and its directory lets nobody else "
                           "replace it")
        if not force:
            raise BadPlace(f"cannot write {path}: it exists already; --force replaces it, --out PREFIX names another")
    left = ""
    try:
        probe, handle = _temporary(place, 0o600)
        try:
            _close(handle)
        finally:
            left = _remove(probe)
    except OSError as error:
        _refuse(path, error)
    if left:
        raise WriteFailed(f"cannot write {path}{left}")


def _take_permissions(handle, of):
    mode = stat.S_IMODE(of.st_mode)
    try:
        os.fchown(handle, of.st_uid, of.st_gid)
    except OSError:  # not everybody may give a file away
        mode &= 0o777
    try:
        os.fchmod(handle, mode)
    except OSError as error:
        if error.errno not in NO_PERMISSIONS:
            raise


def _fill(handle, content):
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest):]
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in NO_SYNC:
            raise


def _put(temporary, place, replace, own):
    """Gives the file its name. Over a network that may be reported as failed, and be done all the same."""
    try:
        if not replace:
            try:  # a link, unlike a renaming, never replaces
                _again(os.link, temporary, place)
                return
            except OSError as error:
                if error.errno not in NO_LINKS:
                    raise
            if os.path.lexists(place):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        _again(os.rename, temporary, place)
    except OSError:
        there = _status(place, os.lstat)
        if there is None or not os.path.samestat(there, own):
            raise


def write(path, content, force):
    """Writes the bytes `content` to `path`, whole or not at all. A file that is replaced hands on its permissions.
    Raises WriteFailed."""
    temporary = None
    try:
        place, status = find_place(path)
        replaces = status is not None and stat.S_ISREG(status.st_mode)
        temporary, handle = _temporary(place, 0o600 if replaces else 0o666)
        try:
            own = os.fstat(handle)
            if replaces:
                _take_permissions(handle, status)
            _fill(handle, content)
        finally:
            _close(handle)
        _put(temporary, place, force, own)
    except (OSError, BadPlace) as error:
        left = _remove(temporary) if temporary else ""
        problem = str(error) if isinstance(error, BadPlace) else f"cannot write {path}: {error.strerror}"
        raise WriteFailed(problem + left) from None
    except BaseException:  # a signal
        if temporary:
            _remove(temporary)
        raise
    if not force:  # its second name
        left = _remove(temporary)
        if left:
            raise WriteFailed(f"{path} is written{left}")
