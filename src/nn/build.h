// Names and creates the weights of a model while its parts are constructed, so that no list of tensors exists beside
// the code that uses them.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/weight.h"

namespace bantam {

// Where the weights of one model live and in what they compute.
struct WeightStore {
  Device device = Device::cpu;
  Dtype compute =
      Dtype::f32;  // of branches: bf16 keeps a bf16 copy of every matrix; f64 on the reference device
  std::vector<std::unique_ptr<Weight>> weights;  // in order of creation
};

class Build {
 public:
  Build(WeightStore& store, std::string path) : store_(store), path_(std::move(path)) {}
  Build operator/(std::string_view name) const;

  // One named block of rows of a matrix.
  struct Rows {
    std::string_view name;  // the checkpoint tensor is <path>.<name>.weight
    size_t count;
  };
  // A matrix [Σ counts, cols] for products. Several blocks share one GEMM under their own names.
  Weight& matrix(const std::vector<Rows>& blocks, size_t cols, Initial initial = {}) const;
  // A table [rows, cols] that rows are looked up in (and maybe multiplied with).
  Weight& table(std::string_view name, size_t rows, size_t cols, Initial initial) const;
  // Several tables under their own names, one below the other; rows are looked up and never multiplied with.
  Weight& table(const std::vector<Rows>& blocks, size_t cols, Initial initial) const;
  // A vector of `size` values, <path>.<name>; never decayed.
  Weight& vector(std::string_view name, size_t size, double value) const;
  Weight& vector(std::string_view name, size_t size, Initial initial) const;
  // A matrix [rows, cols], <path>.<name>, that stays in f32 whatever branches compute in; never decayed.
  Weight& f32_matrix(std::string_view name, size_t rows, size_t cols, Initial initial) const;
  // A few numbers in rows and columns, <path>.<name>, kept as one row of rows · cols; never decayed.
  Weight& grid(std::string_view name, size_t rows, size_t cols, Initial initial) const;
  // A vector, <path>.<name>, that starts at zero and learns outside the gradient: after each step from what passes counted
  // for it (Pass::tally).
  using AfterStep = std::function<void(Weight&, const std::vector<double>& tally)>;
  Weight& buffer(std::string_view name, size_t size, AfterStep after_step) const;
  // A vector that is no part of the model's weights: never learnt, never stored.
  std::unique_ptr<Weight> constant_vector(size_t size, double value) const;
  // The same in the shape that checkpoints give it.
  Weight& vector(std::string_view name, const std::vector<size_t>& shape, Initial initial) const;
  // Biases of blocks that share a GEMM: <path>.<name>.bias each.
  Weight& bias(const std::vector<Rows>& blocks) const;

  Device device() const { return store_.device; }
  Dtype compute() const { return store_.compute; }

 private:
  Weight& create(std::vector<WeightPart> parts, size_t rows, size_t cols, bool matrix) const;
  std::string full(std::string_view name) const;

  WeightStore& store_;
  std::string path_;
};

}  // namespace bantam
