#!/bin/sh
# Installs what build/ holds into a fresh folder, builds a copy of examples/ against that as anybody's project would
# (find_package), and runs them. Fails where a header, a library or a registered part is missing.
#
#   tools/check_library.sh      after ninja -C build bantam bantam_archive
set -eu
tree=$(cd "$(dirname "$0")/.." && pwd -P)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

cmake --install "$tree/build" --prefix "$place/prefix" >"$place/install.log"
if grep -rl "$tree" "$place/prefix/lib/cmake" "$place/prefix/include"; then
  printf 'check_library: the files above name the source tree\n' >&2
  exit 1
fi
cp -R "$tree/examples" "$place/consumer"
cmake -S "$place/consumer" -B "$place/build" -G Ninja -DCMAKE_PREFIX_PATH="$place/prefix" >"$place/configure.log" ||
  { cat "$place/configure.log" >&2 && exit 1; }
cmake --build "$place/build" -j "${BANTAM_JOBS:-$(nproc)}"

"$place/prefix/bin/bantam" corpus --size 100K --format text --out "$place/text.txt" 2>"$place/corpus.log" ||
  { cat "$place/corpus.log" >&2 && exit 1; }
"$place/build/train" "$place/text.txt" "$place/run" 40
"$place/build/generate" "$place/run/model" 'Once upon a time' 20
"$place/build/score" "$place/run/model" 'Once upon a time there was' | tail -n 1
printf 'the installed library holds what examples/ need\n'
