"""Compares the code that `taper inspect --code` prints with PyTorch's `.code`, over all archives of suites.

    compare_code.py TAPER SUITE... [--every N] [--filter GLOB] [--show CAUSE] [--list FILE] [--cache FOLDER]

Every method of every module of an archive is compared letter by letter.
"""
import re

from archive_texts import compare, read_options


def renumbered(lines):
    """The lines with their variables numbered in the order in which they appear."""
    names = {}
    return [re.sub(r'\b(?!torch\b)[A-Za-z_]\w*\b(?![(.\'"])', lambda m: names.setdefault(m.group(0), str(len(names))), line)
            for line in lines]


def cause(ours, theirs, mine, their_text):
    """A rough class of the first difference."""
    if ours.startswith('error:') or ours == '<missing>':
        return 'no code: ' + ours[:60]
    if renumbered(mine) == renumbered(their_text):
        temporary = re.compile(r'\b_\d+\b')
        return 'numbers of temporaries' if temporary.sub('_', ours) == temporary.sub('_', theirs) else 'names of variables'
    if 'CONSTANTS.c' in ours and 'CONSTANTS.c' in theirs:
        return 'numbers of constants'
    if sorted(mine) == sorted(their_text):
        return 'order of lines'
    if len(mine) != len(their_text):
        return 'other lines'
    return 'other expressions'


if __name__ == '__main__':
    compare(read_options(__doc__), 'code', 'codes', str.splitlines, cause)
