#include "nn/initial.h"

#include <cmath>

#include "base/random.h"
#include "base/threads.h"
#include "tensor/copy.h"

namespace bantam {

InitialValues::InitialValues(const WeightPart& part, uint64_t seed)
    : part_(part), seed_(seed), stream_(hash_name(part.name)) {}

float InitialValues::at(uint64_t index) const {
  const RandomStream random(seed_, stream_);
  const double value = part_.initial.value;
  switch (part_.initial.kind) {
    case Initial::constant:
      return static_cast<float>(value);
    case Initial::normal:
      return static_cast<float>(value * random.normal(index));
    case Initial::glorot: {
      size_t fan_in = 1;
      for (size_t i = 1; i < part_.shape.size(); ++i) fan_in *= part_.shape[i];
      const double bound = value * std::sqrt(6.0 / static_cast<double>(fan_in + part_.shape.front()));
      return static_cast<float>(bound * (2 * random.uniform(index) - 1));
    }
    case Initial::line:
    case Initial::log_line: {
      const double steps = static_cast<double>(part_.count) - 1;
      const double at =
          steps > 0 ? value + (part_.initial.last - value) * static_cast<double>(index) / steps : value;
      return static_cast<float>(part_.initial.kind == Initial::line ? at : std::log(at));
    }
    case Initial::time_step: {
      const double step = value * std::pow(part_.initial.last / value, random.uniform(index));
      return static_cast<float>(step + std::log(-std::expm1(-step)));  // softplus of it is `step`
    }
    case Initial::listed:
      return static_cast<float>(part_.initial.values[index]);
  }
  return 0;
}

void fill_initial(Weight& weight, uint64_t seed) {
  if (weight.device() == Device::meta) return;
  const Mat all = weight.writable();
  for (const WeightPart& part : weight.parts) {
    const InitialValues values(part, seed);
    parallel_blocks(part.count, 4096, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) {
        if (all.dtype == Dtype::f64)
          all.row<double>(0)[part.offset + i] = static_cast<double>(values.at(i));
        else
          all.row<float>(0)[part.offset + i] = values.at(i);
      }
    });
  }
  weight.changed();
}

}  // namespace bantam
