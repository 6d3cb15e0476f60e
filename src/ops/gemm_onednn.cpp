#include "ops/gemm_onednn.h"

#include <omp.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <oneapi/dnnl/dnnl.hpp>

#include "base/error.h"
#include "base/threads.h"
#include "simd/isa.h"

namespace bantam {
namespace {

using dnnl::memory;

constexpr int kScratchSlot = 0;

const dnnl::engine& engine() {
  static const dnnl::engine instance = [] {
    // Only when asked for: unlowered, oneDNN may know better instructions than our own kernels use.
    if (isa_is_lowered())
      dnnl::set_max_cpu_isa(isa() == Isa::plain    ? dnnl::cpu_isa::sse41
                            : isa() == Isa::avx2   ? dnnl::cpu_isa::avx2
                            : isa() == Isa::avx512 ? dnnl::cpu_isa::avx512_core
                                                   : dnnl::cpu_isa::avx512_core_bf16);
    return dnnl::engine(dnnl::engine::kind::cpu, 0);
  }();
  return instance;
}

memory::data_type type_of(Dtype dtype) {
  return dtype == Dtype::bf16 ? memory::data_type::bf16 : memory::data_type::f32;
}

// Everything that a primitive is compiled for.
struct Shape {
  size_t m, n, k, a_stride, b_stride, c_stride;
  bool a_transposed, b_transposed, accumulate, bias;
  Dtype in, out;
  auto operator<=>(const Shape&) const = default;
};

struct Primitive {
  memory::desc a, b, c, bias, scratch;
  dnnl::matmul matmul;
};

std::unique_ptr<Primitive> compile(const Shape& s) {
  const auto operand = [&](size_t rows, size_t cols, size_t stride, bool transposed) {
    const auto step = static_cast<memory::dim>(stride);
    return memory::desc({static_cast<memory::dim>(rows), static_cast<memory::dim>(cols)}, type_of(s.in),
                        transposed ? memory::dims{1, step} : memory::dims{step, 1});
  };
  const auto n = static_cast<memory::dim>(s.n);
  const memory::desc a = operand(s.m, s.k, s.a_stride, s.a_transposed),
                     b = operand(s.k, s.n, s.b_stride, s.b_transposed);
  const memory::desc c({static_cast<memory::dim>(s.m), n}, type_of(s.out),
                       memory::dims{static_cast<memory::dim>(s.c_stride), 1});
  const memory::desc bias =
      s.bias ? memory::desc({1, n}, memory::data_type::f32, memory::dims{n, 1}) : memory::desc();
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(
      dnnl::scratchpad_mode::user);  // Debian's build shares the library's own: a race
  if (s.accumulate) {
    dnnl::post_ops add;
    add.append_sum(1.0f);
    attributes.set_post_ops(add);
  }
  const auto description = s.bias ? dnnl::matmul::desc(a, b, bias, c) : dnnl::matmul::desc(a, b, c);
  const dnnl::matmul::primitive_desc chosen(description, attributes, engine());
  return std::make_unique<Primitive>(
      Primitive{a, b, c, bias, chosen.scratchpad_desc(), dnnl::matmul(chosen)});
}

struct Primitives {
  std::mutex lock;
  std::map<Shape, std::unique_ptr<Primitive>> known;
};

Primitives& primitives() {
  static Primitives all;
  return all;
}

// Compiled once a shape. oneDNN asks OpenMP how many threads to compile for, so the thread that calls is told that it is alone.
const Primitive& primitive(const Shape& shape) {
  Primitives& all = primitives();
  const std::lock_guard guard(all.lock);
  std::unique_ptr<Primitive>& found = all.known[shape];
  if (found == nullptr) {
    omp_set_num_threads(1);
    found = compile(shape);
  }
  return *found;
}

void execute(const Primitive& p, const void* a, const void* b, void* c, const float* bias) {
  thread_local dnnl::stream stream(engine());
  const auto at = [](const memory::desc& desc, const void* data) {
    return memory(desc, engine(), const_cast<void*>(data));
  };
  std::byte* scratch = thread_scratch(kScratchSlot, p.scratch.get_size());
  std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, at(p.a, a)},
                                            {DNNL_ARG_WEIGHTS, at(p.b, b)},
                                            {DNNL_ARG_DST, at(p.c, c)},
                                            {DNNL_ARG_SCRATCHPAD, at(p.scratch, scratch)}};
  if (bias != nullptr) arguments.emplace(DNNL_ARG_BIAS, at(p.bias, bias));
  p.matmul.execute(stream, arguments);
}

// Blocks of 256 rows; fewer rows, or a tall transposed operand, are shared out otherwise.
std::pair<Cut, Cut> slices(size_t m, size_t n, bool a_transposed) {
  constexpr size_t kTasks = 8;
  const size_t rows = a_transposed ? (m > 4096 ? 1024 : std::max<size_t>(128, m / 4)) : 256;
  const Cut by_row(m, rows);
  if (by_row.count >= kTasks / 2) return {by_row, Cut(n, n)};
  const size_t parts = kTasks / by_row.count;
  return {by_row, Cut(n, std::max<size_t>(128, (n / parts + 63) / 64 * 64))};
}

}  // namespace

void gemm_onednn(const GemmOperand& a, const GemmOperand& b, Mat c, bool accumulate, const float* bias) {
  const size_t k = a.transposed ? a.mat.rows : a.mat.cols;
  const auto [rows, cols] = slices(c.rows, c.cols, a.transposed);
  std::array<const Primitive*, 4> compiled;
  for (int i = 0; i < 4; ++i)
    compiled[static_cast<size_t>(i)] =
        &primitive({(i & 1) != 0 ? rows.last : rows.size, (i & 2) != 0 ? cols.last : cols.size, k,
                    a.mat.stride, b.mat.stride, c.stride, a.transposed, b.transposed, accumulate,
                    bias != nullptr, a.mat.dtype, c.dtype});
  parallel_for(rows.count * cols.count, [&, &rows = rows, &cols = cols](size_t task) {
    const size_t i = task % rows.count, j = task / rows.count, row = i * rows.size, col = j * cols.size;
    const size_t which = (i + 1 == rows.count ? 1 : 0) + (j + 1 == cols.count ? 2 : 0);
    const ConstMat a_rows =
        a.transposed ? a.mat.slice_cols(row, rows.length(i)) : a.mat.slice_rows(row, rows.length(i));
    const ConstMat b_cols =
        b.transposed ? b.mat.slice_rows(col, cols.length(j)) : b.mat.slice_cols(col, cols.length(j));
    execute(*compiled[which], a_rows.data, b_cols.data, c.slice_rows(row, 1).slice_cols(col, 1).data,
            bias == nullptr ? nullptr : bias + col);
  });
}

size_t compiled_products() {
  const std::lock_guard guard(primitives().lock);
  return primitives().known.size();
}

std::string onednn_version() {
  const dnnl_version_t* version = dnnl_version();
  return fmt::format("{}.{}.{}", version->major, version->minor, version->patch);
}

}  // namespace bantam
