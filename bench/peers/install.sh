#!/bin/sh
# Installs what people train with today into a throw-away virtual environment, for CPUs:
#
#   bench/peers/install.sh [FOLDER]      default: $BANTAM_PEERS, else a folder under the temporary files
#
# PyTorch's package links CUDA libraries even where there is no GPU. The full set is gigabytes; this takes the ones that
# it opens on a CPU, and the rest from a CUDA toolkit where one is installed. FOLDER/env.sh sets the library path.
set -eu
folder=${1:-${BANTAM_PEERS:-${TMPDIR:-/tmp}/bantam-peers}}
python=$folder/bin/python
[ -x "$python" ] || python3 -m venv "$folder"
pip() { "$python" -m pip --disable-pip-version-check install --quiet "$@"; }

pip --no-deps torch
pip filelock typing-extensions sympy networkx jinja2 fsspec numpy setuptools tokenizers tiktoken
toolkit=$(ls -d "${CUDA_HOME:-/usr/local/cuda}/lib64" 2>/dev/null || true)
pip --no-deps nvidia-cufile nvidia-nvshmem-cu13 nvidia-cusparselt-cu13 nvidia-nccl-cu13
if [ -z "$toolkit" ] || ! ls "$toolkit"/libcublasLt.so* >/dev/null 2>&1; then
  pip --no-deps nvidia-cublas nvidia-cuda-runtime nvidia-cuda-nvrtc nvidia-cuda-cupti nvidia-cufft nvidia-curand \
    nvidia-cusolver nvidia-cusparse nvidia-nvjitlink nvidia-nvtx nvidia-cudnn-cu13
fi
cat >"$folder/env.sh" <<TEXT
# Sourced by bench/peers/run.sh.
LD_LIBRARY_PATH=\$(find "$folder"/lib/python*/site-packages/nvidia -maxdepth 3 -type d -name lib | tr '\n' ':')$toolkit:$(dirname "$toolkit")/extras/CUPTI/lib64
export LD_LIBRARY_PATH
TEXT
. "$folder/env.sh"
"$python" -c 'import torch; print("torch", torch.__version__)'
