#!/bin/sh
# Fuzzes what reads files from outside: tools/fuzz.sh [TARGET] [SECONDS]
# TARGET is one of tests/fuzz/targets.h (default: all), SECONDS for each (default: 60). Needs clang; `./dev fuzz`
# installs it. What is found goes to build-fuzz/found, new inputs that reach new code to build-fuzz/corpus.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd -P)
build=$root/build-fuzz
targets="safetensors torch ternary npy compressed row text pack tokenizer sentencepiece image json yaml model config recipe"
seconds=60
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
[ -z "${1:-}" ] || seconds=$1

programs=
for target in $targets; do programs="$programs fuzz_$target"; done
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DBANTAM_FUZZ=ON -DBANTAM_TESTS=OFF -DBANTAM_SANITIZE=fuzzer-no-link,address,undefined >/dev/null
# Word splitting is wanted.
# shellcheck disable=SC2086
ninja -C "$build" $programs

mkdir -p "$build/found"
failed=
for target in $targets; do
  corpus=$build/corpus/$target
  mkdir -p "$corpus"
  seeds=$root/tests/fuzz/seeds/$target
  [ "$target" != safetensors ] || seeds=$root/tests/golden/st
  printf '\n%s for %s s\n' "$target" "$seconds"
  "$build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=3000 -max_len=65536 \
    -print_final_stats=1 -verbosity=0 -artifact_prefix="$build/found/$target-" "$corpus" "$seeds" ||
    failed="$failed $target"
done
if [ -n "$failed" ]; then
  printf '\nfuzz.sh: bugs in:%s; their inputs are in %s\n' "$failed" "$build/found" >&2
  exit 1
fi
printf '\nfuzz.sh: nothing found\n'
