#!/bin/sh
# Bantam beside what people use today, in turns on this machine. bench/README.md has the figures of past runs.
#
#   bench/peers/run.sh train [--dtype bf16|f32] [--batch N] [--length N] [--rounds N] [--steps N]
#   bench/peers/run.sh mixers [--dtype bf16|f32] [--batch N] [--length N] [--only NAME,…] [--rounds N] [--check]
#   bench/peers/run.sh tokenizer --train TEXT --encode TEXT
#
# The peers are installed first where they are missing (bench/peers/install.sh; about 2.5 GB).
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
program=${BANTAM:-$here/../../build/bantam}
what=${1:-}
case $what in
  train | mixers | tokenizer) shift ;;
  *) sed -n 's/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
[ -x "$program" ] || { printf 'run.sh: there is no %s; ./dev build makes it, or set BANTAM\n' "$program" >&2 && exit 1; }
BANTAM_PEERS=${BANTAM_PEERS:-${TMPDIR:-/tmp}/bantam-peers}
export BANTAM_PEERS
[ -f "$BANTAM_PEERS/env.sh" ] || "$here/install.sh" "$BANTAM_PEERS"
. "$BANTAM_PEERS/env.sh"
exec "$BANTAM_PEERS/bin/python" "$here/$what.py" "$program" "$@"
