#include "data/pack_reader.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "base/threads.h"

namespace bantam {

Shard::Shard(const std::filesystem::path& pack, const PackManifest& manifest, const PackShard& info)
    : folder_(pack / info.folder),
      info_(info),
      vocab_size_(manifest.tokenizer.vocab_size),
      files_(manifest.sources[info.source].files.size()),
      tokens_(open("tokens", {info.tokens})),
      rows_(open("rows", {info.rows + 1})) {
  const std::string where = folder_.string();
  require(tokens_.dtype() == StoredDtype::u16 || tokens_.dtype() == StoredDtype::u32, ErrorCode::corrupt,
          "{}/tokens.npy: holds {}; want uint16 or uint32", where, bantam::info(tokens_.dtype()).name);
  require(rows_.dtype() == StoredDtype::u64, ErrorCode::corrupt, "{}/rows.npy: holds {}; want uint64", where,
          bantam::info(rows_.dtype()).name);
  const std::span<const uint64_t> begins = offsets();
  require(!begins.empty() && begins.front() == 0 && begins.back() == info.tokens &&
              std::is_sorted(begins.begin(), begins.end()),
          ErrorCode::corrupt, "{}/rows.npy: its offsets do not rise from 0 to {}", where, info.tokens);
  if (column("loss_mask") != nullptr) {
    mask_file_.push_back(open("loss_mask", {info.tokens}));
    mask_ = mask_file_[0].values<uint8_t>();
  }
  if (column("source") != nullptr) source_file_.push_back(open("source", {info.rows}));
  open_notes();
  if (column("labels") != nullptr)
    open_labels();
  else
    require(!info.labels, ErrorCode::corrupt, "{}: the manifest counts labels and lists no labels.npy",
            where);
  image_format_ = manifest.images;
  if (column("row_images") != nullptr)
    open_images();
  else
    require(!info.images, ErrorCode::corrupt, "{}: the manifest counts images and lists no row_images.npy",
            where);
}

void Shard::open_images() {
  const std::string where = folder_.string();
  require(info_.images && image_format_, ErrorCode::corrupt, "{}: the manifest does not count its images",
          where);
  image_file_.push_back(open("row_images", {info_.rows}));
  image_file_.push_back(open("images", {*info_.images, image_format_->size, image_format_->size, 3}));
  require(image_file_[0].dtype() == StoredDtype::i32, ErrorCode::corrupt,
          "{}/row_images.npy: holds {}; want int32", where, bantam::info(image_file_[0].dtype()).name);
  require(image_file_[1].dtype() == StoredDtype::u8, ErrorCode::corrupt,
          "{}/images.npy: holds {}; want uint8", where, bantam::info(image_file_[1].dtype()).name);
  const auto images = image_file_[0].values<int32_t>();
  const uint64_t patches = image_format_->patches();
  for (uint64_t d = 0; d < info_.rows; ++d) {
    if (images[d] == -1) continue;
    require(images[d] >= 0 && static_cast<uint64_t>(images[d]) < *info_.images, ErrorCode::corrupt,
            "{}/row_images.npy: document {} has the image {} of {}", where, d, images[d], *info_.images);
    require(document_tokens(d) >= patches + 2, ErrorCode::corrupt,
            "{}/rows.npy: document {} has {} tokens, too few for an image of {} patches and a text", where, d,
            document_tokens(d), patches);
    for (uint64_t token = offsets()[d]; token <= offsets()[d] + patches; ++token)
      require(has_mask() && !is_target(token), ErrorCode::corrupt,
              "{}/loss_mask.npy: wants to predict a patch of document {}'s image, or the token behind it",
              where, d);
  }
}

std::span<const uint8_t> Shard::image_at(uint64_t begin) const {
  if (image_file_.empty()) return {};
  const std::span<const uint64_t> begins = offsets();
  const auto after = std::upper_bound(begins.begin(), begins.end(), begin);
  const size_t document = static_cast<size_t>(after - begins.begin()) - 1;
  if (document >= info_.rows || begins[document] != begin) return {};
  const int32_t image = image_file_[0].values<int32_t>()[document];
  if (image < 0) return {};
  const size_t bytes = static_cast<size_t>(image_format_->bytes());
  return image_file_[1].values<uint8_t>().subspan(static_cast<size_t>(image) * bytes, bytes);
}

void Shard::open_labels() {
  label_file_.push_back(open("labels", {info_.rows}));
  label_file_.push_back(open("label_positions", {info_.rows}));
  const std::string where = folder_.string();
  require(label_file_[0].dtype() == StoredDtype::i32, ErrorCode::corrupt,
          "{}/labels.npy: holds {}; want int32", where, bantam::info(label_file_[0].dtype()).name);
  require(label_file_[1].dtype() == StoredDtype::u32, ErrorCode::corrupt,
          "{}/label_positions.npy: holds {}; want uint32", where, bantam::info(label_file_[1].dtype()).name);
  const auto labels = label_file_[0].values<int32_t>();
  const auto positions = label_file_[1].values<uint32_t>();
  std::vector<uint64_t> counts;
  for (uint64_t d = 0; d < info_.rows; ++d) {
    if (labels[d] == -1) continue;
    require(labels[d] >= 0 && labels[d] < kMostLabels, ErrorCode::corrupt,
            "{}/labels.npy: document {} has the class {}; want 0 to {}, or -1 for none", where, d, labels[d],
            kMostLabels - 1);
    require(uint64_t{positions[d]} + 1 < document_tokens(d), ErrorCode::corrupt,
            "{}/label_positions.npy: document {} has its label at token {} of {}; want one before the last",
            where, d, positions[d], document_tokens(d));
    const size_t label = static_cast<size_t>(labels[d]);
    if (label >= counts.size()) counts.resize(label + 1);
    ++counts[label];
  }
  Counts found;
  for (size_t label = 0; label < counts.size(); ++label)
    if (counts[label] > 0) found.add(std::to_string(label), counts[label]);
  require(info_.labels && info_.labels->by_name == found.by_name, ErrorCode::corrupt,
          "{}/labels.npy: its classes occur other than as often as the manifest says", where);
}

void Shard::open_notes() {
  const std::string where = folder_.string();
  if (column("category") != nullptr) {
    category_file_.push_back(open("category", {info_.rows}));
    require(category_file_[0].dtype() == StoredDtype::u16 && info_.categories, ErrorCode::corrupt,
            "{}/category.npy: want uint16, and the categories in the manifest", where);
  }
  if (column("meta") == nullptr) return;
  meta_file_.push_back(open("meta_begins", {info_.rows + 1}));
  require(meta_file_[0].dtype() == StoredDtype::u64, ErrorCode::corrupt, "{}/meta_begins.npy: want uint64",
          where);
  const auto offsets = meta_file_[0].values<uint64_t>();
  require(offsets.front() == 0 && std::is_sorted(offsets.begin(), offsets.end()), ErrorCode::corrupt,
          "{}/meta_begins.npy: its offsets do not rise from 0", where);
  meta_file_.push_back(open("meta", {offsets.back()}));
  require(meta_file_[1].dtype() == StoredDtype::u8, ErrorCode::corrupt, "{}/meta.npy: want uint8", where);
}

std::string Shard::category_of(uint64_t document) const {
  BANTAM_ASSERT(document < info_.rows);
  if (category_file_.empty()) return {};
  const size_t number = category_file_[0].values<uint16_t>()[document];
  require(number <= info_.categories->size(), ErrorCode::corrupt, "{}/category.npy: names category {} of {}",
          folder_.string(), number, info_.categories->size());
  return number == 0 ? "" : (*info_.categories)[number - 1];
}

std::string Shard::meta_of(uint64_t document) const {
  BANTAM_ASSERT(document < info_.rows);
  if (meta_file_.empty()) return {};
  const auto begins = meta_file_[0].values<uint64_t>();
  const auto bytes =
      meta_file_[1].values<uint8_t>().subspan(begins[document], begins[document + 1] - begins[document]);
  return {bytes.begin(), bytes.end()};
}

std::optional<Shard::LabelledToken> Shard::label_within(uint64_t begin, uint64_t count) const {
  if (label_file_.empty()) return {};
  const std::span<const uint64_t> begins = offsets();
  const auto after = std::upper_bound(begins.begin(), begins.end(), begin);
  const size_t document = static_cast<size_t>(after - begins.begin()) - 1;
  const int32_t label = label_file_[0].values<int32_t>()[document];
  const uint64_t token = begins[document] + label_file_[1].values<uint32_t>()[document];
  if (label < 0 || token < begin || token - begin >= count) return {};
  return LabelledToken{label, token};
}

const PackColumn* Shard::column(const std::string& name) const {
  const auto found = std::find_if(info_.columns.begin(), info_.columns.end(),
                                  [&](const PackColumn& column) { return column.name == name; });
  return found == info_.columns.end() ? nullptr : &*found;
}

NpyFile Shard::open(const std::string& name, std::vector<uint64_t> shape) const {
  const std::filesystem::path path = folder_ / (name + ".npy");
  const PackColumn* listed = column(name);
  require(listed != nullptr, ErrorCode::corrupt, "{}: the manifest lists no such column", path.string());
  NpyFile file(path);
  require(file.shape() == shape, ErrorCode::corrupt, "{}: holds {} elements; the manifest says {}",
          path.string(), fmt::join(file.shape(), " × "), fmt::join(shape, " × "));
  return file;
}

void Shard::tokens(uint64_t begin, std::span<int32_t> out) const {
  BANTAM_ASSERT(begin <= info_.tokens && out.size() <= info_.tokens - begin);
  const auto copy = [&](auto ids) {
    uint32_t largest = 0;
    for (size_t i = 0; i < out.size(); ++i) {
      const uint32_t id = ids[begin + i];
      largest = std::max(largest, id);
      out[i] = static_cast<int32_t>(id);
    }
    require(largest < vocab_size_, ErrorCode::corrupt,
            "{}/tokens.npy: holds token {}; the tokenizer's ids are below {}", folder_.string(), largest,
            vocab_size_);
  };
  if (tokens_.dtype() == StoredDtype::u16)
    copy(tokens_.values<uint16_t>());
  else
    copy(tokens_.values<uint32_t>());
}

size_t Shard::file_of(uint64_t document) const {
  BANTAM_ASSERT(document < info_.rows);
  if (source_file_.empty()) return 0;
  const NpyFile& column = source_file_[0];
  const size_t file = column.dtype() == StoredDtype::u16 ? column.values<uint16_t>()[document]
                                                         : column.values<uint32_t>()[document];
  require(file < files_, ErrorCode::corrupt, "{}/source.npy: names file {} of {}", folder_.string(), file,
          files_);
  return file;
}

Pack::Pack(const std::filesystem::path& path)
    : path_(path), manifest_(read_manifest(path)), sha256_(sha256_file(path / "pack.json")) {
  shards_.reserve(manifest_.shards.size());
  for (const PackShard& info : manifest_.shards) shards_.emplace_back(path, manifest_, info);
}

uint64_t Pack::tokens(const std::string& split) const {
  uint64_t sum = 0;
  for (const PackShard& shard : manifest_.shards)
    if (shard.split == split) sum += shard.tokens;
  return sum;
}

uint64_t Pack::text_bytes(const std::string& split) const {
  uint64_t sum = 0;
  for (const PackShard& shard : manifest_.shards)
    if (shard.split == split) sum += shard.text_bytes;
  return sum;
}

std::vector<uint64_t> Pack::label_counts(const std::string& split) const {
  std::vector<uint64_t> counts;
  for (const PackShard& shard : manifest_.shards) {
    if (shard.split != split || !shard.labels) continue;
    for (const auto& [name, count] : shard.labels->by_name) {
      const size_t label = std::stoul(name);  // opening the shard held the names against its column
      if (label >= counts.size()) counts.resize(label + 1);
      counts[label] += count;
    }
  }
  return counts;
}

void Pack::verify() const {
  struct Listed {
    std::filesystem::path path;
    const PackColumn* column;
  };
  std::vector<Listed> columns;
  for (const PackShard& shard : manifest_.shards)
    for (const PackColumn& column : shard.columns)
      columns.push_back({path_ / shard.folder / (column.name + ".npy"), &column});
  parallel_for(columns.size(), [&](size_t i) {
    const std::string found = sha256_file(columns[i].path);
    require(found == columns[i].column->sha256, ErrorCode::corrupt,
            "{}: its SHA-256 is {}, the manifest says {}; the file was changed", columns[i].path.string(),
            found, columns[i].column->sha256);
  });
}

}  // namespace bantam
