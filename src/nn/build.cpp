#include "nn/build.h"

#include "nn/initial.h"

namespace bantam {

Build Build::operator/(std::string_view name) const { return Build(store_, full(name)); }

std::string Build::full(std::string_view name) const {
  if (path_.empty()) return std::string(name);
  return name.empty() ? path_ : path_ + "." + std::string(name);
}

Weight& Build::create(std::vector<WeightPart> parts, size_t rows, size_t cols, bool matrix) const {
  auto weight = std::make_unique<Weight>();
  weight->name = parts.front().name;
  weight->parts = std::move(parts);
  weight->rows = rows;
  weight->cols = cols;
  weight->decays = matrix;
  const Dtype master = store_.device == Device::reference ? Dtype::f64 : Dtype::f32;
  weight->master = constant("a weight's master", Output(rows, cols, master, store_.device));
  if (matrix && store_.compute == Dtype::bf16)
    weight->low = constant("a weight's bf16 copy", Output(rows, cols, Dtype::bf16, store_.device));
  store_.weights.push_back(std::move(weight));
  return *store_.weights.back();
}

Weight& Build::matrix(const std::vector<Rows>& blocks, size_t cols, Initial initial) const {
  std::vector<WeightPart> parts;
  size_t rows = 0;
  for (const Rows& block : blocks) {
    parts.push_back(
        {full(block.name) + ".weight", {block.count, cols}, rows * cols, block.count * cols, initial});
    rows += block.count;
  }
  return create(std::move(parts), rows, cols, true);
}

Weight& Build::table(std::string_view name, size_t rows, size_t cols, Initial initial) const {
  return create({{full(name) + ".weight", {rows, cols}, 0, rows * cols, initial}}, rows, cols, true);
}

Weight& Build::table(const std::vector<Rows>& blocks, size_t cols, Initial initial) const {
  std::vector<WeightPart> parts;
  size_t rows = 0;
  for (const Rows& block : blocks) {
    parts.push_back(
        {full(block.name) + ".weight", {block.count, cols}, rows * cols, block.count * cols, initial});
    rows += block.count;
  }
  Weight& weight = create(std::move(parts), rows, cols, false);
  weight.decays = true;
  return weight;
}

Weight& Build::vector(std::string_view name, size_t size, double value) const {
  return vector(name, size, Initial{Initial::constant, value});
}

Weight& Build::vector(std::string_view name, size_t size, Initial initial) const {
  return vector(name, std::vector<size_t>{size}, initial);
}

Weight& Build::vector(std::string_view name, const std::vector<size_t>& shape, Initial initial) const {
  size_t size = 1;
  for (const size_t n : shape) size *= n;
  return create({{full(name), shape, 0, size, initial}}, 1, size, false);
}

Weight& Build::f32_matrix(std::string_view name, size_t rows, size_t cols, Initial initial) const {
  return create({{full(name), {rows, cols}, 0, rows * cols, std::move(initial)}}, rows, cols, false);
}

Weight& Build::grid(std::string_view name, size_t rows, size_t cols, Initial initial) const {
  return create({{full(name), {rows, cols}, 0, rows * cols, std::move(initial)}}, 1, rows * cols, false);
}

Weight& Build::buffer(std::string_view name, size_t size, AfterStep after_step) const {
  Weight& weight = vector(name, size, 0.0);
  weight.trainable = false;
  weight.is_buffer = true;
  weight.after_step = std::move(after_step);
  return weight;
}

std::unique_ptr<Weight> Build::constant_vector(size_t size, double value) const {
  WeightStore apart{store_.device, store_.compute, {}};
  Build(apart, "").vector("constant", size, value);
  std::unique_ptr<Weight> weight = std::move(apart.weights.front());
  weight->trainable = false;
  fill_initial(*weight, 0);
  return weight;
}

Weight& Build::bias(const std::vector<Rows>& blocks) const {
  std::vector<WeightPart> parts;
  size_t size = 0;
  for (const Rows& block : blocks) {
    parts.push_back(
        {full(block.name) + ".bias", {block.count}, size, block.count, Initial{Initial::constant, 0}});
    size += block.count;
  }
  return create(std::move(parts), 1, size, false);
}

}  // namespace bantam
