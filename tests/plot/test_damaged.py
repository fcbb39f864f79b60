"""Damaged files end in a picture or in one line of refusal, never in a traceback."""
from damage import KINDS, damaged_files, drawn
from support import PlotCase

COUNT = 3  # of each kind; damage.py draws any number


class DamagedFiles(PlotCase):
    def test_are_drawn_or_refused_in_one_line(self):
        refused = 0
        for kind in KINDS:
            for number, path in enumerate(damaged_files(self.folder, kind, COUNT)):
                with self.subTest(kind=kind, number=number):
                    status, said = drawn(path)
                    self.assertIn(status, (0, 2), said)
                    self.assertEqual(said.count("\n"), 1 if status == 2 else 0, said)
                    refused += status == 2
        self.assertGreater(refused, len(KINDS))  # the damage is felt
