#include "formats/safetensors.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"

namespace bantam {
namespace {

constexpr uint64_t kLongestHeader = 100'000'000;  // the reference reader's bound
constexpr size_t kLongestName = 4096;
constexpr int kDeepest = 3;  // header, entry, shape

StoredDtype parse_dtype(const Json& entry, const std::string& where) {
  const auto found = entry.find("dtype");
  require(found != entry.end() && found->is_string(), ErrorCode::corrupt, "{}: has no dtype", where);
  const std::string& name = found->get_ref<const std::string&>();
  for (const StoredDtypeInfo& known : stored_dtypes())
    if (known.name == name) return known.dtype;
  fail(ErrorCode::corrupt, "{}: the dtype \"{}\" does not exist in safetensors", where, name);
}

std::vector<uint64_t> parse_sizes(const Json& entry, const char* key, const std::string& where) {
  const auto found = entry.find(key);
  require(found != entry.end() && found->is_array(), ErrorCode::corrupt, "{}: has no {}", where, key);
  std::vector<uint64_t> sizes;
  sizes.reserve(found->size());
  for (const Json& size : *found) {
    require(size.is_number_unsigned(), ErrorCode::corrupt, "{}: {} holds {}; want integers from 0", where,
            key, size.dump(-1, ' ', false, Json::error_handler_t::replace));
    sizes.push_back(size.get<uint64_t>());
  }
  return sizes;
}

StoredTensor parse_entry(const std::string& name, const Json& entry, std::string_view file) {
  const std::string where = fmt::format("{}: tensor \"{}\"", file, name);
  require(entry.is_object(), ErrorCode::corrupt, "{}: is not an object", where);
  StoredTensor tensor{
      .name = name, .dtype = parse_dtype(entry, where), .shape = parse_sizes(entry, "shape", where)};
  const std::vector<uint64_t> offsets = parse_sizes(entry, "data_offsets", where);
  require(offsets.size() == 2 && offsets[0] <= offsets[1], ErrorCode::corrupt,
          "{}: data_offsets are {}; want [begin, end]", where, offsets);
  tensor.begin = offsets[0];
  tensor.end = offsets[1];
  const uint64_t wanted = stored_bytes(tensor.dtype, tensor.shape, where);
  require(tensor.bytes() == wanted, ErrorCode::corrupt, "{}: {} needs {} bytes, its data_offsets hold {}",
          where, describe(tensor), wanted, tensor.bytes());
  return tensor;
}

std::map<std::string, std::string> parse_metadata(const Json& value, std::string_view where) {
  std::map<std::string, std::string> metadata;
  if (value.is_null()) return metadata;
  require(value.is_object(), ErrorCode::corrupt, "{}: __metadata__ is not an object", where);
  for (const auto& [key, text] : value.items()) {
    require(text.is_string(), ErrorCode::corrupt, "{}: __metadata__ \"{}\" is not a string", where, key);
    metadata.emplace(key, text.get<std::string>());
  }
  return metadata;
}

// In file order the ranges must follow one another from 0 to the end of the data: no hole, no overlap, no
// rest.
void check_tiling(const std::vector<StoredTensor>& tensors, uint64_t data_bytes, std::string_view where) {
  std::vector<const StoredTensor*> order;
  order.reserve(tensors.size());
  for (const StoredTensor& tensor : tensors) order.push_back(&tensor);
  std::sort(order.begin(), order.end(), [](const StoredTensor* a, const StoredTensor* b) {
    return std::pair(a->begin, a->end) < std::pair(b->begin, b->end);
  });
  uint64_t covered = 0;
  for (const StoredTensor* tensor : order) {
    require(tensor->begin == covered, ErrorCode::corrupt,
            "{}: tensor \"{}\" begins at byte {} of the data, the one before it ends at {}; tensors must "
            "follow one "
            "another without {}",
            where, tensor->name, tensor->begin, covered, tensor->begin < covered ? "overlap" : "holes");
    covered = tensor->end;
  }
  require(covered == data_bytes, ErrorCode::corrupt,
          "{}: its tensors cover {} bytes of data and the file holds {}; the file was cut or extended", where,
          covered, data_bytes);
}

uint64_t read_header_length(std::span<const std::byte> file, std::string_view where) {
  require(file.size() >= 8, ErrorCode::corrupt,
          "{}: has {} bytes; a safetensors file begins with 8 bytes of length", where, file.size());
  uint64_t length = 0;
  for (int i = 7; i >= 0; --i) length = length << 8 | static_cast<uint64_t>(file[static_cast<size_t>(i)]);
  require(length <= kLongestHeader, ErrorCode::corrupt,
          "{}: says its header has {} bytes; at most {} are read", where, length, kLongestHeader);
  require(length <= file.size() - 8, ErrorCode::corrupt, "{}: says its header has {} bytes; {} follow", where,
          length, file.size() - 8);
  return length;
}

template <class Entries>
auto find_by_name(const Entries& entries, std::string_view name, auto&& name_of) {
  const auto found =
      std::lower_bound(entries.begin(), entries.end(), name,
                       [&](const auto& entry, std::string_view wanted) { return name_of(entry) < wanted; });
  return found != entries.end() && name_of(*found) == name ? &*found : nullptr;
}

}  // namespace

uint64_t StoredTensor::elements() const {
  uint64_t product = 1;
  for (const uint64_t size : shape) product *= size;
  return product;
}

std::string describe(const StoredTensor& tensor) {
  return fmt::format("{} [{}]", info(tensor.dtype).name, fmt::join(tensor.shape, ", "));
}

uint64_t stored_bytes(StoredDtype dtype, std::span<const uint64_t> shape, std::string_view where) {
  uint64_t elements = 1, bits = 0;
  bool overflows = false;
  for (const uint64_t size : shape) overflows |= __builtin_mul_overflow(elements, size, &elements);
  overflows |= __builtin_mul_overflow(elements, static_cast<uint64_t>(info(dtype).bits), &bits);
  require(!overflows, ErrorCode::corrupt, "{}: the size of {} [{}] overflows 64 bits", where,
          info(dtype).name, fmt::join(shape, ", "));
  require(bits % 8 == 0, ErrorCode::corrupt, "{}: {} bits do not fill whole bytes", where, bits);
  return bits / 8;
}

SafetensorsHeader parse_safetensors(std::span<const std::byte> file, std::string_view where) {
  const uint64_t length = read_header_length(file, where);
  const std::string_view text(reinterpret_cast<const char*>(file.data()) + 8, length);
  const size_t first = text.find_first_not_of(" \t\r\n");
  require(first != std::string_view::npos && text[first] == '{', ErrorCode::corrupt,
          "{}: its header does not begin with {{", where);
  const Json root = parse_json(text, where, {.depth = kDeepest});
  SafetensorsHeader header;
  header.data_begin = 8 + length;
  for (const auto& [name, entry] : root.items()) {
    if (name == "__metadata__") {
      header.metadata = parse_metadata(entry, where);
      continue;
    }
    require(name.size() <= kLongestName, ErrorCode::corrupt,
            "{}: a tensor's name has {} bytes; at most {} are read", where, name.size(), kLongestName);
    header.tensors.push_back(parse_entry(name, entry, where));
  }
  check_tiling(header.tensors, file.size() - header.data_begin, where);
  std::sort(header.tensors.begin(), header.tensors.end(),
            [](const StoredTensor& a, const StoredTensor& b) { return a.name < b.name; });
  return header;
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : file_(path), header_(parse_safetensors(file_.bytes(), path.string())) {}

const StoredTensor* SafetensorsFile::find(std::string_view name) const {
  return find_by_name(header_.tensors, name,
                      [](const StoredTensor& t) -> const std::string& { return t.name; });
}

std::span<const std::byte> SafetensorsFile::bytes(const StoredTensor& tensor) const {
  return file_.bytes().subspan(header_.data_begin + tensor.begin, tensor.bytes());
}

SafetensorsModel::SafetensorsModel(const std::filesystem::path& path) : path_(path) {
  const std::filesystem::path single = path / "model.safetensors",
                              index = path / "model.safetensors.index.json";
  if (!std::filesystem::is_directory(path)) {
    if (path.extension() == ".json")
      open_shards(path);
    else
      files_.emplace_back(path);
  } else if (std::filesystem::exists(single)) {
    files_.emplace_back(single);
  } else {
    require(std::filesystem::exists(index), ErrorCode::not_found,
            "{}: has neither model.safetensors nor model.safetensors.index.json", path.string());
    open_shards(index);
  }
  for (size_t i = 0; i < files_.size(); ++i)
    for (const StoredTensor& tensor : files_[i].tensors()) entries_.push_back({tensor, i});
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.tensor.name < b.tensor.name; });
}

void SafetensorsModel::open_shards(const std::filesystem::path& index) {
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
    files_.emplace_back(index.parent_path() / shard);
    std::sort(names.begin(), names.end());
    const std::vector<StoredTensor>& tensors = files_.back().tensors();
    for (const StoredTensor& tensor : tensors)
      require(std::binary_search(names.begin(), names.end(), tensor.name), ErrorCode::corrupt,
              "{}: holds tensor \"{}\", which {} does not place there", files_.back().path().string(),
              tensor.name, where);
    for (const std::string& name : names)
      require(files_.back().find(name) != nullptr, ErrorCode::corrupt,
              "{}: lacks tensor \"{}\", which {} places there", files_.back().path().string(), name, where);
  }
}

const SafetensorsModel::Entry* SafetensorsModel::find(std::string_view name) const {
  return find_by_name(entries_, name, [](const Entry& e) -> const std::string& { return e.tensor.name; });
}

const SafetensorsModel::Entry& SafetensorsModel::at(std::string_view name) const {
  if (const Entry* entry = find(name)) return *entry;
  std::vector<std::string> names;
  for (const Entry& entry : entries_) names.push_back(entry.tensor.name);
  const std::string near = nearest_name(name, names);
  fail(ErrorCode::not_found, "{}: has no tensor \"{}\"{}", path_.string(), name,
       near.empty() ? "" : fmt::format("; the nearest is \"{}\"", near));
}

std::span<const std::byte> SafetensorsModel::bytes(const Entry& entry) const {
  return files_[entry.file].bytes(entry.tensor);
}

}  // namespace bantam
