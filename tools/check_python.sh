#!/bin/sh
# Installs the Python package into an environment of its own, as `pip install .` does for anybody, and runs its tests.
# Without a package index to fetch nanobind from it says so and does nothing.
#
#   tools/check_python.sh [PYTEST ARGUMENTS]      PYTHON names another interpreter than python3
set -eu
tree=$(cd "$(dirname "$0")/.." && pwd -P)
environment=$tree/build-python/environment
rm -rf "$environment"
"${PYTHON:-python3}" -m venv "$environment"
fetched=$environment/fetched
if ! "$environment/bin/pip" download --quiet --no-deps --disable-pip-version-check --dest "$fetched" nanobind; then
  printf 'python: skipped, nanobind could not be fetched (is this machine online?)\n'
  exit 0
fi
CMAKE_BUILD_PARALLEL_LEVEL=${BANTAM_JOBS:-$(nproc)} "$environment/bin/pip" install --quiet --disable-pip-version-check "$tree[test]"
cd "$tree" && exec "$environment/bin/pytest" -q "$@"
