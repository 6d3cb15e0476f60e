#include "formats/tensor_files.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"

namespace bantam {
namespace fs = std::filesystem;

TensorFiles::TensorFiles(const fs::path& path) : path_(path) {
  if (fs::is_directory(path))
    open_folder(path);
  else if (path.extension() == ".json")
    open_shards(path);
  else
    files_.push_back(open_tensor_file(path));
  for (size_t i = 0; i < files_.size(); ++i)
    for (const StoredTensor& tensor : files_[i]->tensors()) entries_.push_back({tensor, i});
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.tensor.name < b.tensor.name; });
  leave_out_tied_head();
}

void TensorFiles::open_folder(const fs::path& folder) {
  for (const char* name : {"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
                           "pytorch_model.bin.index.json"}) {
    if (!fs::exists(folder / name)) continue;
    if (std::string_view(name).ends_with(".json")) return open_shards(folder / name);
    files_.push_back(open_tensor_file(folder / name));
    return;
  }
  std::vector<fs::path> others;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path extension = entry.path().extension();
    if (extension == ".pt" || extension == ".pth" || extension == ".bin") others.push_back(entry.path());
  }
  require(
      !others.empty(), ErrorCode::not_found,
      "{}: has no weights; wanted model.safetensors, pytorch_model.bin, an index of either, or one .pt file",
      folder.string());
  require(others.size() == 1, ErrorCode::usage,
          "{}: has {} files that may be its weights, {} and {} among them", folder.string(), others.size(),
          others[0].filename().string(), others.back().filename().string());
  files_.push_back(open_tensor_file(others[0]));
}

void TensorFiles::open_shards(const fs::path& index) {
  const std::string where = index.string();
  const Json root = read_json(index);
  require(root.is_object() && root.contains("weight_map") && root["weight_map"].is_object(),
          ErrorCode::corrupt, "{}: has no weight_map", where);
  std::map<std::string, std::vector<std::string>> names_by_shard;
  for (const auto& [name, shard] : root["weight_map"].items()) {
    require(shard.is_string(), ErrorCode::corrupt, "{}: weight_map \"{}\" is not a file's name", where, name);
    names_by_shard[shard.get<std::string>()].push_back(name);
  }
  for (auto& [shard, names] : names_by_shard) {
    require(!shard.empty() && shard.find_first_of("/\\") == std::string::npos &&
                shard.find("..") == std::string::npos && shard.find('\0') == std::string::npos,
            ErrorCode::corrupt,
            "{}: the shard \"{}\" is not a plain file name; shards lie beside their index", where, shard);
    files_.push_back(open_tensor_file(index.parent_path() / shard));
    const TensorFile& file = *files_.back();
    std::sort(names.begin(), names.end());
    for (const StoredTensor& tensor : file.tensors())
      require(std::binary_search(names.begin(), names.end(), tensor.name), ErrorCode::corrupt,
              "{}: holds tensor \"{}\", which {} does not place there", file.path().string(), tensor.name,
              where);
    for (const std::string& name : names)
      require(file.find(name) != nullptr, ErrorCode::corrupt,
              "{}: lacks tensor \"{}\", which {} places there", file.path().string(), name, where);
  }
}

void TensorFiles::leave_out_tied_head() {
  const Entry* head = find("lm_head.weight");
  if (head == nullptr) return;
  const std::span<const std::byte> own = bytes(*head);
  const bool tied = std::any_of(entries_.begin(), entries_.end(), [&](const Entry& other) {
    const std::span<const std::byte> its = bytes(other);
    return &other != head && its.data() == own.data() && its.size() == own.size() && !own.empty() &&
           other.tensor.dtype == head->tensor.dtype && other.tensor.shape == head->tensor.shape;
  });
  if (tied) entries_.erase(entries_.begin() + (head - entries_.data()));
}

const TensorFiles::Entry* TensorFiles::find(std::string_view name) const {
  const auto found = std::lower_bound(
      entries_.begin(), entries_.end(), name,
      [](const Entry& entry, std::string_view wanted) { return entry.tensor.name < wanted; });
  return found != entries_.end() && found->tensor.name == name ? &*found : nullptr;
}

const TensorFiles::Entry& TensorFiles::at(std::string_view name) const {
  if (const Entry* entry = find(name)) return *entry;
  std::vector<std::string> names;
  for (const Entry& entry : entries_) names.push_back(entry.tensor.name);
  const std::string near = nearest_name(name, names);
  fail(ErrorCode::not_found, "{}: has no tensor \"{}\"{}", path_.string(), name,
       near.empty() ? "" : fmt::format("; the nearest is \"{}\"", near));
}

std::span<const std::byte> TensorFiles::bytes(const Entry& entry) const {
  return files_[entry.file]->bytes(entry.tensor);
}

}  // namespace bantam
