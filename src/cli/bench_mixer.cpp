// bantam bench mixer: one mixer by itself on random rows, forward and backward with the gradients of its weights, as
// bench/peers/mixers.py holds it against PyTorch. Several lengths are timed in turns. With --out the numbers of one step
// are written, so that a peer can show that it computes the same.
// Dimensions:  B batch   T length   D width; rows are B · T tokens in B segments
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/median.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/threads.h"
#include "cli/bench.h"
#include "formats/safetensors_writer.h"
#include "nn/initial.h"
#include "parts/part.h"
#include "simd/isa.h"
#include "tensor/copy.h"
#include "tensor/tape.h"

namespace bantam::cli {
namespace {

constexpr const char* kWhere = "bench mixer: --mixer";

struct MixerOptions {
  std::string mixer = "attention", dtype = "bf16", out;
  size_t width = 512, batch = 1, steps = 5;
  std::vector<size_t> lengths = {2048};
  int threads = 0;
  bool json = false;
};

// "attention", or {"kind": "attention", …}, with every default filled in.
Json resolved(const std::string& text) {
  const Json given = text.starts_with("{") ? parse_json(text, kWhere) : Json{{"kind", text}};
  require(given.contains("kind") && given["kind"].is_string(), ErrorCode::usage,
          "{}: wanted a kind of mixer, or an object with one", kWhere);
  return mixers().find(given["kind"], kWhere).resolve(given, {kWhere});
}

// A mixer with its weights. Gains, biases and mixes stand away from their special first values.
struct Mixer {
  WeightStore store;
  std::unique_ptr<Branch> branch;

  Mixer(const Json& options, size_t width, Dtype dtype) {
    store.compute = dtype;
    PartContext context;
    context.width = width;
    branch = mixers().find(options["kind"], kWhere).make(Build(store, ""), context, options, {kWhere});
    for (const auto& weight : store.weights) {
      fill_initial(*weight, 17);
      weight->gradient = Output(weight->rows, weight->cols, Dtype::f32, Device::cpu);
      if (weight->decays) continue;
      float* values = weight->writable().row<float>(0);
      const RandomStream random(18, weight->name);
      for (size_t i = 0; i < weight->count(); ++i) values[i] += 0.1f * static_cast<float>(random.normal(i));
      weight->changed();
    }
  }
  uint64_t parameters() const {
    uint64_t sum = 0;
    for (const auto& weight : store.weights) sum += weight->count();
    return sum;
  }
};

Tensor random_rows(size_t rows, size_t cols, Dtype dtype, std::string_view name) {
  Output wide(rows, cols, Dtype::f32, Device::cpu), out(rows, cols, dtype, Device::cpu);
  const RandomStream random(19, name);
  float* values = wide.mat().row<float>(0);
  for (size_t i = 0; i < rows * cols; ++i) values[i] = static_cast<float>(random.normal(i));
  copy(Device::cpu, wide.mat(), out.mat());
  return constant("a benchmark's input", std::move(out));
}

// Rows of one length, and a step over them.
struct Rows {
  size_t length;
  Segments segments;
  Tensor x, dy;
  std::vector<double> seconds;

  Rows(size_t batch, size_t tokens, size_t width, Dtype dtype)
      : length(tokens),
        x(random_rows(batch * tokens, width, dtype, "x")),
        dy(random_rows(batch * tokens, width, dtype, "dy")) {
    for (size_t i = 0; i < batch; ++i) segments.push_back({i * tokens, tokens});
  }
  // y and dx; the weights hold their gradients.
  std::pair<Tensor, Tensor> step(const Mixer& mixer) const {
    for (const auto& weight : mixer.store.weights) weight->gradient_is_fresh = true;
    Tape tape;
    const Tensor leaf = tape.watch(x);
    Pass pass(std::vector<int32_t>(x.rows()), segments, Device::cpu, x.dtype());
    const Tensor y = (*mixer.branch)(leaf, pass);
    tape.backward({y}, {dy});
    return {y, tape.gradient(leaf)};
  }
};

// x, dy, y, dx, and weights.NAME and gradients.NAME of each tensor, in f32.
void write_step(const std::filesystem::path& path, const Mixer& mixer, const Rows& rows) {
  const auto [y, dx] = rows.step(mixer);
  std::map<std::string, std::pair<std::vector<uint64_t>, std::vector<float>>> all;
  const auto add = [&](const std::string& name, const ConstMat& m) {
    std::vector<float>& values = all[name].second;
    all[name].first = {m.rows, m.cols};
    values.resize(m.rows * m.cols);
    copy(Device::cpu, m, Mat(values.data(), m.rows, m.cols, m.cols, Dtype::f32));
  };
  add("x", rows.x.mat()), add("dy", rows.dy.mat()), add("y", y.mat()), add("dx", dx.mat());
  for (const auto& weight : mixer.store.weights)
    for (const WeightPart& part : weight->parts) {
      const std::vector<uint64_t> shape(part.shape.begin(), part.shape.end());
      const auto add_part = [&](const std::string& name, const float* values) {
        all[name] = {shape, {values + part.offset, values + part.offset + part.count}};
      };
      add_part("weights." + part.name, weight->master.data<float>());
      if (!weight->gradient_is_fresh)
        add_part("gradients." + part.name, weight->gradient.mat().row<float>(0));
    }
  std::vector<TensorDeclaration> declarations;
  for (const auto& [name, tensor] : all) declarations.push_back({name, StoredDtype::f32, tensor.first});
  SafetensorsWriter writer(path, declarations);
  for (const StoredTensor& tensor : std::vector<StoredTensor>(writer.tensors()))
    writer.append(tensor.name, std::as_bytes(std::span(all.at(tensor.name).second)));
  writer.commit();
}

void print(const MixerOptions& options, const Json& mixer, uint64_t parameters, const Rows& rows) {
  const double middle = median(rows.seconds),
               best = *std::min_element(rows.seconds.begin(), rows.seconds.end());
  const double tokens = static_cast<double>(options.batch * rows.length);
  if (!options.json) {
    fmt::print("{}, {} × {} × {}, {}, {} threads: {:.2f} ms (best {:.2f}), {:.2f} µs a token\n",
               mixer["kind"].get<std::string>(), options.batch, rows.length, options.width, options.dtype,
               thread_count(), middle * 1e3, best * 1e3, middle * 1e6 / tokens);
    return;
  }
  const Json line = {{"what", "mixer"},          {"mixer", mixer},         {"parameters", parameters},
                     {"dtype", options.dtype},   {"isa", name_of(isa())},  {"threads", thread_count()},
                     {"width", options.width},   {"batch", options.batch}, {"length", rows.length},
                     {"median_seconds", middle}, {"seconds", rows.seconds}};
  fmt::print("{}\n", line.dump());
}

void run(const MixerOptions& options) {
  if (options.threads > 0) set_thread_count(options.threads);
  const Dtype dtype = options.dtype == "bf16" ? Dtype::bf16 : Dtype::f32;
  const Json config = resolved(options.mixer);
  const Mixer mixer(config, options.width, dtype);
  std::vector<Rows> all;
  for (const size_t length : options.lengths) all.emplace_back(options.batch, length, options.width, dtype);
  if (!options.out.empty()) write_step(options.out, mixer, all.front());
  for (const Rows& rows : all) rows.step(mixer);  // memory comes from the system
  for (size_t i = 0; i < options.steps; ++i)
    for (Rows& rows : all) {
      const auto start = Clock::now();
      rows.step(mixer);
      rows.seconds.push_back(seconds_since(start));
    }
  for (const Rows& rows : all) print(options, config, mixer.parameters(), rows);
}

}  // namespace

void add_bench_mixer(CLI::App& bench) {
  static MixerOptions options;
  CLI::App* command = bench.add_subcommand("mixer", "One mixer, forward and backward, weights included");
  command->add_option("--mixer", options.mixer, "A kind of mixer, or a JSON object with its options")
      ->capture_default_str();
  command->add_option("--width", options.width, "Width of the rows")
      ->check(CLI::Range(1, 1 << 16))
      ->capture_default_str();
  command->add_option("--batch", options.batch, "Documents")
      ->check(CLI::Range(1, 1 << 16))
      ->capture_default_str();
  command
      ->add_option("--length", options.lengths, "Tokens of a document; several are timed in turns: 512,1024")
      ->delimiter(',')
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command->add_option("--dtype", options.dtype, "bf16 or f32")
      ->check(CLI::IsMember({"bf16", "f32"}))
      ->capture_default_str();
  command->add_option("--steps", options.steps, "Steps that are timed; the median counts")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command->add_option("--threads", options.threads, "Threads; default: the processors")
      ->check(CLI::PositiveNumber);
  command->add_option(
      "--out", options.out,
      "A safetensors file for weights, input, result and gradients of a step of the first length");
  command->add_flag("--json", options.json, "Print one JSON object for each length");
  command->callback([] { run(options); });
}

}  // namespace bantam::cli
