#!/bin/sh
# Follows the three recipes of CONTRIBUTING.md in a copy of what git has committed: an op, a part and a command are added
# as they say, and built and used. Fails where a recipe leaves something out.
#
#   tools/check_contributing.sh [FOLDER]     default: a temporary one, removed at the end
set -eu
tree=$(cd "$(dirname "$0")/.." && pwd -P)
copy=${1:-}
if [ -z "$copy" ]; then
  copy=$(mktemp -d)
  trap 'rm -rf "$copy"' EXIT
fi
mkdir -p "$copy"
git -C "$tree" archive HEAD | tar -x -C "$copy"
cd "$copy"

# An op: the twin of rms_norm under another name.
for file in src/ops/rms_norm.h src/ops/rms_norm.cpp tests/ops/rms_norm_test.cpp; do
  sed -e 's/rms_norm/twin_norm/g; s/RmsNorm/TwinNorm/g' "$file" >"$(printf '%s' "$file" | sed 's/rms_norm/twin_norm/')"
done

# A part: the feed-forward under another name, in one file.
sed -e 's/Swiglu/Twin/g; s/"swiglu"/"twin"/' src/parts/feed/swiglu.cpp >src/parts/feed/twin.cpp

# A command.
cat >src/cli/twin.cpp <<'TEXT'
#include <fmt/core.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace bantam::cli {

void add_twin(CLI::App& app) {
  app.add_subcommand("twin", "Says that it is there")->callback([] { fmt::print("here\n"); });
}

}  // namespace bantam::cli
TEXT
sed -i 's/^void add_train(CLI::App& app);/&\nvoid add_twin(CLI::App\& app);/' src/cli/commands.h
sed -i 's/^\( *\)\(bantam::cli::\)\{0,1\}add_train(app);/&\n  bantam::cli::add_twin(app);/' src/cli/main.cpp

cmake --preset release -DBANTAM_TESTS=ON >cmake.log
ninja -C build bantam test_ops test_contract
build/test_ops --gtest_filter='TwinNorm*' | grep -q 'PASSED.* 2 tests'
build/test_contract >contract.log
build/test_contract --gtest_list_tests | grep -q '"kind":"twin"'
build/bantam docs config | grep -q '^## twin$'
build/bantam docs commands | grep -q '^## bantam twin$'
[ "$(build/bantam twin)" = here ]
printf 'the recipes of CONTRIBUTING.md hold\n'
