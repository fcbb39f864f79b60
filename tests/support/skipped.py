#!/usr/bin/env python3
"""Which tests of ctest were skipped, and why: one line a reason.

Usage: skipped.py RESULT.xml... (what ctest --output-junit writes), or skipped.py --check
"""
import re
import sys
import textwrap
import xml.etree.ElementTree as ElementTree

WIDTH = 80


def reason_of(output):
    """The test's own words: GoogleTest's text after 'Skipped', or a script's line that begins with 'skipped:'."""
    of_googletest = re.search(r': Skipped\n(.+?)\n', output)
    of_script = re.search(r'^skipped: *(.+)$', output, re.IGNORECASE | re.MULTILINE)
    found = of_googletest or of_script
    return found.group(1).strip() if found else 'no reason given'


def skipped_tests(root):
    """Names by reason, in the order in which they stand."""
    by_reason = {}
    for case in root.iter('testcase'):
        if case.find('skipped') is not None:
            reason = reason_of(case.findtext('system-out') or '')
            by_reason.setdefault(reason, []).append(case.get('name'))
    return by_reason


def lines(by_reason):
    """What is printed: a reason with the number of its tests and the first of them, within the terminal's width."""
    if not by_reason:
        return ['no test was skipped']
    text = []
    for reason, names in by_reason.items():
        first = names[0] if len(names) == 1 else f'{names[0]} and {len(names) - 1} more'
        text += textwrap.wrap(f'{len(names)} skipped: {reason} ({first})', WIDTH, subsequent_indent='    ')
    return text


def check():
    """A result that is written out here: two reasons, a test that passed, one that says nothing."""
    root = ElementTree.fromstring('''<testsuite>
      <testcase name="gpu.A" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
        <system-out>[ RUN      ] A
/a/gpu.hpp:26: Skipped
no CUDA device: no driver

[  SKIPPED ] A (0 ms)
</system-out></testcase>
      <testcase name="gpu.B" status="notrun"><skipped message=""/><system-out>/a/gpu.hpp:26: Skipped
no CUDA device: no driver

</system-out></testcase>
      <testcase name="passes" status="run"><system-out>skipped: not this one</system-out></testcase>
      <testcase name="python" status="notrun"><skipped/><system-out>SKIPPED: no python3 that can import arviz
</system-out></testcase>
      <testcase name="silent" status="notrun"><skipped/></testcase>
    </testsuite>''')
    found = skipped_tests(root)
    assert found == {'no CUDA device: no driver': ['gpu.A', 'gpu.B'], 'no python3 that can import arviz': ['python'],
                     'no reason given': ['silent']}, found
    assert lines(found)[0] == '2 skipped: no CUDA device: no driver (gpu.A and 1 more)', lines(found)
    assert lines({}) == ['no test was skipped']
    assert max(map(len, lines({'w ' * 100: ['name']}))) <= WIDTH


def main(paths):
    together = {}
    for path in paths:
        for reason, names in skipped_tests(ElementTree.parse(path).getroot()).items():
            together.setdefault(reason, []).extend(names)
    print('\n'.join(lines(together)))


if __name__ == '__main__':
    if sys.argv[1:] == ['--check']:
        check()
        print('ok')
    else:
        main(sys.argv[1:])
