#!/usr/bin/env python3
"""What the program prints and writes, recorded before a change of its structure and compared after each step.

    recorded.py record PROGRAM FOLDER [NAME...]    runs commands.txt, all of it or the commands NAME
    recorded.py compare BEFORE AFTER               folders of two records; exit status 1 if they differ
    recorded.py check PROGRAM                      records a few twice, and one that differs, which must be found

Compared are texts word by word and CSV, JSON and netCDF by every value in all its digits. What a clock, the machine or
the version says is left out: see VOLATILE. Records of two machines may differ in last digits, for they come from libm:
record both on one.
"""
import concurrent.futures
import csv
import io
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / 'examples'

# Names of values that a clock or the machine decides, in JSON, CSV and netCDF.
VOLATILE = re.compile(
    r'seconds|_s$|per_s|clock|created_at|version|git_revision|device|memory|timing|gain|floor|share|equal_bias')
ALL_VOLATILE = 'profile'  # a verb that reads clocks alone: of its numbers the names are compared
# Words of texts that a clock or the machine decides.
TIMES = [(re.compile(pattern), put) for pattern, put in (
    (r'\b[\d.e+]+ (mode updates) in [\d.e+-]+ s = [\d.]+ \w?/s', r'\1'),
    (r'[\d.e+-]+ ?(ns|us|ms|s|min|h|[kMG]?/s|[kMG]i?B)\b', 'TIME'),
)]


def commands():
    """Words of every command by its name."""
    found = {}
    for line in (HERE / 'commands.txt').read_text().splitlines():
        if line and not line.startswith('#'):
            name, words = line.split(': ', 1)
            found[name] = shlex.split(words)
    return found


def run(program, name, words, folder):
    """Runs one command; its texts and files are left in FOLDER/NAME."""
    out = folder / name
    out.mkdir(parents=True)
    words = [word.format(out=out, examples=EXAMPLES) for word in words]
    done = subprocess.run([program, *words], capture_output=True, text=True, timeout=600,
                          env={**os.environ, 'COLUMNS': '80', 'OMP_NUM_THREADS': '2'})
    (out / 'stdout').write_text(done.stdout)
    (out / 'status').write_text(f'{done.returncode}\n')
    return name, done


def record(program, folder, names=()):
    """Runs the commands NAMES, or all, one beside another where processors allow."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {name: words for name, words in commands().items() if not names or name in names}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, done in pool.map(lambda item: run(program, *item, folder), wanted.items()):
            if done.returncode not in (0, 1):  # 1: --require, which the record keeps
                raise SystemExit(f'{name}: status {done.returncode}\n{done.stderr}')
    return len(wanted)


def values(tree, where=''):
    """(path, value) of every leaf, but for volatile names; below them only that they are there."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            path = f'{where}/{key}'
            if VOLATILE.search(key):
                yield path, '(not compared)'
            else:
                yield from values(value, path)
    elif isinstance(tree, list):
        yield f'{where}/length', len(tree)
        for i, value in enumerate(tree):
            yield from values(value, f'{where}/{i}')
    else:
        yield where, tree


def of_csv(text):
    rows = list(csv.DictReader(io.StringIO(text)))
    return list(values([dict(row) for row in rows]))


def of_netcdf(path, folder):
    import netCDF4  # only where a netCDF file is compared

    def tree(group):
        content = {f'@{name}': str(group.getncattr(name)).replace(str(folder), 'FOLDER')
                   for name in group.ncattrs() if not VOLATILE.search(name)}
        for name, variable in group.variables.items():
            variable.set_auto_mask(False)
            content[name] = {'type': str(variable.dtype), 'dimensions': list(variable.dimensions),
                             'values': json.loads(json.dumps(variable[...].tolist(), default=str)),
                             **{f'@{a}': str(variable.getncattr(a)) for a in variable.ncattrs()}}
        for name, inner in group.groups.items():
            content[name] = tree(inner)
        return content

    with netCDF4.Dataset(path) as file:
        whole = tree(file)
    return list(values(whole))


def of_text(text):
    for pattern, put in TIMES:
        text = pattern.sub(put, text)
    return list(enumerate(text.split()))  # wherever a longer time breaks the lines


def content(path, folder):
    """What of the file at PATH is compared, a list."""
    if path.suffix == '.nc':
        return of_netcdf(path, folder)
    text = path.read_text().replace(str(folder), 'FOLDER')
    if path.suffix == '.json' or (path.name == 'stdout' and text.startswith('{')):
        return list(values(json.loads(text)))
    first = text.split('\n', 1)[0]
    if path.suffix == '.csv' or (path.name == 'stdout' and ',' in first and ' ' not in first):
        return of_csv(text)
    return of_text(text)


def differences(before, after):
    """(name of a file, what differs) for every file of two records that is not the same in both."""
    found = []
    files = [sorted(path.relative_to(folder) for path in folder.rglob('*') if path.is_file())
             for folder in (before, after)]
    for only in sorted(set(files[0]) ^ set(files[1])):
        found.append((only, 'is in one record only'))
    for file in sorted(set(files[0]) & set(files[1])):
        one, other = (content(folder / file, folder) for folder in (before, after))
        if file.parts[0].startswith(ALL_VOLATILE):
            one, other = ([name for name, _ in values] for values in (one, other))
        if repr(one) != repr(other):  # by repr: a NaN is itself, -0 is not 0, an integer is no float
            pairs = [f'{a!r} is now {b!r}' for a, b in zip(one, other) if repr(a) != repr(b)]
            found.append((file, '; '.join(pairs[:3]) if pairs else f'{len(one)} values, now {len(other)}'))
    return found


def compare(before, after):
    found = differences(before, after)
    for file, what in found:
        print(f'{file}: {what}')
    files = sum(1 for path in before.rglob('*') if path.is_file())
    print(f'{files} texts and files: {len(found) or "none"} differ')
    return 1 if found else 0


def check(program):
    """The same twice is the same; another seed is found."""
    names = ['compare_standard', 'predict_sextic', 'flow_table']
    with tempfile.TemporaryDirectory() as temporary:
        folders = [pathlib.Path(temporary) / name for name in ('one', 'two', 'other')]
        for folder in folders:
            record(program, folder, names)
        same = differences(folders[0], folders[1])
        assert not same, same
        target = folders[2] / 'predict_sextic'
        for path in target.iterdir():
            path.unlink()
        target.rmdir()
        words = [word.replace('0.01', '0.010000000000000002') for word in commands()['predict_sextic']]
        run(program, 'predict_sextic', words, folders[2])
        planted = {str(file) for file, _ in differences(folders[0], folders[2])}
        assert planted == {'predict_sextic/stdout'}, planted
    print('the same is the same, and a change in the last digit is found')
    return 0


def main():
    words = sys.argv[1:]
    if len(words) >= 3 and words[0] == 'record':
        folder = pathlib.Path(words[2]).resolve()
        if folder.exists():
            raise SystemExit(f'{folder} exists: name a new folder, or remove it')
        print(f'{record(words[1], folder, words[3:])} commands recorded in {folder}')
        return 0
    if len(words) == 3 and words[0] == 'compare':
        return compare(*(pathlib.Path(word).resolve() for word in words[1:]))
    if len(words) == 2 and words[0] == 'check':
        return check(words[1])
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == '__main__':
    sys.exit(main())
