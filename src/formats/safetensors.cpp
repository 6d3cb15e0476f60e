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
            "follow one another without {}",
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

}  // namespace

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

std::span<const std::byte> SafetensorsFile::bytes(const StoredTensor& tensor) const {
  return file_.bytes().subspan(header_.data_begin + tensor.begin, tensor.bytes());
}

}  // namespace bantam
