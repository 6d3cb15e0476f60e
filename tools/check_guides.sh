#!/bin/sh
# Types in what the guides say: the commands of their ```sh blocks, page after page in one new folder, in the order of
# docs/README.md. Fails with the first command that does. Takes some minutes.
#
#   tools/check_guides.sh [PROGRAM] [FOLDER]     default: build/bantam, and a temporary folder that is removed at the end
set -eu
tree=$(cd "$(dirname "$0")/.." && pwd -P)
program=$(realpath "${1:-$tree/build/bantam}")
folder=${2:-}
if [ -z "$folder" ]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi
mkdir -p "$folder"
pages=$(sed -n 's/^| \[.*\](\(guide\/[a-z]*\.md\)).*/\1/p' "$tree/docs/README.md")
[ -n "$pages" ] || { printf 'docs/README.md names no guides\n' >&2; exit 1; }
cd "$folder"
for page in $pages; do
  printf '==== %s\n' "$page"
  {
    printf 'bantam() { "%s" "$@"; }\nset -v\n' "$program"
    awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$tree/docs/$page"
  } >commands.sh
  bash -e commands.sh 2>&1 </dev/null
done
printf 'the guides hold\n'
