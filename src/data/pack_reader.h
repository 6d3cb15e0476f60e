// A pack opened for reading: columns mapped, checked once, and given out as tokens.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/manifest.h"
#include "formats/npy.h"

namespace bantam {

// The documents of one shard. Document d is tokens [offsets()[d], offsets()[d + 1]).
class Shard {
 public:
  Shard(const std::filesystem::path& pack, const PackManifest& manifest,
        const PackShard& info);  // corrupt, not_found

  const PackShard& info() const { return info_; }
  std::span<const uint64_t> offsets() const { return rows_.values<uint64_t>(); }
  uint64_t documents() const { return info_.rows; }
  uint64_t document_tokens(uint64_t document) const { return offsets()[document + 1] - offsets()[document]; }

  // Copies tokens [begin, begin + out.size()). corrupt: an id outside the vocabulary.
  void tokens(uint64_t begin, std::span<int32_t> out) const;
  // Whether a token is to be predicted; all are where the shard has no mask.
  bool is_target(uint64_t token) const { return mask_.empty() || mask_[token] != 0; }
  bool has_mask() const { return !mask_.empty(); }
  size_t file_of(uint64_t document) const;           // index into the source's files; corrupt
  std::string category_of(uint64_t document) const;  // "": none; corrupt
  std::string meta_of(uint64_t document) const;      // JSON; "": none
  // The label that is read at a token of [begin, begin + count), which lie in one document: its class, and the token as
  // counted in the shard.
  struct LabelledToken {
    int32_t label;
    uint64_t token;
  };
  std::optional<LabelledToken> label_within(uint64_t begin, uint64_t count) const;
  // The image of the document that begins at token `begin`: [size, size, 3], as long as this object lives; empty for none.
  std::span<const uint8_t> image_at(uint64_t begin) const;
  uint64_t patches() const { return image_format_ ? image_format_->patches() : 0; }  // of each image
  // Tokens that stand for patches, kPatchToken each.
  uint64_t patch_tokens() const { return info_.images.value_or(0) * patches(); }

 private:
  NpyFile open(const std::string& name, std::vector<uint64_t> shape) const;
  const PackColumn* column(const std::string& name) const;
  void open_labels();
  void open_images();
  void open_notes();

  std::filesystem::path folder_;
  PackShard info_;
  uint64_t vocab_size_, files_;
  NpyFile tokens_, rows_;
  std::vector<NpyFile> mask_file_, source_file_;  // none or one
  std::vector<NpyFile> label_file_;               // none, or labels and their positions
  std::vector<NpyFile> image_file_;               // none, or which image each document has, and the images
  std::optional<PackImages> image_format_;
  std::vector<NpyFile> category_file_;  // none or one
  std::vector<NpyFile> meta_file_;      // none, or meta and where each begins
  std::span<const uint8_t> mask_;
};

class Pack {
 public:
  // Checks the manifest, every column's header and size, and that documents follow one another. It does not
  // read the tokens: ids are checked as they are given out, and verify() hashes everything.
  explicit Pack(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const PackManifest& manifest() const { return manifest_; }
  const std::vector<Shard>& shards() const { return shards_; }
  uint64_t tokens(const std::string& split) const;
  uint64_t text_bytes(const std::string& split) const;
  // Documents by the class of the decision head, from 0 up to the highest that occurs; empty where none has one.
  std::vector<uint64_t> label_counts(const std::string& split) const;
  const std::string& sha256() const {
    return sha256_;
  }  // of pack.json, which holds the SHA-256 of every column

  void verify() const;  // corrupt: a column whose SHA-256 is not the manifest's

 private:
  std::filesystem::path path_;
  PackManifest manifest_;
  std::string sha256_;
  std::vector<Shard> shards_;
};

}  // namespace bantam
