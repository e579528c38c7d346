#!/usr/bin/env bash
# library_test.sh LIBTAPER_A TAPER_C_H exports|imports|constructors
set -euo pipefail
library=$1 header=$2 what=$3
status=0
object() { echo "$1" >&2; status=1; }

[ -f "$library" ] || { echo "no such file: $library" >&2; exit 1; }

case $what in
  exports) # exactly the functions that the header declares
    defined=$(nm -g --defined-only "$library" | awk 'NF == 3 {print $3}' | sort -u)
    declared=$(grep -oE '^TAPER_API [^(]*\btaper_[a-z0-9_]+\(' "$header" | grep -oE 'taper_[a-z0-9_]+\($' | tr -d '(' | sort -u)
    [ -n "$declared" ] || object "no TAPER_API function found in $header"
    for name in $(comm -23 <(echo "$defined") <(echo "$declared")); do object "exported, but not declared in taper.c.h: $name"; done
    for name in $(comm -13 <(echo "$defined") <(echo "$declared")); do object "declared in taper.c.h, but not exported: $name"; done
    echo "$(echo "$defined" | wc -l) functions exported"
    ;;
  imports) # nothing that writes to the terminal or ends the process
    for name in $(nm -u "$library" | awk 'NF == 2 {print $2}'); do
      case $name in
        exit | _exit | _Exit | quick_exit | abort | __assert_fail | raise | kill | atexit | \
        printf | __printf_chk | vprintf | __vprintf_chk | puts | putchar | perror | stdout | stderr | \
        _ZSt4cout | _ZSt4cerr | _ZSt4clog | _ZNSt8ios_base4InitC1Ev)
          object "uses $name" ;;
      esac
    done
    ;;
  constructors) # no code runs before main
    if objdump -h "$library" | grep -E '\.(init_array|ctors|preinit_array)'; then object "has static constructors"; fi
    ;;
  *) object "unknown test $what" ;;
esac
exit $status
