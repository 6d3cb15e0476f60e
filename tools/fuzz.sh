#!/bin/sh
# Fuzzes what reads files from outside: tools/fuzz.sh [--runs N | --keep] [TARGET] [SECONDS]
# TARGET is one of tests/fuzz/targets.h (default: all), SECONDS for each (default: 60); with --runs so many executions
# instead. Needs clang; `./dev fuzz` installs it. What is found goes to build-fuzz/found, new inputs that reach new code to
# build-fuzz/corpus, which begins with tests/fuzz/corpus. --keep writes that anew: the fewest inputs of at most 4 KiB that
# reach what all such inputs do.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd -P)
build=$root/build-fuzz
kept=$root/tests/fuzz/corpus
targets="safetensors torch ternary npy compressed row text pack tokenizer sentencepiece image json yaml model config recipe"

refuse() {
  printf 'fuzz.sh: %s\n' "$*" >&2
  exit 2
}
number() {
  case $2 in
    '' | *[!0-9]*) refuse "$1 is \"$2\", wanted a number" ;;
  esac
}

limit=-max_total_time=60
runs='' keep=''
case ${1:-} in
  --runs)
    runs=${2:-}
    number "--runs" "$runs"
    limit=-runs=$runs
    shift 2
    ;;
  --keep)
    keep=yes
    shift
    ;;
esac
case ${1:-} in
  '') ;;
  *[!0-9]*)
    case " $targets " in
      *" $1 "*) targets=$1 ;;
      *) refuse "no target \"$1\"; there are: $targets" ;;
    esac
    shift
    ;;
esac
if [ -n "${1:-}" ]; then
  number SECONDS "$1"
  [ -z "$runs$keep" ] || refuse "SECONDS goes with neither --runs nor --keep"
  limit=-max_total_time=$1
fi

programs=
for target in $targets; do programs="$programs fuzz_$target"; done
# A compiler that is named again, and found elsewhere, makes CMake forget what else it was told.
set --
[ -f "$build/CMakeCache.txt" ] || set -- -DCMAKE_CXX_COMPILER=clang++
cmake -S "$root" -B "$build" -G Ninja "$@" -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DBANTAM_FUZZ=ON -DBANTAM_TESTS=OFF -DBANTAM_SANITIZE=fuzzer-no-link,address,undefined >/dev/null
# Word splitting is wanted.
# shellcheck disable=SC2086
ninja -C "$build" $programs

# keep TARGET SEEDS CORPUS: writes the kept inputs of a target, whole or not at all.
keep() {
  fewest=$build/fewest/$1
  rm -rf "$fewest" && mkdir -p "$fewest" "$kept"
  "$build/tests/fuzz/fuzz_$1" -merge=1 -max_len=4096 -timeout=10 -rss_limit_mb=3000 -verbosity=0 "$fewest" "$2" "$3" \
    >"$fewest.log" 2>&1 || refuse "$1: merging failed; see $fewest.log"
  (cd "$fewest" && find . -type f | LC_ALL=C sort >"$fewest.list" &&
    tar --mtime=@0 --owner=0 --group=0 --mode=644 -cf "$fewest.tar" -T "$fewest.list")
  xz -9e <"$fewest.tar" >"$fewest.tar.xz"
  mv "$fewest.tar.xz" "$kept/$1.tar.xz"
  printf '%s: %s inputs, %s bytes\n' "$1" "$(wc -l <"$fewest.list")" "$(wc -c <"$kept/$1.tar.xz")"
}

mkdir -p "$build/found"
failed=
for target in $targets; do
  corpus=$build/corpus/$target
  mkdir -p "$corpus"
  [ ! -f "$kept/$target.tar.xz" ] || tar -xJf "$kept/$target.tar.xz" -C "$corpus"
  seeds=$root/tests/fuzz/seeds/$target
  [ "$target" != safetensors ] || seeds=$root/tests/golden/st
  if [ -n "$keep" ]; then
    keep "$target" "$seeds" "$corpus"
    continue
  fi
  printf '\n%s, %s\n' "$target" "$limit"
  "$build/tests/fuzz/fuzz_$target" "$limit" -timeout=10 -rss_limit_mb=3000 -max_len=65536 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="$build/found/$target-" "$corpus" "$seeds" ||
    failed="$failed $target"
done
[ -z "$keep" ] || exit 0
if [ -n "$failed" ]; then
  printf '\nfuzz.sh: bugs in:%s; their inputs are in %s\n' "$failed" "$build/found" >&2
  exit 1
fi
printf '\nfuzz.sh: nothing found\n'
