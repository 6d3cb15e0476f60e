#include "cli/quickstart_recipe.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/threads.h"
#include "model/parameter_count.h"
#include "ops/machine.h"
#include "simd/isa.h"

namespace bantam::cli {
namespace {

struct Size {
  int64_t width, layers, heads, kv_heads, ff, vocab;
};
// Widths in steps of about 1.3 ×; heads of 32 below 256 and of 64 above.
constexpr Size kSizes[] = {{96, 4, 3, 1, 256, 2048},    {128, 4, 4, 2, 344, 2048},
                           {160, 5, 5, 1, 432, 2048},   {192, 6, 6, 2, 512, 4096},
                           {256, 6, 8, 2, 688, 4096},   {320, 8, 5, 5, 864, 8192},
                           {448, 10, 7, 7, 1216, 8192}, {512, 12, 8, 2, 1408, 16384}};
// With fewer, a larger model answers worse than a smaller one that was trained as long.
constexpr double kTokensPerParameter = 8;

}  // namespace

uint64_t available_memory() {
  uint64_t available = 0;
  std::string key;
  for (std::ifstream file("/proc/meminfo"); file >> key;) {
    if (key == "MemAvailable:") {
      file >> available;
      available *= 1024;
    }
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  uint64_t limit = 0;
  if (std::ifstream group("/sys/fs/cgroup/memory.max"); group >> limit) {
    uint64_t used = 0;
    std::ifstream("/sys/fs/cgroup/memory.current") >> used;
    return std::min(available, limit - std::min(limit, used));
  }
  return available;
}

namespace {

QuickRecipe recipe_of(const Size& s) {
  QuickRecipe r{};
  r.width = s.width, r.layers = s.layers, r.heads = s.heads, r.kv_heads = s.kv_heads, r.ff = s.ff,
  r.vocab = s.vocab;
  r.context = 512;
  // Small models learn to answer by the number of steps more than by their size: after 6 M tokens a width of 96 gave
  // 54 % of held-out answers of arithmetic with 1,024 tokens a step and 65 % with 512.
  r.tokens_per_batch = s.width < 192 ? 512 : s.width < 320 ? 2048 : 4096;
  r.lr = 3e-3 * std::sqrt(128.0 / static_cast<double>(s.width));
  return r;
}

}  // namespace

Machine look_at_machine() {
  Machine m;
  m.processors = thread_count();
  m.memory_bytes = available_memory();
  m.isa = name_of(isa());
  m.bf16 = isa() >= Isa::avx512bf16;
  m.gemm_gflops = measured_gemm_gflops(m.bf16 ? Dtype::bf16 : Dtype::f32);
  return m;
}

Json QuickRecipe::model() const {
  return {{"preset", "nano"},      {"d_model", width}, {"n_layer", layers},     {"n_head", heads},
          {"n_kv_head", kv_heads}, {"d_ff", ff},       {"max_seq_len", context}};
}

uint64_t QuickRecipe::parameters() const {
  return count_parameters(Decoder(parse_model(model(), "quickstart", vocab), Device::meta, Dtype::f32)).all;
}

// Two runs took 131 and 600 MB where this says 143 and 668.
double QuickRecipe::memory_bytes() const {
  constexpr double kProgram = 120e6,
                   kStates = 18;  // bytes a parameter: master, gradient, two moments, bf16 copy
  const double row = 40 * static_cast<double>(layers * width) + 8 * static_cast<double>(ff * layers);
  return kProgram + kStates * static_cast<double>(parameters()) + row * static_cast<double>(tokens_per_batch);
}

double QuickRecipe::flops_per_token() const {
  return 6.0 * static_cast<double>(parameters()) +
         6.0 * static_cast<double>(layers * width) * static_cast<double>(context);
}

QuickRecipe pick_recipe(double seconds, double flops_per_second, uint64_t memory_bytes) {
  QuickRecipe best = recipe_of(kSizes[0]);
  for (const Size& size : kSizes) {
    const QuickRecipe r = recipe_of(size);
    const double tokens = seconds * flops_per_second / r.flops_per_token();
    if (r.memory_bytes() > 0.8 * static_cast<double>(memory_bytes)) break;
    if (tokens >= kTokensPerParameter * static_cast<double>(r.parameters())) best = r;
  }
  return with_rate(best, seconds, flops_per_second / best.flops_per_token());
}

QuickRecipe with_rate(QuickRecipe recipe, double seconds, double tokens_per_second) {
  const auto steps =
      static_cast<uint64_t>(seconds * tokens_per_second / static_cast<double>(recipe.tokens_per_batch));
  recipe.target_tokens = std::max<uint64_t>(20, steps) * recipe.tokens_per_batch;
  // About 3.3 bytes a token; a little more text than is read, so that no epoch is finished twice.
  recipe.corpus_bytes = std::clamp<uint64_t>(recipe.target_tokens * 7 / 2, 2'000'000, 400'000'000);
  return recipe;
}

}  // namespace bantam::cli
