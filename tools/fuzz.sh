#!/bin/sh
# Fuzzes what reads files from outside: tools/fuzz.sh [--runs N | --keep] [TARGET] [SECONDS]
# TARGET is one of tests/fuzz/targets.h (default: all), SECONDS for each (default: 60); with --runs so many executions
# instead. Needs clang; `./dev fuzz` installs it. What is found goes to build-fuzz/found, new inputs that reach new code to
# build-fuzz/corpus, which begins with tests/fuzz/corpus. --keep writes that anew: the fewest inputs that reach all of it.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd -P)
build=$root/build-fuzz
kept=$root/tests/fuzz/corpus
targets="safetensors torch ternary npy compressed row text pack tokenizer sentencepiece image json yaml model config recipe"
limit=-max_total_time=60
keep=
case ${1:-} in
  --runs)
    limit=-runs=${2:?"fuzz.sh: --runs wants a number"}
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
      *)
        printf 'fuzz.sh: no target "%s"; there are: %s\n' "$1" "$targets" >&2
        exit 2
        ;;
    esac
    shift
    ;;
esac
[ -z "${1:-}" ] || limit=-max_total_time=$1

programs=
for target in $targets; do programs="$programs fuzz_$target"; done
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DBANTAM_FUZZ=ON -DBANTAM_TESTS=OFF -DBANTAM_SANITIZE=fuzzer-no-link,address,undefined >/dev/null
# Word splitting is wanted.
# shellcheck disable=SC2086
ninja -C "$build" $programs

mkdir -p "$build/found" "$kept"
failed=
for target in $targets; do
  fuzzer=$build/tests/fuzz/fuzz_$target
  corpus=$build/corpus/$target
  mkdir -p "$corpus"
  [ ! -f "$kept/$target.tar.xz" ] || tar -xJf "$kept/$target.tar.xz" -C "$corpus"
  seeds=$root/tests/fuzz/seeds/$target
  [ "$target" != safetensors ] || seeds=$root/tests/golden/st
  if [ -n "$keep" ]; then
    fewest=$build/fewest/$target
    rm -rf "$fewest" && mkdir -p "$fewest"
    "$fuzzer" -merge=1 -max_len=4096 -verbosity=0 "$fewest" "$seeds" "$corpus" >/dev/null 2>&1
    (cd "$fewest" && find . -type f | LC_ALL=C sort | tar --mtime=@0 --owner=0 --group=0 --mode=644 -cf - -T - | xz -9e) \
      >"$kept/$target.tar.xz"
    printf '%s: %s inputs, %s bytes\n' "$target" "$(find "$fewest" -type f | wc -l)" "$(wc -c <"$kept/$target.tar.xz")"
    continue
  fi
  printf '\n%s, %s\n' "$target" "$limit"
  "$fuzzer" "$limit" -timeout=10 -rss_limit_mb=3000 -max_len=65536 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="$build/found/$target-" "$corpus" "$seeds" ||
    failed="$failed $target"
done
[ -z "$keep" ] || exit 0
if [ -n "$failed" ]; then
  printf '\nfuzz.sh: bugs in:%s; their inputs are in %s\n' "$failed" "$build/found" >&2
  exit 1
fi
printf '\nfuzz.sh: nothing found\n'
