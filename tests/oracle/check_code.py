"""Does PyTorch compile the code that `taper inspect --code` prints to the same graphs as the archive's own code?

    check_code.py TAPER SUITE... [--every N] [--filter GLOB] [--list FILE] [--limit N]

Each archive is written again with the bodies of its functions replaced, loaded by torch.jit.load, and the graphs of all
methods are compared as compare_graphs.py does, but for the order of constants. Functions that taper cannot print stay as they are; archives that
PyTorch cannot load are skipped, and so are those in which a function's constants are not the same ones in the same order.
"""
import collections
import json
import os
import re
import subprocess
import tempfile
import zipfile

from archive_texts import Oracle, archives, first_difference, read_options
from compare_graphs import VALUE, normalize

CONSTANT = re.compile(r'CONSTANTS\.c(\d+)')
CONSTANT_NODE = re.compile(r'^ *%(\d+) : (.*) = prim::Constant(.*)\(\)$')
NEWEST_VERSION = b'10\n'  # what is printed means today's operators


class Skipped(Exception):
    pass


def distinct(numbers):
    return list(dict.fromkeys(numbers))


def replace_body(old, new, owner):
    """`new` at the place of `old`: with its indentation and its numbers of constants."""
    before, after = distinct(CONSTANT.findall(''.join(old))), distinct(CONSTANT.findall(new))
    if len(before) != len(after):
        raise Skipped('other constants')
    place = dict(zip(after, before))
    new = CONSTANT.sub(lambda m: 'CONSTANTS.c' + place[m.group(1)], new)
    if owner:
        new = re.sub(r'^(def \w+\(self)(?=[,)])', r'\1: ' + owner, new)
    indent = '  ' if owner else ''
    return [indent + line if line else line for line in new.splitlines(keepends=True)]


def replace_functions(module, text, codes):
    """The module's text with its functions printed anew, and how many these are."""
    lines, out, owner, count, at = text.splitlines(keepends=True), [], None, 0, 0
    while at < len(lines):
        line = lines[at]
        if not line.startswith(' '):
            found = re.match(r'class (\w+)', line)
            owner = f'{module}.{found.group(1)}' if found else None
        found = re.match(r'(  )?def (\w+)\(', line)
        if not found or bool(found.group(1)) != bool(owner):
            out.append(line)
            at += 1
            continue
        end = at + 1
        deeper = '    ' if owner else '  '
        while end < len(lines) and (lines[end].startswith(deeper) or not lines[end].strip()):
            end += 1
        new = codes.get(f'{owner or module}.{found.group(2)}')
        if new and not new.startswith('error:'):
            out += replace_body(lines[at:end], new, owner)
            count += 1
        else:
            out += lines[at:end]
        at = end
    return ''.join(out), count


def rewrite(path, target, codes):
    count = 0
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, 'w') as sink:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.endswith('.debug_pkl'):
                continue
            code = re.match(r'[^/]*/code/(.*)\.py$', entry.filename)
            if code:
                text, more = replace_functions(code.group(1).replace('/', '.'), content.decode(), codes)
                content = text.encode()
                count += more
            elif re.search(r'^[^/]*/(\.data/)?version$', entry.filename):
                content = NEWEST_VERSION
            sink.writestr(entry.filename, content)
    return count


def meaning(text):
    """The graph's lines with constants where they are used: in which order they stand in front says nothing."""
    constants, lines, names = {}, [], {}
    for line in normalize(text):
        found = CONSTANT_NODE.match(line)
        if found:
            value = re.sub(r'object\(0x[0-9a-f]+\)', 'object', found.group(3))
            constants[found.group(1)] = f'<{value} : {found.group(2)}>'
            continue
        if line.startswith(('graph(', 'with ')):
            constants, names = {}, {}
        line = line.replace('prim::unchecked_unwrap_optional', 'prim::unchecked_cast')  # as archives before 1.5 spell it
        lines.append(VALUE.sub(
            lambda m: constants.get(m.group(1)) or '%' + names.setdefault(m.group(1), str(len(names))), line))
    return lines


def main():
    options = read_options(__doc__)
    oracle, counts, examples = Oracle('graph'), collections.Counter(), []
    listing = open(options.list, 'w') if options.list else None

    def report(kind, path, name, ours, theirs):
        counts[kind] += 1
        examples.append((kind, path, name, ours, theirs))
        if listing:
            listing.write('\t'.join(examples[-1]) + '\n')

    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, 'model.pt')
        for path in archives(options):
            known = options.cache and os.path.join(options.cache, 'graph' + path.replace('/', '_'))
            if known and os.path.exists(known):
                before = json.load(open(known))
            else:
                before = oracle.texts(path)
                if known:
                    os.makedirs(options.cache, exist_ok=True)
                    json.dump(before, open(known, 'w'))
            if 'skipped' in before:
                counts['archives that PyTorch does not load'] += 1
                continue
            done = subprocess.run([options.taper, 'inspect', path, '--json', '--all', '--code'], capture_output=True)
            try:
                counts['functions'] += rewrite(path, target, json.loads(done.stdout)['codes'])
            except (Skipped, ValueError, KeyError, zipfile.BadZipFile) as error:
                counts[f'archives skipped: {error!r}'[:60]] += 1
                continue
            after = oracle.texts(target)
            counts['archives'] += 1
            if 'skipped' in after:
                report('archives not loaded', path, '', after['skipped'], '')
                continue
            for name, text in before.items():
                ours, theirs = meaning(after.get(name, '')), meaning(text)
                if ours == theirs:
                    counts['graphs equal'] += 1
                else:
                    report('graphs that differ', path, name, *first_difference(ours, theirs))
    for kind, path, name, ours, theirs in examples[:options.limit]:
        print(f'{kind}: {path} {name}\n    printed {ours[:300]}\n    archive {theirs[:300]}')
    print(dict(counts))


if __name__ == '__main__':
    main()
