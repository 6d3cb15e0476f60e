#include "train/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/disk.h"
#include "base/error.h"
#include "base/file.h"
#include "base/format_version.h"
#include "base/progress.h"
#include "formats/safetensors.h"
#include "formats/safetensors_writer.h"

namespace bantam {
namespace fs = std::filesystem;
namespace {

constexpr int kVersion = 1;
constexpr std::string_view kPrefix = "step-";
constexpr std::string_view kFirst = "exp_avg.", kSecond = "exp_avg_sq.";  // PyTorch's names of m and v
constexpr std::string_view kMomentum = "momentum_buffer.";                // and of Muon's M
constexpr const char *kModel = "model.safetensors", *kOptimizer = "optimizer.safetensors",
                     *kAverage = "average.safetensors";
constexpr std::string_view kScales = ".scales";  // of the blocks of an 8-bit moment
constexpr uint64_t kRoom = 16 << 20;             // disk space that stays free for logs and samples

StoredDtype stored_dtype(Dtype dtype) { return dtype == Dtype::f64 ? StoredDtype::f64 : StoredDtype::f32; }

// A named tensor and where its values lie in memory.
struct Entry {
  TensorDeclaration declaration;
  std::byte* data;
  size_t bytes() const { return stored_bytes(declaration.dtype, declaration.shape, declaration.name); }
};

void add_entries(std::string_view prefix, const Weight& weight, const Mat& values,
                 std::vector<Entry>& entries) {
  const size_t size = bytes_of(values.dtype);
  for (const WeightPart& part : weight.parts)
    entries.push_back({{std::string(prefix) + part.name,
                        stored_dtype(values.dtype),
                        {part.shape.begin(), part.shape.end()}},
                       static_cast<std::byte*>(values.data) + part.offset * size});
}

std::vector<Entry> model_entries(const std::vector<Weight*>& weights) {
  std::vector<Entry> entries;
  for (Weight* weight : weights) add_entries("", *weight, weight->writable(), entries);
  return entries;
}

void add_moment(std::string_view prefix, const Weight& weight, const Moment& moment,
                std::vector<Entry>& entries) {
  if (!moment.coded()) return add_entries(prefix, weight, moment.values.mat(), entries);
  std::byte* scales = static_cast<std::byte*>(moment.scales.mat().data);
  for (const WeightPart& part : weight.parts) {
    const size_t blocks = moment_blocks(part.count);
    const std::string name = std::string(prefix) + part.name;
    entries.push_back({{name, StoredDtype::u8, {part.shape.begin(), part.shape.end()}},
                       static_cast<std::byte*>(moment.codes.data()) + part.offset});
    entries.push_back({{name + std::string(kScales), StoredDtype::f32, {blocks}}, scales});
    scales += blocks * sizeof(float);
  }
}

// All of the model's tensors: what is not averaged as it is.
std::vector<Entry> average_entries(const std::vector<Weight*>& weights, WeightAverage& average) {
  std::unordered_map<const Weight*, Mat> averaged;
  for (const WeightAverage::State& state : average.states())
    averaged.emplace(state.weight, state.values.mat());
  std::vector<Entry> entries;
  for (Weight* weight : weights) {
    const auto found = averaged.find(weight);
    add_entries("", *weight, found != averaged.end() ? found->second : weight->writable(), entries);
  }
  return entries;
}

std::vector<Entry> optimizer_entries(AdamW& optimizer) {
  std::vector<Entry> entries;
  for (const AdamW::State& state : optimizer.states()) {
    add_moment(state.second ? kFirst : kMomentum, *state.weight, state.first, entries);
    if (state.second) add_moment(kSecond, *state.weight, state.second, entries);
  }
  return entries;
}

// Returns {"bytes": …, "sha256": …}.
Json write_entries(const fs::path& path, const std::vector<Entry>& entries) {
  std::vector<TensorDeclaration> declarations;
  std::unordered_map<std::string_view, const Entry*> by_name;
  for (const Entry& entry : entries) {
    declarations.push_back(entry.declaration);
    by_name.emplace(entry.declaration.name, &entry);
  }
  SafetensorsWriter writer(path, std::move(declarations));
  for (const StoredTensor& tensor : writer.tensors()) {
    const Entry& entry = *by_name.at(tensor.name);
    writer.append(tensor.name, {entry.data, entry.bytes()});
  }
  writer.commit();
  return {{"bytes", writer.file_bytes()}, {"sha256", writer.sha256()}};
}

void read_entries(const fs::path& path, const std::vector<Entry>& entries) {
  const SafetensorsFile file(path);
  for (const Entry& entry : entries) {
    const StoredTensor* tensor = file.find(entry.declaration.name);
    require(tensor != nullptr, ErrorCode::invalid, "{}: has no tensor {}; it is of another model",
            path.string(), entry.declaration.name);
    require(tensor->dtype == entry.declaration.dtype && tensor->shape == entry.declaration.shape,
            ErrorCode::invalid, "{}: {} is {}, the model wants {} [{}]", path.string(), tensor->name,
            describe(*tensor), info(entry.declaration.dtype).name, fmt::join(entry.declaration.shape, ", "));
  }
  require(file.tensors().size() == entries.size(), ErrorCode::invalid, "{}: has {} tensors, the model has {}",
          path.string(), file.tensors().size(), entries.size());
  for (const Entry& entry : entries)
    std::memcpy(entry.data, file.bytes(*file.find(entry.declaration.name)).data(), entry.bytes());
}

// The SHA-256 of state.json's content without that key.
std::string own_hash(Json content) {
  content.erase("sha256");
  return sha256_hex(content.dump());
}

Json read_state(const fs::path& folder) {
  const fs::path path = folder / "state.json";
  Json content = read_json(path);
  require_format_version(content, kVersion, path.string());
  require(content.contains("sha256") && content["sha256"] == own_hash(content), ErrorCode::corrupt,
          "{}: its content does not match its SHA-256", path.string());
  return content;
}

void check_files(const fs::path& folder) {
  const Json content = read_state(folder);
  for (const auto& [name, file] : content["files"].items())
    require(sha256_file(folder / name) == file["sha256"], ErrorCode::corrupt,
            "{}: its content does not match the SHA-256 in state.json", (folder / name).string());
}

}  // namespace

uint64_t checkpoint_bytes(const std::vector<Weight*>& weights, const TrainRecipe& recipe) {
  const Muon muon(recipe.muon);
  uint64_t bytes = 1 << 16;
  for (const Weight* weight : weights) {
    const uint64_t values = weight->count() * bytes_of(weight->master.dtype());
    bytes += (recipe.ema > 0 ? 2 : 1) * values + 512;
    if (!weight->trainable) continue;
    const bool coded = recipe.optimizer == OptimizerKind::adamw_8bit && worth_coding(*weight);
    const bool one = recipe.optimizer == OptimizerKind::muon &&
                     std::all_of(weight->parts.begin(), weight->parts.end(),
                                 [&](const WeightPart& part) { return muon.takes(*weight, part); });
    bytes += (one ? 1 : 2) * (coded ? weight->count() + sizeof(float) * weight_blocks(*weight) : values);
  }
  return bytes;
}

CheckpointFolder::CheckpointFolder(fs::path folder) : folder_(std::move(folder)) {
  make_folder(folder_);
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const fs::path extension = entry.path().extension();
    if (entry.path().filename().string().starts_with(kPrefix) &&
        (extension == ".partial" || extension == ".old"))
      remove_whole(entry.path());
  }
}

fs::path CheckpointFolder::path_of(uint64_t step) const { return checkpoint_path(folder_, step); }

fs::path checkpoint_path(const fs::path& checkpoints, uint64_t step) {
  return checkpoints / fmt::format("{}{:06}", kPrefix, step);
}

std::vector<uint64_t> checkpoint_steps(const fs::path& checkpoints) {
  std::vector<uint64_t> all;
  for (const auto& entry : fs::directory_iterator(checkpoints)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory() || !name.starts_with(kPrefix)) continue;
    uint64_t step = 0;
    const char *begin = name.data() + kPrefix.size(), *end = name.data() + name.size();
    if (const auto [stop, error] = std::from_chars(begin, end, step); error == std::errc() && stop == end)
      all.push_back(step);
  }
  std::sort(all.begin(), all.end());
  return all;
}

Json checkpoint_state(const fs::path& checkpoint) { return read_state(checkpoint).at("state"); }

fs::path result_file(const fs::path& checkpoint) {
  return checkpoint / (read_state(checkpoint).at("files").contains(kAverage) ? kAverage : kModel);
}

void load_result(const fs::path& checkpoint, const std::vector<Weight*>& weights) {
  const fs::path file = result_file(checkpoint);
  const Json content = read_state(checkpoint);
  require(sha256_file(file) == content.at("files").at(file.filename().string()).at("sha256"),
          ErrorCode::corrupt, "{}: its content does not match the SHA-256 in state.json", file.string());
  read_entries(file, model_entries(weights));
  for (Weight* weight : weights) weight->changed();
}

void CheckpointFolder::remove(uint64_t step) const {
  const fs::path path = path_of(step);
  fs::path old = path;
  old += ".old";
  rename_path(path, old);  // so that a half-removed one is not taken for a checkpoint
  remove_whole(old);
}

void CheckpointFolder::save(uint64_t step, const std::vector<Weight*>& weights, AdamW& optimizer,
                            const Json& state, int64_t keep, WeightAverage* average,
                            const std::vector<uint64_t>& spared) {
  AtomicFolder target(path_of(step));
  Json updates = Json::object();
  for (const AdamW::State& s : optimizer.states()) updates[s.weight->name] = s.updates;
  Json content = {
      {"format_version", kVersion}, {"step", step}, {"files", Json::object()}, {"updates", updates}};
  const auto write = [&](const char* name, const std::vector<Entry>& entries) {
    content["files"][name] = write_entries(target.staging() / name, entries);
  };
  write(kModel, model_entries(weights));
  write(kOptimizer, optimizer_entries(optimizer));
  if (average != nullptr) {
    write(kAverage, average_entries(weights, *average));
    content["averaged_updates"] = average->updates;
  }
  content["state"] = state;
  content["sha256"] = own_hash(content);
  write_json(target.staging() / "state.json", content);
  target.commit();
  prune(step, keep, spared);
}

void CheckpointFolder::prune(uint64_t step, int64_t keep, const std::vector<uint64_t>& spared) const {
  std::vector<uint64_t> older = checkpoint_steps(folder_);
  std::erase_if(older, [&](uint64_t s) { return s > step; });
  older.resize(older.size() - std::min(older.size(), static_cast<size_t>(std::max<int64_t>(keep, 1))));
  for (const uint64_t old : older)
    if (std::find(spared.begin(), spared.end(), old) == spared.end()) remove(old);
}

std::optional<CheckpointFolder::Found> CheckpointFolder::newest() const {
  Found found;
  const std::vector<uint64_t> all = checkpoint_steps(folder_);
  for (size_t i = all.size(); i-- > 0;) {
    found.step = all[i];
    found.folder = path_of(all[i]);
    try {
      check_files(found.folder);
      return found;
    } catch (const Error& error) {
      if (error.code() == ErrorCode::unsupported) throw;
      found.damaged.emplace_back(error.what());
    } catch (const Json::exception& error) {
      found.damaged.push_back(fmt::format("{}: {}", (found.folder / "state.json").string(), error.what()));
    }
  }
  require(all.empty(), ErrorCode::corrupt,
          "{}: no checkpoint is whole ({}); remove the folder to start the run anew", folder_.string(),
          fmt::join(found.damaged, "; "));
  return std::nullopt;
}

Json CheckpointFolder::load(const Found& found, const std::vector<Weight*>& weights, AdamW& optimizer,
                            WeightAverage* average) const {
  const Json content = read_state(found.folder);
  read_entries(found.folder / kModel, model_entries(weights));
  read_entries(found.folder / kOptimizer, optimizer_entries(optimizer));
  if (average != nullptr) {
    read_entries(found.folder / kAverage, average_entries(weights, *average));
    content.at("averaged_updates").get_to(average->updates);
  }
  for (Weight* weight : weights) weight->changed();
  for (AdamW::State& state : optimizer.states()) {
    const Json& updates = content.at("updates");
    require(updates.contains(state.weight->name), ErrorCode::invalid,
            "{}: knows no weight {}; it is of another model", found.folder.string(), state.weight->name);
    state.updates = updates[state.weight->name].get<uint64_t>();
  }
  return content.at("state");
}

void CheckpointFolder::require_space(uint64_t bytes, int64_t keep) const {
  uint64_t present = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_))
    if (entry.is_regular_file()) present += entry.file_size();
  const uint64_t wanted = bytes * static_cast<uint64_t>(keep + 1) + kRoom;
  const uint64_t free = free_bytes(folder_);
  require(free + present >= wanted, ErrorCode::out_of_memory,
          "{}: {} checkpoints need {} of disk, {} are free; free some or lower train.keep_checkpoints and "
          "train.keep_best",
          folder_.string(), keep + 1, bytes_text(static_cast<double>(wanted)),
          bytes_text(static_cast<double>(free + present)));
}

}  // namespace bantam
