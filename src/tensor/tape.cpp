#include "tensor/tape.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "tensor/copy.h"
#include "tensor/weight.h"

namespace bantam {
namespace {

thread_local Tape* running_tape = nullptr;
std::atomic<uint64_t> next_tape_id{1};

}  // namespace

Tape::Tape() : id_(next_tape_id.fetch_add(1)), previous_(std::exchange(running_tape, this)) {}
Tape::~Tape() { running_tape = previous_; }
Tape* Tape::current() { return running_tape; }

Untaped::Untaped() : previous_(std::exchange(running_tape, nullptr)) {}
Untaped::~Untaped() { running_tape = previous_; }

bool Tensor::needs_gradient() const {
  return node_ != 0 && running_tape != nullptr && running_tape->id_ == tape_;
}

uint32_t Tape::add(const char* op, const Tensor& value, Backward backward) {
  nodes_.push_back({op, value.rows(), value.cols(), value.dtype(), value.device(), std::move(backward), {}});
  return static_cast<uint32_t>(nodes_.size());
}

Tensor record(const char* op, Output result, std::initializer_list<const Tensor*> inputs, Backward backward,
              bool learns) {
  Tensor value(std::move(result));
  Tape* tape = Tape::current();
  if (tape == nullptr) return value;
  for (const Tensor* input : inputs) learns |= input->needs_gradient();
  if (!learns) return value;
  value.node_ = tape->add(op, value, std::move(backward));
  value.tape_ = tape->id_;
  return value;
}

Tensor Tape::watch(const Tensor& x) {
  Tensor leaf = x;
  leaf.offset_ = 0;
  BANTAM_ASSERT(x.offset_ == 0 && x.stride_ == x.cols_);
  leaf.node_ = add("leaf", leaf, {});
  leaf.tape_ = id_;
  return leaf;
}

Tensor Tape::gradient(const Tensor& x) const {
  BANTAM_ASSERT(x.tape_ == id_ && x.node_ != 0);
  const Node& node = nodes_[x.node_ - 1];
  Tensor gradient;
  if (!node.gradient) return gradient;
  gradient.buffer_ = node.gradient;
  gradient.rows_ = node.rows;
  gradient.cols_ = gradient.stride_ = node.cols;
  gradient.dtype_ = node.dtype;
  return gradient;
}

void Tape::seed(const Tensor& root, const Tensor* gradient) {
  if (root.tape_ != id_ || root.node_ == 0) return;  // a root that nothing trainable leads to
  Sink sink(*this);
  if (gradient != nullptr) return sink.pass(root, *gradient);
  BANTAM_ASSERT(root.rows() == 1 && root.cols() == 1);
  const GradientTarget target = sink.into(root);
  if (root.device() == Device::meta) return;
  if (target.mat.dtype == Dtype::f64)
    *target.mat.row<double>(0) = 1.0;
  else
    *target.mat.row<float>(0) = 1.0f;
}

void Tape::backward(const std::vector<Tensor>& roots) {
  for (const Tensor& root : roots) seed(root, nullptr);
  run();
}

void Tape::backward(const std::vector<Tensor>& roots, const std::vector<Tensor>& seeds) {
  BANTAM_ASSERT(roots.size() == seeds.size());
  for (size_t i = 0; i < roots.size(); ++i) seed(roots[i], &seeds[i]);
  run();
}

void Tape::run() {
  const Untaped pause;  // backward steps record nothing
  Sink sink(*this);
  for (size_t i = nodes_.size(); i-- > 0;) {
    Node& node = nodes_[i];
    if (node.gradient) {
      std::sort(node.written.begin(), node.written.end());
      size_t end = 0;
      const Mat all{node.gradient.data(), node.rows, node.cols, node.cols, node.dtype};
      for (const auto& [begin, count] : node.written) {
        if (begin > end) fill_zero(node.device, all.slice_cols(end, begin - end));
        end = std::max(end, begin + count);
      }
      if (end < node.cols) fill_zero(node.device, all.slice_cols(end, node.cols - end));
    }
    if (!node.backward) continue;
    const Backward backward = std::exchange(node.backward, {});
    if (!node.gradient) continue;
    Tensor gradient;
    gradient.buffer_ = std::exchange(node.gradient, {});
    gradient.rows_ = node.rows;
    gradient.cols_ = gradient.stride_ = node.cols;
    gradient.dtype_ = node.dtype;
    backward(sink, gradient);
  }
}

std::vector<Tensor> checkpoint(const std::vector<Tensor>& x, Replayed f) {
  Tape* tape = Tape::current();
  BANTAM_ASSERT(tape != nullptr);
  const auto leaves_of = [x](Tape& on) {
    std::vector<Tensor> leaves;
    for (const Tensor& input : x) leaves.push_back(on.watch(input.detached()));
    return leaves;
  };
  std::vector<Tensor> y;
  {
    Tape forgotten;  // runs as it will run on the way back, bit for bit, then lets everything go
    std::vector<Tensor> reported;
    for (const Tensor& result : f(leaves_of(forgotten), false, reported)) y.push_back(result.detached());
  }
  // Every result hands its gradient to `run`, which stands before all of them and so comes last.
  const auto given = std::make_shared<std::vector<Tensor>>(y.size());
  Tensor run(Output(1, 1, Dtype::f32, y.front().device()));
  run.tape_ = tape->id_;
  run.node_ =
      tape->add("checkpoint", run, [x, leaves_of, given, f = std::move(f)](Sink& sink, const Tensor&) {
        Tape inner;
        const std::vector<Tensor> leaves = leaves_of(inner);
        std::vector<Tensor> roots;
        const std::vector<Tensor> again = f(leaves, true, roots);
        for (const Tensor& root : roots) inner.seed(root, nullptr);
        for (size_t i = 0; i < again.size(); ++i)
          if ((*given)[i]) inner.seed(again[i], &(*given)[i]);
        given->clear();
        inner.run();
        for (size_t i = x.size();
             i-- > 0;) {  // backwards, as steps run; sums then have the bits they have without replay
          const Tensor dx = inner.gradient(leaves[i]);
          if (dx && sink.wants(x[i])) sink.pass(x[i], dx);
        }
      });
  for (size_t i = 0; i < y.size(); ++i) {
    y[i].node_ = tape->add("checkpoint's result", y[i], [run, given, i](Sink& sink, const Tensor& dy) {
      (*given)[i] = dy;
      const GradientTarget called = sink.into(run);
      if (!called.accumulate) fill_zero(dy.device(), called.mat);
    });
    y[i].tape_ = tape->id_;
  }
  return y;
}

bool Sink::wants(const Tensor& x) const { return x.node_ != 0 && x.tape_ == tape_.id_; }

GradientTarget Sink::into(const Tensor& x) {
  BANTAM_ASSERT(wants(x));
  Tape::Node& node = tape_.nodes_[x.node_ - 1];
  if (!node.gradient) node.gradient = Buffer(node.rows * node.cols * bytes_of(node.dtype), node.device);
  const Mat all{node.gradient.data(), node.rows, node.cols, node.cols, node.dtype};
  const Mat mine = all.slice_cols(x.offset_, x.cols_);
  // Columns written before are added to; a range that is only partly written gets its gaps zeroed first.
  size_t covered = 0;
  for (const auto& [begin, count] : node.written) {
    const size_t low = std::max(begin, x.offset_), high = std::min(begin + count, x.offset_ + x.cols_);
    if (low < high) covered += high - low;
  }
  if (covered == 0) {
    node.written.emplace_back(x.offset_, x.cols_);
    return {mine, false};
  }
  if (covered < x.cols_) {
    size_t next = x.offset_;
    auto ranges = node.written;
    std::sort(ranges.begin(), ranges.end());
    ranges.emplace_back(x.offset_ + x.cols_, 0);
    for (const auto& [begin, count] : ranges) {
      const size_t stop = std::min(begin, x.offset_ + x.cols_);
      if (stop > next) {
        fill_zero(node.device, all.slice_cols(next, stop - next));
        node.written.emplace_back(next, stop - next);
      }
      next = std::max(next, begin + count);
    }
  }
  return {mine, true};
}

GradientTarget Sink::into(Weight& weight) {
  BANTAM_ASSERT(weight.trains());
  return {weight.gradient.mat(), !std::exchange(weight.gradient_is_fresh, false)};
}

GradientTarget Sink::into_wanted(Weight& weight) { return weight.trains() ? into(weight) : GradientTarget{}; }

void Sink::pass(const Tensor& x, const Tensor& dy) {
  BANTAM_ASSERT(wants(x) && x.rows() == dy.rows() && x.cols() == dy.cols());
  Tape::Node& node = tape_.nodes_[x.node_ - 1];
  if (!node.gradient && node.dtype == dy.dtype() && node.cols == dy.cols() && dy.offset_ == 0 &&
      dy.stride_ == dy.cols_ && dy.buffer_.sole_owner()) {
    node.gradient = dy.buffer_;
    node.written.emplace_back(0, node.cols);
    return;
  }
  const GradientTarget target = into(x);
  copy(node.device, dy.mat(), target.mat, target.accumulate);
}

}  // namespace bantam
