"""Compares the graphs that `taper inspect --graph` prints with PyTorch's `.graph`, over all archives of suites.

    compare_graphs.py TAPER SUITE... [--filter GLOB] [--show CAUSE] [--list FILE] [--cache FOLDER]

Every method of every module of an archive is compared after both texts are normalized: values are renumbered in order
of their definition and places in the source are dropped; kinds, topology, attributes, constants and types stay.
Archives that PyTorch cannot load are skipped.
"""
import argparse
import collections
import fnmatch
import json
import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

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


def pytorch_texts(path):
    import torch
    try:
        module = torch.jit.load(path, map_location='cpu')
        texts = {}
        for _, each in module.named_modules(remove_duplicate=True):
            kind = each._c._type().qualified_name()
            for name in each._c._method_names():
                full = kind + '.' + name
                if full not in texts:
                    texts[full] = str(each._c._get_method(name).graph)
        return texts
    except Exception as error:  # noqa: BLE001
        return {'skipped': repr(error)[:200]}


def serve():
    """A child: paths in, texts as JSON out, one a line."""
    import torch
    torch.set_num_threads(1)
    for line in sys.stdin:
        print(json.dumps(pytorch_texts(line.strip())), flush=True)


class Oracle:
    """A child that answers for many paths; one that crashes is started anew and its path skipped."""

    def __init__(self):
        self.command = [sys.executable, __file__, '--serve', '', '']
        self.child = None

    def texts(self, path):
        if not self.child:
            self.child = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                          stderr=subprocess.DEVNULL, text=True)
        self.child.stdin.write(path + '\n')
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        if not answer:
            self.child.wait()
            self.child = None
            return {'skipped': 'crash'}
        return json.loads(answer)


def first_difference(ours, theirs):
    for a, b in zip(ours, theirs):
        if a != b:
            return a.strip(), b.strip()
    longer = ours if len(ours) > len(theirs) else theirs
    line = longer[min(len(ours), len(theirs))].strip() if len(ours) != len(theirs) else ''
    return (line, '<end>') if longer is ours else ('<end>', line)


def node_kind(line):
    found = re.search(r'= ([\w:]+)', line)
    return found.group(1) if found else line.split(' ')[0][:30]


def cause(ours, theirs):
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('taper')
    parser.add_argument('suites', nargs='+')
    parser.add_argument('--filter', default='*')
    parser.add_argument('--show', help='print the differences of causes that contain this')
    parser.add_argument('--limit', type=int, default=10)
    parser.add_argument('--list', help='write case, method, cause, both lines to a file')
    parser.add_argument('--dump', help='print both texts of this method (a piece of its name)')
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--every', type=int, default=1, help='every N-th archive alone')
    parser.add_argument('--cache', help='a folder that keeps what PyTorch said')
    parser.add_argument('--serve', action='store_true', help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return serve()

    paths = []
    for suite in options.suites:
        for line in open(os.path.join(suite, 'index.tsv')):
            case = line.split('\t')[0].strip()
            path = os.path.join(suite, case, 'model.pt')
            if case and os.path.exists(path) and fnmatch.fnmatch(case, options.filter):
                paths.append(path)

    paths = paths[::options.every]
    local = threading.local()

    def texts_of(path):
        kept = None
        if options.cache:
            os.makedirs(options.cache, exist_ok=True)
            kept = os.path.join(options.cache, 'graph' + path.replace('/', '_'))
        if kept and os.path.exists(kept):
            theirs = json.load(open(kept))
        else:
            if not hasattr(local, 'oracle'):
                local.oracle = Oracle()
            theirs = local.oracle.texts(path)
            if kept:
                json.dump(theirs, open(kept, 'w'))
        command = [options.taper, 'inspect', path, '--json', '--all', '--graph']
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors='replace', timeout=60)
            ours = json.loads(done.stdout)['graphs']
        except subprocess.TimeoutExpired:
            ours = {'error': 'error: too slow'}
        except (ValueError, KeyError):
            ours = {'error': 'error: ' + done.stderr.strip()[:200]}
        return path, theirs, ours

    counts, causes = collections.Counter(), collections.Counter()
    by_suite = collections.defaultdict(collections.Counter)
    examples = collections.defaultdict(list)
    listing = open(options.list, 'w') if options.list else None
    with ThreadPoolExecutor(options.jobs) as threads:
        for path, theirs, ours in threads.map(texts_of, paths):
            suite = by_suite[path.split('/')[-3] if path.count('/') > 2 else '']
            if 'skipped' in theirs:
                counts['skipped'] += 1
                suite['skipped'] += 1
                continue
            case_equal = True
            for name, text in theirs.items():
                mine = ours.get(name, ours.get('error', '<missing>'))
                a, b = normalize(mine), normalize(text)
                counts['methods'] += 1
                suite['methods'] += 1
                if options.dump and options.dump in name:
                    print('----', path, name, '\n' + mine + '\n---- PyTorch\n' + text)
                if a == b:
                    counts['equal'] += 1
                    suite['equal'] += 1
                    continue
                case_equal = False
                left, right = first_difference(a, b)
                why = cause(left, right)
                causes[why] += 1
                examples[why].append((path, name, left, right))
                if listing:
                    listing.write('\t'.join((path, name, why, left, right)) + '\n')
            suite['archives'] += 1
            suite['archives equal'] += case_equal
            counts['archives'] += 1
            counts['archives equal'] += case_equal
    for why, count in causes.most_common(60):
        print(f'{count:6d}  {why}')
        shown = options.limit if options.show and options.show in why else 1
        for path, name, left, right in examples[why][:shown]:
            print(f'          {path} {name}\n            taper   {left[:200]}\n            PyTorch {right[:200]}')
    for name, suite in by_suite.items():
        print(name, dict(suite))
    print(f"{counts['equal']} of {counts['methods']} graphs equal "
          f"({100 * counts['equal'] / max(1, counts['methods']):.1f} %), "
          f"{counts['archives equal']} of {counts['archives']} archives, {counts['skipped']} skipped")


if __name__ == '__main__':
    main()
