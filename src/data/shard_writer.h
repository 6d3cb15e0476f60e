// Writes the columns of one shard, document by document. See manifest.h for what they hold.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "data/manifest.h"
#include "formats/npy.h"

namespace bantam {

class ShardWriter {
 public:
  // `info` names the folder (made below `staging`), split and source. Files of the source: decides whether
  // and how source.npy is written. images: what they are like, where there may be some.
  ShardWriter(const std::filesystem::path& staging, PackShard info, uint64_t vocab_size, size_t files,
              const std::optional<PackImages>& images = {});

  // The next tokens of the current document. `mask` is empty (all are targets) or of the same size.
  void append(std::span<const int32_t> tokens, std::span<const uint8_t> mask);
  // What is known of the current document beside its tokens; "" is nothing. invalid: more than kMostCategories.
  void describe(const std::string& category, const std::string& meta);
  // A label's position lies within the document. pixels: of its image; empty: it has none.
  void end_document(size_t file, uint64_t text_bytes, const std::optional<DocumentLabel>& label = {},
                    std::span<const uint8_t> pixels = {});

  uint64_t tokens() const { return info_.tokens; }
  PackShard finish();  // closes and hashes the columns

 private:
  void unmask(uint64_t count);
  void append_label(const DocumentLabel& label);
  void append_image(std::span<const uint8_t> pixels);
  void append_category();
  void append_meta();
  template <class T>
  void append_as(NpyWriter& column, std::span<const int32_t> values);

  std::filesystem::path folder_;
  PackShard info_;
  bool narrow_;  // tokens fit uint16
  size_t files_;
  std::optional<PackImages> image_format_;
  NpyWriter tokens_, rows_;
  std::unique_ptr<NpyWriter> mask_, source_, labels_, label_positions_, images_, row_images_, category_,
      meta_, meta_begins_;
  std::string document_category_, document_meta_;  // of the current document
  std::map<std::string, uint16_t> category_numbers_;
  uint64_t meta_bytes_ = 0;
};

}  // namespace bantam
