#include "model/folder.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/threads.h"
#include "formats/model_state.h"
#include "formats/tensor_files.h"
#include "nn/initial.h"
#include "tensor/copy.h"

namespace bantam {
namespace fs = std::filesystem;
namespace {

constexpr uint64_t kLongestConfig = 1 << 20;

// Fills a weight's masters from the files.
void fill(Weight& weight, const StoredWeights& stored) {
  const Mat all = weight.writable();
  for (const WeightPart& part : weight.parts) {
    if (all.dtype == Dtype::f64)
      stored.read(part, 0, part.count, all.row<double>(0) + part.offset);
    else
      stored.read(part, 0, part.count, all.row<float>(0) + part.offset);
  }
  weight.changed();
}

void write_config(const fs::path& folder, const Decoder& model, StoredDtype dtype,
                  const Provenance& provenance, const std::string& tokenizer_sha256,
                  const std::string& state_sha256) {
  Json config;
  if (!as_llama(model.config(), config).empty())
    config = {{"architectures", {"BantamForCausalLM"}}, {"model_type", "bantam"}};
  config["dtype"] = torch_name(dtype);
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

FamilyModel changed(FamilyModel found, const ConfigChange& change) {
  if (change) change(found.config);
  return found;
}

}  // namespace

StateHash::StateHash(const StoredModel& model) : found(model_state_sha256(model.weights.files())) {
  const Json config = parse_json(model.config_json, "config.json");
  const auto entry = config.find("model_state_sha256");
  if (entry != config.end()) recorded = entry->is_string() ? entry->get<std::string>() : entry->dump();
}

FamilyModel read_model_config(const fs::path& folder) {
  const fs::path path = folder / "config.json";
  require(!fs::is_regular_file(folder), ErrorCode::usage, "{}: is a file; wanted the folder of a model",
          folder.string());
  require(
      fs::exists(path), ErrorCode::not_found, "{}: has no config.json{}", folder.string(),
      fs::exists(folder / "model" / "config.json") ? "; the model of this run is in its folder model" : "");
  const TensorFiles file(folder);
  FamilyModel found = read_family(read_json(path), path.string(), file.find("lm_head.weight") != nullptr);
  if (found.family->read_beside != nullptr) found.family->read_beside(folder, found.config);
  return found;
}

StoredModel::StoredModel(const fs::path& folder, const ConfigChange& change, const Renaming& renaming)
    : found(changed(read_model_config(folder), change)),
      config_json(read_file(folder / "config.json", kLongestConfig)),
      shapes(found.config, Device::meta, Dtype::f32),
      weights(folder, shapes, *found.family, renaming) {}

LoadedModel load_model(const fs::path& folder, Device device, Dtype compute, const ConfigChange& change,
                       const Renaming& renaming) {
  // Before memory is taken for what config.json says, the files must hold it.
  StoredModel stored(folder, change, renaming);
  LoadedModel loaded;
  loaded.config_json = std::move(stored.config_json);
  loaded.family = stored.found.family;
  loaded.objective = stored.found.objective;
  loaded.guessed = stored.weights.guessed();
  loaded.decoder = std::make_unique<Decoder>(stored.found.config, device, compute);
  for (const auto& weight : loaded.decoder->weights()) fill(*weight, stored.weights);
  return loaded;
}

std::string write_model(const fs::path& folder, const Decoder& model, StoredDtype dtype,
                        const Provenance& provenance, const std::string& tokenizer_sha256) {
  const auto values = [](const NamedPart& part, size_t begin, size_t count, float* out) {
    const Mat to(out, 1, count, count, Dtype::f32);
    const ConstMat master = part.weight->master.mat();
    const char* from =
        static_cast<const char*>(master.data) + (part.part->offset + begin) * bytes_of(master.dtype);
    copy(Device::cpu, ConstMat(from, 1, count, count, master.dtype), to);
  };
  const std::string hash =
      write_weights(folder / "model.safetensors", stored_layout(parts_by_name(model)), dtype, values);
  write_config(folder, model, dtype, provenance, tokenizer_sha256, hash);
  return hash;
}

std::string write_model_from(const fs::path& folder, const Decoder& shapes, StoredDtype dtype,
                             const PartValues& values, const Provenance& provenance,
                             const std::string& tokenizer_sha256, const ByteProgress& progress,
                             bool ternary_blocks) {
  const std::string hash = write_weights(folder / "model.safetensors", stored_layout(parts_by_name(shapes)),
                                         dtype, values, progress, ternary_blocks);
  write_config(folder, shapes, dtype, provenance, tokenizer_sha256, hash);
  return hash;
}

PartValues initial_values(uint64_t seed) {
  return [seed](const NamedPart& part, size_t begin, size_t count, float* out) {
    const InitialValues initial(*part.part, seed);
    parallel_blocks(count, 16384, [&](size_t from, size_t to) {
      for (size_t i = from; i < to; ++i) out[i] = initial.at(begin + i);
    });
  };
}

std::string write_initial_model(const fs::path& folder, const Decoder& model, StoredDtype dtype,
                                uint64_t seed, const std::string& tokenizer_sha256,
                                const ByteProgress& progress) {
  return write_model_from(folder, model, dtype, initial_values(seed), {"random", seed, ""}, tokenizer_sha256,
                          progress);
}

std::string write_stored_model(const fs::path& folder, const StoredModel& model, StoredDtype dtype,
                               const Provenance& provenance, const std::string& tokenizer_sha256,
                               const ByteProgress& progress, bool ternary_blocks) {
  return write_model_from(folder, model.shapes, dtype, values_of(model.weights), provenance, tokenizer_sha256,
                          progress, ternary_blocks);
}

}  // namespace bantam
