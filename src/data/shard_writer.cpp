#include "data/shard_writer.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/disk.h"
#include "base/error.h"
#include "base/file.h"

namespace bantam {
namespace {

std::filesystem::path made(const std::filesystem::path& folder) {
  make_folder(folder);
  return folder;
}

constexpr uint64_t kNarrow = uint64_t{1} << 16;
StoredDtype index_dtype(uint64_t count) { return count <= kNarrow ? StoredDtype::u16 : StoredDtype::u32; }

}  // namespace

ShardWriter::ShardWriter(const std::filesystem::path& staging, PackShard info, uint64_t vocab_size,
                         size_t files, const std::optional<PackImages>& images)
    : folder_(made(staging / info.folder)),
      info_(std::move(info)),
      narrow_(vocab_size <= kNarrow),
      files_(files),
      image_format_(images),
      tokens_(folder_ / "tokens.npy", index_dtype(vocab_size)),
      rows_(folder_ / "rows.npy", StoredDtype::u64) {
  rows_.append(std::span<const uint64_t>(&info_.tokens, 1));
  if (files > 1) source_ = std::make_unique<NpyWriter>(folder_ / "source.npy", index_dtype(files));
}

template <class T>
void ShardWriter::append_as(NpyWriter& column, std::span<const int32_t> values) {
  T narrow[1024];
  for (size_t begin = 0; begin < values.size(); begin += std::size(narrow)) {
    const size_t count = std::min(std::size(narrow), values.size() - begin);
    for (size_t i = 0; i < count; ++i) narrow[i] = static_cast<T>(values[begin + i]);
    column.append(std::span<const T>(narrow, count));
  }
}

void ShardWriter::unmask(uint64_t count) {
  const std::vector<uint8_t> ones(std::min<uint64_t>(count, 1 << 16), 1);
  for (; count > 0; count -= std::min<uint64_t>(count, ones.size()))
    mask_->append(std::span(ones).first(std::min<uint64_t>(count, ones.size())));
}

void ShardWriter::append(std::span<const int32_t> tokens, std::span<const uint8_t> mask) {
  if (!mask.empty() && mask_ == nullptr) {  // the first masked document: all before it are targets
    mask_ = std::make_unique<NpyWriter>(folder_ / "loss_mask.npy", StoredDtype::u8);
    unmask(info_.tokens);
  }
  if (narrow_)
    append_as<uint16_t>(tokens_, tokens);
  else
    append_as<uint32_t>(tokens_, tokens);
  if (!mask.empty())
    mask_->append(mask);
  else if (mask_ != nullptr)
    unmask(tokens.size());
  info_.tokens += tokens.size();
}

void ShardWriter::append_label(const DocumentLabel& label) {
  labels_->append(std::span(&label.label, 1));
  label_positions_->append(std::span(&label.position, 1));
}

void ShardWriter::append_image(std::span<const uint8_t> pixels) {
  if (pixels.empty() && images_ == nullptr) return;
  if (images_ == nullptr) {  // the first document with one: all before it have none
    BANTAM_ASSERT(image_format_ && pixels.size() == image_format_->bytes());
    images_ = std::make_unique<NpyWriter>(folder_ / "images.npy", StoredDtype::u8,
                                          std::vector<uint64_t>{image_format_->size, image_format_->size, 3});
    row_images_ = std::make_unique<NpyWriter>(folder_ / "row_images.npy", StoredDtype::i32);
    info_.images = 0;
    const int32_t none = -1;
    for (uint64_t row = 0; row < info_.rows; ++row) row_images_->append(std::span(&none, 1));
  }
  const int32_t index = pixels.empty() ? -1 : static_cast<int32_t>((*info_.images)++);
  row_images_->append(std::span(&index, 1));
  images_->append(pixels);
}

void ShardWriter::describe(const std::string& category, const std::string& meta) {
  document_category_ = category;
  document_meta_ = meta;
}

// A column begins with the first document that has something for it: those before it have nothing.
void ShardWriter::append_category() {
  if (category_ == nullptr) {
    if (document_category_.empty()) return;
    category_ = std::make_unique<NpyWriter>(folder_ / "category.npy", StoredDtype::u16);
    info_.categories.emplace();
    const uint16_t none = 0;
    for (uint64_t row = 0; row < info_.rows; ++row) category_->append(std::span(&none, 1));
  }
  uint16_t number = 0;
  if (!document_category_.empty()) {
    const auto [known, fresh] = category_numbers_.try_emplace(
        document_category_, static_cast<uint16_t>(info_.categories->size() + 1));
    if (fresh) {
      require(
          info_.categories->size() < kMostCategories, ErrorCode::invalid,
          "{}: has more than {} categories; a category is one of a few kinds of text, and what differs from "
          "row to row belongs in \"meta\"",
          folder_.string(), kMostCategories);
      info_.categories->push_back(document_category_);
    }
    number = known->second;
  }
  category_->append(std::span<const uint16_t>(&number, 1));
}

void ShardWriter::append_meta() {
  if (meta_ == nullptr) {
    if (document_meta_.empty()) return;
    meta_ = std::make_unique<NpyWriter>(folder_ / "meta.npy", StoredDtype::u8);
    meta_begins_ = std::make_unique<NpyWriter>(folder_ / "meta_begins.npy", StoredDtype::u64);
    for (uint64_t row = 0; row <= info_.rows; ++row)
      meta_begins_->append(std::span<const uint64_t>(&meta_bytes_, 1));
  }
  meta_->append(std::span(reinterpret_cast<const uint8_t*>(document_meta_.data()), document_meta_.size()));
  meta_bytes_ += document_meta_.size();
  meta_begins_->append(std::span<const uint64_t>(&meta_bytes_, 1));
}

void ShardWriter::end_document(size_t file, uint64_t text_bytes, const std::optional<DocumentLabel>& label,
                               std::span<const uint8_t> pixels) {
  if (label && labels_ == nullptr) {  // the first labelled document: all before it have none
    labels_ = std::make_unique<NpyWriter>(folder_ / "labels.npy", StoredDtype::i32);
    label_positions_ = std::make_unique<NpyWriter>(folder_ / "label_positions.npy", StoredDtype::u32);
    info_.labels.emplace();
    for (uint64_t row = 0; row < info_.rows; ++row) append_label({});
  }
  if (labels_ != nullptr) append_label(label.value_or(DocumentLabel{}));
  if (label) info_.labels->add(std::to_string(label->label));
  append_image(pixels);
  append_category();
  append_meta();
  document_category_.clear();
  document_meta_.clear();
  rows_.append(std::span<const uint64_t>(&info_.tokens, 1));
  if (source_ != nullptr) {
    const int32_t index = static_cast<int32_t>(file);
    if (files_ <= kNarrow)
      append_as<uint16_t>(*source_, {&index, 1});
    else
      append_as<uint32_t>(*source_, {&index, 1});
  }
  info_.text_bytes += text_bytes;
  ++info_.rows;
}

PackShard ShardWriter::finish() {
  const auto close = [&](const char* name, NpyWriter& column) {
    column.commit();
    const std::filesystem::path path = folder_ / (std::string(name) + ".npy");
    info_.columns.push_back({name, sha256_file(path), std::filesystem::file_size(path)});
  };
  close("tokens", tokens_);
  close("rows", rows_);
  if (mask_ != nullptr) close("loss_mask", *mask_);
  if (source_ != nullptr) close("source", *source_);
  if (labels_ != nullptr) close("labels", *labels_), close("label_positions", *label_positions_);
  if (images_ != nullptr) close("row_images", *row_images_), close("images", *images_);
  if (category_ != nullptr) close("category", *category_);
  if (meta_ != nullptr) close("meta", *meta_), close("meta_begins", *meta_begins_);
  return info_;
}

}  // namespace bantam
