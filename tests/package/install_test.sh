#!/usr/bin/env bash
# install_test.sh SOURCE_DIR BUILD_DIR WORK_DIR CC CXX
# Installs into an empty prefix, moves it (a package must not know where it was made), builds the example hosts against it
# with find_package and with pkg-config, and runs them.
set -euo pipefail
source=$1 build=$2 work=$3 cc=$4 cxx=$5
rm -rf "$work"
mkdir -p "$work"
cmake --install "$build" --prefix "$work/first" >"$work/install.log"
mv "$work/first" "$work/prefix"

installed=$(cd "$work/prefix/include" && find . -type f | sort | tr '\n' ' ')
[ "$installed" = "./taper/taper.c.h ./taper/taper.h " ] || { echo "installed headers: $installed" >&2; exit 1; }

echo "== find_package"
cmake -S "$source/examples" -B "$work/examples" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" \
  -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" >"$work/examples.log"
cmake --build "$work/examples" >>"$work/examples.log" || { cat "$work/examples.log" >&2; exit 1; }

echo "== pkg-config"
export PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name taper.pc)")
read -ra flags <<<"$(pkg-config --cflags --libs taper)"
"$cc" -std=c11 -Wall -Wextra -Werror "$source/examples/host.c" "${flags[@]}" -o "$work/host_c"
"$cxx" -std=c++17 -Wall -Wextra -Werror "$source/examples/host.cpp" "${flags[@]}" -o "$work/host_cpp"
# Hosts without exceptions and RTTI, and hosts that drop what they do not use.
"$cxx" -std=c++17 -fno-exceptions -fno-rtti -Wl,--gc-sections -x c++ - "${flags[@]}" -o "$work/host_plain" <<'CPP'
#include <taper/taper.h>
int main(int, char** argv) {
  bool failed = false;
  taper::set_error_handler([](const taper::Error&, void* user) { *static_cast<bool*>(user) = true; }, &failed);
  taper::load("/does/not/exist.pt");
  if (!failed) return 1;
  failed = false;
  taper::Module module = taper::load(argv[1]);
  return failed || !module.has_method("forward");
}
CPP
# The README's program, as printed there.
awk '/^```cpp/ {on = 1; next} /^```/ {on = 0} on' "$source/README.md" >"$work/hello.cpp"
"$cxx" -std=c++17 -Wall -Wextra -Werror "$work/hello.cpp" "${flags[@]}" -o "$work/hello"
# A shared library around taper, as language bindings make it.
"$cc" -std=c11 -fPIC -shared -DHOST_IS_A_LIBRARY -x c - "${flags[@]}" -Wl,-z,defs -o "$work/libhost.so" <<'C'
#include <taper/taper.c.h>
const char* host_version(void) { return taper_version(); }
taper_error* host_load(const char* path, taper_module** module) { return taper_load_file(path, 0, module); }
C

expect() { # expect PATTERN FILE
  grep -qE "$1" "$2" || { echo "no '$1' in what the host printed:" >&2; cat "$2" >&2; exit 1; }
}
model=$source/examples/classifier/digits.pt
for host in "$work/examples/host_c" "$work/host_c"; do
  "$host" "$model" >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
  expect 'forward\(.*Tensor picture\) -> ' "$work/out"
  expect '^reads 1 with probability (0\.9[0-9]+|1\.000)$' "$work/out"
  if "$host" "$source/README.md" >"$work/out" 2>&1; then echo "accepted README.md as a model" >&2; exit 1; fi
done
for host in "$work/examples/host_cpp" "$work/host_cpp"; do
  "$host" "$model" >"$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
  expect '^two threads read 1 and 1$' "$work/out"
  expect 'refused \(builtins.ValueError\)' "$work/out"
done
"$work/host_plain" "$model"
"$work/hello" "$model" >"$work/out"
expect '^\([0-9], tensor\(\[' "$work/out"
"$work/examples/classify" "$model" "$source/examples/classifier/expected.pt" "$source"/examples/classifier/pictures/*.png >"$work/out" ||
  { cat "$work/out" >&2; exit 1; }
echo "installed package: all hosts built and ran"
