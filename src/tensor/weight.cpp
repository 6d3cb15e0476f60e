#include "tensor/weight.h"

#include "tensor/copy.h"

namespace bantam {

Mat Weight::writable() {
  const ConstMat m = master.mat();
  return {const_cast<void*>(m.data), m.rows, m.cols, m.stride, m.dtype};
}

void Weight::changed() {
  ++version;
  if (!low) return;
  const ConstMat m = low.mat();
  copy(device(), master.mat(), Mat{const_cast<void*>(m.data), m.rows, m.cols, m.stride, m.dtype});
}

}  // namespace bantam
