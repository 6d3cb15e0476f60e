#include "model/folder.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/threads.h"
#include "formats/model_state.h"
#include "formats/safetensors.h"
#include "formats/safetensors_writer.h"
#include "nn/initial.h"
#include "tensor/copy.h"

namespace bantam {
namespace fs = std::filesystem;
namespace {

float half_to_float(uint16_t h) {
  const uint32_t sign = uint32_t{h} >> 15 << 31, exponent = h >> 10 & 31, fraction = h & 1023;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000 | fraction << 13);
  const float magnitude = exponent == 0 ? static_cast<float>(fraction) * 0x1p-24f
                                        : std::bit_cast<float>((exponent + 112) << 23 | fraction << 13);
  return sign != 0 ? -magnitude : magnitude;
}

template <class T>
T read_as(const std::byte* p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

// Element `i` of packed data; files promise no alignment.
double element(const std::byte* data, StoredDtype dtype, size_t i) {
  switch (dtype) {
    case StoredDtype::f32: return read_as<float>(data + 4 * i);
    case StoredDtype::bf16: return static_cast<float>(read_as<bf16>(data + 2 * i));
    case StoredDtype::f16: return half_to_float(read_as<uint16_t>(data + 2 * i));
    case StoredDtype::f64: return read_as<double>(data + 8 * i);
    default: return 0;
  }
}

bool is_float(StoredDtype dtype) {
  return dtype == StoredDtype::f32 || dtype == StoredDtype::bf16 || dtype == StoredDtype::f16 ||
         dtype == StoredDtype::f64;
}

std::vector<uint64_t> stored_shape(const WeightPart& part) { return {part.shape.begin(), part.shape.end()}; }

void fill_part(Weight& weight, const WeightPart& part, const SafetensorsModel& file, const std::string& name,
               const std::string& where) {
  const SafetensorsModel::Entry* entry = file.find(name);
  require(entry != nullptr, ErrorCode::not_found, "{}: has no tensor {}, which config.json calls for", where, name);
  const StoredTensor& stored = entry->tensor;
  require(stored.shape == stored_shape(part), ErrorCode::invalid, "{}: {} is {}, config.json wants [{}]", where, name,
          describe(stored), fmt::join(part.shape, ", "));
  require(is_float(stored.dtype), ErrorCode::unsupported, "{}: {} is {}, wanted F32, BF16, F16 or F64", where, name,
          describe(stored));
  const std::byte* data = file.bytes(*entry).data();
  const Mat all = weight.writable();
  parallel_blocks(part.count, 65536, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      const double value = element(data, stored.dtype, i);
      if (all.dtype == Dtype::f64)
        all.row<double>(0)[part.offset + i] = value;
      else
        all.row<float>(0)[part.offset + i] = static_cast<float>(value);
    }
  });
}

// Every tensor of the model with the element its data starts at, by name.
struct NamedPart {
  const Weight* weight;
  const WeightPart* part;
};
std::map<std::string, NamedPart> parts_by_name(const Decoder& model) {
  std::map<std::string, NamedPart> parts;
  for (const auto& weight : model.weights())
    for (const WeightPart& part : weight->parts)
      BANTAM_ASSERT(parts.emplace(part.name, NamedPart{weight.get(), &part}).second);
  return parts;
}

// Elements [begin, begin + count) of a part in f32.
using PartValues = std::function<void(const NamedPart&, size_t begin, size_t count, float* out)>;

// Streams all tensors in the file's order; hashes them in name order on a second round over the same values.
std::string write_weights(const fs::path& path, const Decoder& model, StoredDtype dtype, const PartValues& values) {
  const auto parts = parts_by_name(model);
  std::vector<TensorDeclaration> declarations;
  for (const auto& [name, part] : parts) declarations.push_back({name, dtype, stored_shape(*part.part)});
  SafetensorsWriter writer(path, declarations);
  constexpr size_t kPiece = 1 << 20;
  std::vector<float> piece;
  std::vector<bf16> rounded;
  const auto each_piece = [&](const NamedPart& part, auto&& take) {
    for (size_t begin = 0; begin < part.part->count; begin += kPiece) {
      const size_t count = std::min(kPiece, part.part->count - begin);
      piece.resize(count);
      values(part, begin, count, piece.data());
      if (dtype == StoredDtype::bf16) {
        rounded.assign(count, bf16(0.0f));
        parallel_blocks(count, 65536, [&](size_t from, size_t to) {
          for (size_t i = from; i < to; ++i) rounded[i] = bf16(piece[i]);
        });
        take(std::as_bytes(std::span(rounded)));
      } else {
        take(std::as_bytes(std::span(piece)));
      }
    }
  };
  for (const StoredTensor& tensor : std::vector<StoredTensor>(writer.tensors()))
    each_piece(parts.at(tensor.name), [&](std::span<const std::byte> bytes) { writer.append(tensor.name, bytes); });
  writer.commit();
  return model_state_sha256(SafetensorsFile(path));
}

void write_config(const fs::path& folder, const Decoder& model, StoredDtype dtype, const Provenance& provenance,
                  const std::string& tokenizer_sha256, const std::string& state_sha256) {
  Json config;
  if (!as_llama(model.config(), config).empty())
    config = {{"architectures", {"BantamForCausalLM"}}, {"model_type", "bantam"}};
  config["dtype"] = dtype == StoredDtype::bf16 ? "bfloat16" : "float32";
  config["torch_dtype"] = config["dtype"];
  Json origin = {{"init", provenance.init}};
  if (provenance.seed) origin["seed"] = *provenance.seed;
  origin["parameters"] = model.parameters();
  if (!provenance.parent.empty()) origin["parent"] = provenance.parent;
  config["provenance"] = origin;
  if (!tokenizer_sha256.empty()) config["tokenizer_sha256"] = tokenizer_sha256;
  config["model_state_sha256"] = state_sha256;
  config["format_version"] = 1;
  config["bantam"] = {{"format_version", 1}, {"model", to_json(model.config())}};
  write_json(folder / "config.json", config);
}

}  // namespace

FamilyModel read_model_config(const fs::path& folder) {
  const fs::path path = folder / "config.json";
  const SafetensorsModel file(folder);
  return read_family(read_json(path), path.string(), file.find("lm_head.weight") != nullptr);
}

LoadedModel load_model(const fs::path& folder, Device device, Dtype compute) {
  LoadedModel loaded;
  const FamilyModel found = read_model_config(folder);
  loaded.config_json = read_file(folder / "config.json", 1 << 20);
  loaded.family = found.family;
  loaded.decoder = std::make_unique<Decoder>(found.config, device, compute);
  const SafetensorsModel file(folder);
  const std::string where = folder.string();
  std::set<std::string> expected;
  for (const auto& weight : loaded.decoder->weights()) {
    for (const WeightPart& part : weight->parts) {
      const std::string name = found.family->theirs(part.name);
      expected.insert(name);
      fill_part(*weight, part, file, name, where);
    }
    weight->changed();
  }
  for (const auto& entry : file.entries())
    require(expected.contains(entry.tensor.name) || found.family->is_derived(entry.tensor.name), ErrorCode::invalid,
            "{}: holds a tensor {} that config.json does not describe", where, entry.tensor.name);
  return loaded;
}

std::string write_model(const fs::path& folder, const Decoder& model, StoredDtype dtype, const Provenance& provenance,
                        const std::string& tokenizer_sha256) {
  const auto values = [](const NamedPart& part, size_t begin, size_t count, float* out) {
    const Mat to(out, 1, count, count, Dtype::f32);
    const ConstMat master = part.weight->master.mat();
    const char* from = static_cast<const char*>(master.data) + (part.part->offset + begin) * bytes_of(master.dtype);
    copy(Device::cpu, ConstMat(from, 1, count, count, master.dtype), to);
  };
  const std::string hash = write_weights(folder / "model.safetensors", model, dtype, values);
  write_config(folder, model, dtype, provenance, tokenizer_sha256, hash);
  return hash;
}

std::string write_initial_model(const fs::path& folder, const Decoder& model, StoredDtype dtype, uint64_t seed,
                                const std::string& tokenizer_sha256) {
  const auto values = [seed](const NamedPart& part, size_t begin, size_t count, float* out) {
    const InitialValues initial(*part.part, seed);
    parallel_blocks(count, 16384, [&](size_t from, size_t to) {
      for (size_t i = from; i < to; ++i) out[i] = initial.at(begin + i);
    });
  };
  const std::string hash = write_weights(folder / "model.safetensors", model, dtype, values);
  write_config(folder, model, dtype, {"random", seed, ""}, tokenizer_sha256, hash);
  return hash;
}

}  // namespace bantam
