"""Compares the graphs that `taper inspect --graph` prints with PyTorch's `.graph`, over all archives of suites.

    compare_graphs.py TAPER SUITE... [--filter GLOB] [--show CAUSE] [--list FILE] [--cache FOLDER]

Every method of every module of an archive is compared after both texts are normalized: values are renumbered in order
of their definition and places in the source are dropped; kinds, topology, attributes, constants and types stay.
"""
import re

from archive_texts import compare, read_options

VALUE = re.compile(r'%([\w.\-/]+)')
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def normalize(text):
    """Lines with values renumbered; per graph, because names of forked graphs start anew."""
    lines, names = [], {}
    for line in text.splitlines():
        strings = []

        def keep(match):
            strings.append(match.group(0))
            return '\x00'

        line = STRING.sub(keep, line)
        line = re.sub(r' # .*$', '', line)
        line = re.sub(r'\[warn_id=\d+\]', '', line)  # counts the warnings of the whole process
        line = re.sub(r'<Tensor>|\{[^{}]*\}(?=\])|<[^<>]*Tensor[^<>]*>', '<constant>', line) if 'value=' in line else line
        if line.startswith('with ') or line.startswith('graph('):
            names = {}
        line = VALUE.sub(lambda m: '%' + names.setdefault(m.group(1), str(len(names))), line)
        for string in strings:
            line = line.replace('\x00', string, 1)
        lines.append(line.rstrip())
    while lines and not lines[-1]:
        lines.pop()
    # A tensor's value may be printed over many lines.
    out, skipping = [], False
    for line in lines:
        if skipping:
            if re.search(r'\]\(\)$', line):
                skipping = False
            continue
        cut = re.match(r'(.* = prim::Constant\[value=)(?!")(.*)$', line)
        if cut and not line.endswith(']()') and cut:
            out.append(cut.group(1) + '<constant>]()')
            skipping = True
            continue
        if cut and re.search(r' : (Tensor|Float\(.*\)|Long\(.*\)|Double\(.*\)) =', line):
            line = cut.group(1) + '<constant>]()'
        out.append(line)
    return out


def node_kind(line):
    found = re.search(r'= ([\w:]+)', line)
    return found.group(1) if found else line.split(' ')[0][:30]


def cause(ours, theirs, *_):
    """A rough class of the first difference."""
    if ours.startswith('error:') or ours == '<missing>':
        return 'no graph: ' + ours[:60]
    if 'prim::Unsupported' in ours:
        return 'unsupported here'
    a, b = node_kind(ours), node_kind(theirs)
    if a != b:
        return f'{a} where PyTorch has {b}'
    left, right = ours.split(' = ')[0], theirs.split(' = ')[0]
    if left != right:
        return f'result of {a}: type or number'
    return f'{a}: attributes or inputs'


if __name__ == '__main__':
    compare(read_options(__doc__), 'graph', 'graphs', normalize, cause)
