// pack.json: what a pack is made of. A pack is a folder with this file and shards, each a folder of .npy
// columns:
//
//   tokens.npy     uint16 or uint32 [tokens]   the documents' tokens, one document after another
//   rows.npy       uint64 [rows + 1]           where each document begins, then the number of tokens
//   loss_mask.npy  uint8 [tokens]              1 where a token is to be predicted; absent: all are
//   source.npy     uint16 or uint32 [rows]     the document's file, an index into `files`; absent: 0
//   labels.npy     int32 [rows]                the document's class for the decision head, -1 for none; absent: none has one
//   label_positions.npy  uint32 [rows]         beside labels.npy: the token, counted from the document's first, that the
//                                              class is read at; never the last one, which is only ever predicted
//   row_images.npy  int32 [rows]               the document's image, an index into images.npy; -1 for none; absent: none
//   images.npy     uint8 [images, size, size, 3]  beside row_images.npy: RGB. The first (size / patch_size)² tokens of a
//                                              document with an image are its patches: the token 0, which nobody reads;
//                                              neither they nor the token behind them are to be predicted
//   category.npy   uint16 [rows]               the document's category, an index from 1 into the shard's `categories`, 0
//                                              for none; absent: none has one
//   meta.npy       uint8 [bytes]               what rows gave as "meta", JSON, one document's after another's
//   meta_begins.npy  uint64 [rows + 1]         beside meta.npy: where each document's begins, then the number of bytes
//
// A shard belongs to one source and one split. A row is a whole document: it is cut to a training length when
// it is read, so one pack serves every context. Documents are isolated: none is ever seen from another.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"

namespace bantam {

inline constexpr int kPackVersion = 1;
inline constexpr size_t kMostCategories = 65535;  // of a shard
inline constexpr int32_t kMostLabels = 1 << 16;   // classes that a pack can tell apart

// What labels.npy and label_positions.npy say of one document.
struct DocumentLabel {
  int32_t label = -1;
  uint32_t position = 0;
};

// How images stand in a pack: squares of size × size pixels in patches of patch_size × patch_size, each a position.
struct PackImages {
  uint64_t size = 0, patch_size = 0;
  uint64_t patches() const { return size / patch_size * (size / patch_size); }
  uint64_t bytes() const { return size * size * 3; }
  bool operator==(const PackImages&) const = default;
};
inline constexpr int32_t kPatchToken = 0;  // stands in tokens.npy for a patch

// What of a conversation, or of a prompt and its completion, is to be predicted: what the assistant says and the
// completion, or every token, as in text.
enum class Learn : uint8_t { answers, everything };
inline std::vector<std::string> names(const Learn*) { return {"answers", "everything"}; }
inline std::string name_of(Learn learn) { return names(&learn)[static_cast<size_t>(learn)]; }

// Which documents are left out for an earlier one's sake (document_filter.h).
enum class Dedupe : uint8_t { none, exact, near };
inline std::vector<std::string> names(const Dedupe*) { return {"none", "exact", "near"}; }
inline std::string name_of(Dedupe dedupe) { return names(&dedupe)[static_cast<size_t>(dedupe)]; }

// How often something occurred, by name; a JSON object.
struct Counts {
  std::map<std::string, uint64_t> by_name = {};
  void add(const std::string& name, uint64_t count = 1) { by_name[name] += count; }
  uint64_t total() const;
};
void read_value(Counts& counts, const Json& json, const ConfigPath& path);
void write_value(const Counts& counts, Json& json);

struct PackTokenizer {
  std::string sha256;  // of the tokenizer's file
  uint64_t vocab_size = 0;
  std::optional<int> begin_token, end_token;  // put around each document of text
};

struct PackFile {
  std::string name = {};    // no folders but those below the source's own
  std::string sha256 = {};  // of the file as it is stored
  uint64_t bytes = 0, rows = 0, tokens = 0, text_bytes = 0;
};

struct PackSource {
  std::string name = {};
  std::optional<double> weight = {};  // its share among the sources of a split; absent: by size
  std::string licence = {};
  std::vector<PackFile> files = {};
  Counts categories = {};      // rows by their "category"
  Counts ignored_fields = {};  // keys of JSON rows that packing does not use
  Counts skipped = {};         // rows or lines that could not be packed, by reason
  std::optional<Counts> left_out =
      {};  // documents and questions that are not wanted, by reason; absent: none
};

struct PackColumn {
  std::string name = {}, sha256 = {};
  uint64_t bytes = 0;
};

struct PackShard {
  std::string folder = {}, split = {};
  uint64_t source = 0, rows = 0, tokens = 0, text_bytes = 0;
  std::optional<Counts> labels = {};    // documents by class ("0", "1", …); absent: none has one
  std::optional<uint64_t> images = {};  // documents with an image; absent: none has one
  std::optional<std::vector<std::string>> categories = {};  // what category.npy counts; absent with it
  std::vector<PackColumn> columns = {};
};

// A file of evaluation texts that the documents were held against.
struct PackEvaluation {
  std::string name = {}, sha256 = {};
  uint64_t texts = 0, too_short = 0;  // too_short: of fewer than 13 words, which nothing can be held against
};

// By what documents were left out; how many is in each source's `left_out`.
struct PackFilters {
  Dedupe dedupe = Dedupe::none;
  std::optional<double> similarity = {};  // of near-duplicates
  std::vector<PackEvaluation> evaluations = {};
  std::optional<Counts> listed = {};  // documents that were only listed
};

struct PackManifest {
  int format_version = kPackVersion;
  PackTokenizer tokenizer;
  Learn learn = Learn::answers;
  uint64_t context = 0;                   // chat rows were checked to fit it; 0: they were not
  std::optional<PackImages> images = {};  // absent where no document has one
  std::optional<PackFilters> filters = {};
  std::vector<PackSource> sources;
  std::vector<PackShard> shards;
};

// corrupt: broken JSON, unknown keys, counts that do not fit each other; unsupported: a later format_version.
PackManifest parse_manifest(std::string_view text, const std::string& where);
PackManifest read_manifest(const std::filesystem::path& pack);
std::string manifest_text(const PackManifest& manifest);

}  // namespace bantam
