"""Holds what `taper inspect` prints of every method of an archive's modules against what PyTorch prints of it, over all
archives of suites. What compare_graphs.py and compare_code.py have in common; run as a program, a child that asks PyTorch.

Archives that PyTorch cannot load are skipped.
"""
import argparse
import collections
import fnmatch
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor


def pytorch_texts(path, kind):
    import torch
    try:
        module = torch.jit.load(path, map_location='cpu')
        texts = {}
        for _, each in module.named_modules(remove_duplicate=True):
            name_of_class = each._c._type().qualified_name()
            for name in each._c._method_names():
                full = name_of_class + '.' + name
                if full not in texts:
                    texts[full] = str(getattr(each._c._get_method(name), kind))
        return texts
    except Exception as error:  # noqa: BLE001
        return {'skipped': repr(error)[:200]}


def serve(kind):
    """A child: paths in, texts as JSON out, one a line."""
    import torch
    torch.set_num_threads(1)
    for line in sys.stdin:
        print(json.dumps(pytorch_texts(line.strip(), kind)), flush=True)


class Oracle:
    """A child that answers for many paths; one that crashes is started anew and its path skipped."""

    def __init__(self, kind):
        self.command = [sys.executable, __file__, kind]
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


def read_options(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
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
    return parser.parse_args()


def archives(options):
    paths = []
    for suite in options.suites:
        for line in open(os.path.join(suite, 'index.tsv')):
            case = line.split('\t')[0].strip()
            path = os.path.join(suite, case, 'model.pt')
            if case and os.path.exists(path) and fnmatch.fnmatch(case, options.filter):
                paths.append(path)
    return paths[::options.every]


def compare(options, kind, key, normalize, cause):
    """`kind`: "graph" or "code", as taper's option and PyTorch's property are called; `key`: of taper's JSON."""
    local = threading.local()

    def texts_of(path):
        kept = None
        if options.cache:
            os.makedirs(options.cache, exist_ok=True)
            kept = os.path.join(options.cache, kind + path.replace('/', '_'))
        if kept and os.path.exists(kept):
            theirs = json.load(open(kept))
        else:
            if not hasattr(local, 'oracle'):
                local.oracle = Oracle(kind)
            theirs = local.oracle.texts(path)
            if kept:
                json.dump(theirs, open(kept, 'w'))
        command = [options.taper, 'inspect', path, '--json', '--all', '--' + kind]
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors='replace', timeout=60)
            ours = json.loads(done.stdout)[key]
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
        for path, theirs, ours in threads.map(texts_of, archives(options)):
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
                why = cause(left, right, a, b)
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
    print(f"{counts['equal']} of {counts['methods']} {key} equal "
          f"({100 * counts['equal'] / max(1, counts['methods']):.1f} %), "
          f"{counts['archives equal']} of {counts['archives']} archives, {counts['skipped']} skipped")


if __name__ == '__main__':
    serve(sys.argv[1])
