#include "data/pack.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "base/threads.h"
#include "data/shard_writer.h"
#include "formats/npy.h"
#include "text/unicode.h"

namespace bantam {
namespace {

constexpr size_t kBatchBytes = size_t{8} << 20;
constexpr size_t kBatchUnits = 4096;
constexpr size_t kBatchPixels = size_t{64} << 20;  // bytes of a batch's images
constexpr size_t kTokenPiece = size_t{1} << 20;
constexpr size_t kMostComplaints = 20;
constexpr size_t kMostNames = 1000;  // of categories and ignored keys that are counted by name

struct Complaint {
  std::string reason, message;
};

// What became of a unit: the tokens to write, or why there are none.
struct EncodedUnit {
  EncodedRow row;
  std::vector<Complaint> complaints;
  double draw = 1;  // below valid_fraction the document is held out
};

// Uniform in [0, 1), the same for the same content wherever it occurs.
double held_out_draw(std::span<const std::byte> content) {
  const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
  return RandomStream(hash_name(text), "held out").uniform(0);
}

// The text without the lines that are not UTF-8, each of which is complained about.
std::string valid_lines(std::string_view text, uint64_t line, const std::string& file,
                        std::vector<Complaint>& complaints) {
  std::string kept;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    try {
      require_utf8(text.substr(0, end), fmt::format("{}:{}", file, line));
      kept += text.substr(0, end);
    } catch (const RowError& error) {
      complaints.push_back({error.reason(), error.what()});
    }
    text.remove_prefix(end);
    ++line;
  }
  return kept;
}

// file: as messages name it.
EncodedUnit encode_unit(const TextUnit& unit, const PackOptions& options, const std::string& file, bool jsonl,
                        const std::filesystem::path& folder) {
  EncodedUnit result;
  const std::string where = fmt::format("{}:{}", file, unit.line);
  if (options.valid_fraction > 0) result.draw = held_out_draw(std::as_bytes(std::span(unit.text)));
  try {
    if (unit.line_too_long)
      throw RowError("line_too_long",
                     fmt::format("{}: is longer than {} bytes; raise --longest-line or split it", where,
                                 options.read.longest_line));
    if (jsonl) {
      result.row = encode_json_row(unit.text, options.format, where, folder);
    } else if (valid_utf8_prefix(unit.text) == unit.text.size()) {
      options.format.tokenizer.encode(unit.text, Special::none, result.row.tokens);
      result.row.text_bytes = unit.text.size();
    } else {
      const std::string kept = valid_lines(unit.text, unit.line, file, result.complaints);
      options.format.tokenizer.encode(kept, Special::none, result.row.tokens);
      result.row.text_bytes = kept.size();
    }
  } catch (const RowError& error) {
    result.row = {};
    result.complaints.push_back({error.reason(), error.what()});
  }
  return result;
}

// Adds to the count of a name that came from outside, without keeping any number of different ones.
void count_name(Counts& counts, const std::string& name) {
  const bool known = counts.by_name.contains(name) || counts.by_name.size() < kMostNames;
  counts.add(known ? name : "(other)");
}

class Packer {
 public:
  Packer(const PackOptions& options, const std::function<bool(const PackProgress&)>& progress)
      : options_(options), progress_(progress), folder_(options.out) {}

  PackResult run() {
    std::vector<std::vector<SourceFile>> files;
    for (const SourceSpec& spec : options_.sources) files.push_back(source_files(spec.path));
    for (const auto& list : files)
      for (const SourceFile& file : list) {
        std::error_code unknown;
        const uint64_t bytes = std::filesystem::file_size(file.path, unknown);
        if (!unknown) state_.bytes_total += bytes;
      }
    const RowFormat& format = options_.format;
    manifest_.tokenizer = {format.tokenizer.sha256(), format.tokenizer.vocab_size(), format.begin_token,
                           format.end_token};
    manifest_.learn = options_.format.learn;
    manifest_.context = options_.format.context;
    for (size_t i = 0; i < files.size(); ++i) pack_source(options_.sources[i], files[i]);
    require(state_.rows > 0, ErrorCode::invalid, "pack: nothing is left to pack; {}",
            complaints_.empty() ? "the sources hold no documents" : "the first reason: " + complaints_[0]);
    if (skipped_ != nullptr) skipped_->commit();
    write_file(folder_.staging() / "pack.json", manifest_text(manifest_));
    folder_.commit();
    return {std::move(manifest_), std::move(complaints_)};
  }

 private:
  void pack_source(const SourceSpec& spec, const std::vector<SourceFile>& files) {
    const auto folder_or_file = spec.path.has_filename() ? spec.path : spec.path.parent_path();
    source_ = {.name = folder_or_file.filename().string(), .weight = spec.weight, .licence = spec.licence};
    spec_ = &spec;
    files_in_source_ = files.size();
    for (const SourceFile& file : files) {
      state_.file = source_.name == file.name ? file.name : source_.name + "/" + file.name;
      source_.files.push_back({.name = file.name});
      const uint64_t skipped = source_.skipped.total(), bytes_before = state_.bytes_read;
      if (file_kind(file.path) == FileKind::npy)
        pack_tokens(file.path);
      else
        pack_text(file.path);
      if (source_.files.back().rows == 0 && source_.skipped.total() == skipped)
        complain({"empty_file", fmt::format("{}: holds no document", state_.file)});
      state_.bytes_read = bytes_before + source_.files.back().bytes;
      report();
    }
    for (auto& [split, shard] : shards_) manifest_.shards.push_back(shard->finish());
    shards_.clear();
    manifest_.sources.push_back(std::move(source_));
  }

  // While the threads tokenise one batch, one of them reads the next.
  void pack_text(const std::filesystem::path& path) {
    SourceReader reader(path, options_.read);
    const bool jsonl = file_kind(path) == FileKind::jsonl;
    const uint64_t bytes_before = state_.bytes_read;
    std::vector<TextUnit> units = read_batch(reader), next;
    while (!units.empty()) {
      std::vector<EncodedUnit> encoded(units.size());
      parallel_for(units.size() + 1, [&](size_t task) {
        if (task == 0)
          next = read_batch(reader);
        else
          encoded[task - 1] = encode_unit(units[task - 1], options_, state_.file, jsonl, path.parent_path());
      });
      for (size_t i = 0; i < units.size(); ++i) take(units[i], encoded[i], jsonl);
      units = std::move(next);
      state_.bytes_read = bytes_before + reader.file().file_position();
      report();
    }
    source_.files.back().bytes = reader.file().file_position();
    source_.files.back().sha256 = reader.sha256();
  }

  std::vector<TextUnit> read_batch(SourceReader& reader) const {
    std::vector<TextUnit> units;
    TextUnit unit;
    const auto& images = options_.format.images;
    const size_t most =
        images ? std::clamp<size_t>(kBatchPixels / static_cast<size_t>(images->bytes()), 16, kBatchUnits)
               : kBatchUnits;
    for (size_t bytes = 0; bytes < kBatchBytes && units.size() < most && reader.next(unit);) {
      bytes += unit.text.size();
      units.push_back(std::move(unit));
    }
    return units;
  }

  void take(const TextUnit& unit, const EncodedUnit& encoded, bool jsonl) {
    for (const Complaint& complaint : encoded.complaints) complain(complaint);
    const EncodedRow& row = encoded.row;
    if (!row.category.empty()) count_name(source_.categories, row.category);
    for (const std::string& key : row.ignored_fields) count_name(source_.ignored_fields, key);
    if (unit.begins) shard_ = nullptr;
    if (!row.tokens.empty()) {
      if (shard_ == nullptr) {
        begin_document(encoded.draw);
        if (!jsonl) append_token(options_.format.begin_token);
      }
      append(row.tokens, row.mask);
      document_bytes_ += row.text_bytes;
      document_label_ = row.label;
      document_pixels_ = row.pixels;
    }
    if (!unit.ends || shard_ == nullptr) return;
    if (!jsonl) append_token(options_.format.end_token);
    end_document();
  }

  // Tokens made elsewhere. A document ends with the end token, where the tokenizer has one, or with the file.
  void pack_tokens(const std::filesystem::path& path) {
    const NpyFile file(path);
    require(file.shape().size() == 1, ErrorCode::invalid, "{}: has {} dimensions; want one row of token ids",
            path.string(), file.shape().size());
    switch (file.dtype()) {
      case StoredDtype::u16:
        take_tokens(file.values<uint16_t>(), path);
        break;
      case StoredDtype::u32:
        take_tokens(file.values<uint32_t>(), path);
        break;
      case StoredDtype::i32:
        take_tokens(file.values<int32_t>(), path);
        break;
      case StoredDtype::i64:
        take_tokens(file.values<int64_t>(), path);
        break;
      case StoredDtype::u64:
        take_tokens(file.values<uint64_t>(), path);
        break;
      default:
        fail(ErrorCode::invalid, "{}: holds {}; want token ids as uint16, uint32, int32 or int64",
             path.string(), info(file.dtype()).name);
    }
    source_.files.back().bytes = std::filesystem::file_size(path);
    source_.files.back().sha256 = sha256_file(path);
  }

  template <class T>
  void take_tokens(std::span<const T> ids, const std::filesystem::path& path) {
    std::vector<int32_t> piece;
    shard_ = nullptr;
    for (size_t i = 0; i < ids.size(); ++i) {
      require(
          std::in_range<uint32_t>(ids[i]) && static_cast<uint64_t>(ids[i]) < manifest_.tokenizer.vocab_size,
          ErrorCode::invalid, "{}: token {} is {}; the tokenizer's ids are below {}", path.string(), i,
          ids[i], manifest_.tokenizer.vocab_size);
      piece.push_back(static_cast<int32_t>(ids[i]));
      const bool ends = i + 1 == ids.size() || piece.back() == options_.format.end_token;
      if (!ends && piece.size() < kTokenPiece) continue;
      if (shard_ == nullptr) begin_document(held_out_draw(std::as_bytes(std::span(piece))));
      append(piece, {});
      piece.clear();
      if (ends) end_document();
    }
  }

  void begin_document(double draw) {
    const std::string split = draw < options_.valid_fraction ? "valid" : spec_->split;
    auto& shard = shards_[split];
    if (shard == nullptr)
      shard = std::make_unique<ShardWriter>(
          folder_.staging(),
          PackShard{.folder = fmt::format("{}-{:05}", split, shard_numbers_[split]++),
                    .split = split,
                    .source = manifest_.sources.size()},
          manifest_.tokenizer.vocab_size, files_in_source_, options_.format.images);
    shard_ = shard.get();
    document_bytes_ = 0;
    document_label_.reset();
    document_pixels_ = {};
  }

  void append(std::span<const int32_t> tokens, std::span<const uint8_t> mask) {
    shard_->append(tokens, mask);
    state_.tokens += tokens.size();
    source_.files.back().tokens += tokens.size();
  }

  void append_token(std::optional<int> token) {
    if (token) append(std::span<const int32_t>(&*token, 1), {});
  }

  void end_document() {
    shard_->end_document(source_.files.size() - 1, document_bytes_, document_label_, document_pixels_);
    if (!document_pixels_.empty()) manifest_.images = options_.format.images;
    source_.files.back().text_bytes += document_bytes_;
    ++source_.files.back().rows;
    ++state_.rows;
    const bool full = shard_->tokens() >= options_.shard_tokens;
    for (auto shard = shards_.begin(); full && shard != shards_.end(); ++shard)
      if (shard->second.get() == shard_) {
        manifest_.shards.push_back(shard_->finish());
        shards_.erase(shard);
        break;
      }
    shard_ = nullptr;
  }

  void complain(const Complaint& complaint) {
    if (!options_.skip_invalid)
      throw RowError(complaint.reason,
                     complaint.message + "; --skip-invalid leaves such rows out and counts them");
    source_.skipped.add(complaint.reason);
    ++state_.skipped;
    if (complaints_.size() < kMostComplaints) complaints_.push_back(complaint.message);
    if (skipped_ == nullptr) skipped_ = std::make_unique<AtomicFile>(folder_.staging() / "skipped.txt");
    skipped_->write(complaint.reason + " " + complaint.message + "\n");
  }

  void report() {
    if (progress_) require(progress_(state_), ErrorCode::cancelled, "pack: interrupted; nothing was written");
  }

  const PackOptions& options_;
  const std::function<bool(const PackProgress&)>& progress_;
  AtomicFolder folder_;
  PackManifest manifest_;
  PackProgress state_;
  std::vector<std::string> complaints_;
  std::unique_ptr<AtomicFile> skipped_;  // every complaint, a line each

  const SourceSpec* spec_ = nullptr;
  PackSource source_;
  size_t files_in_source_ = 0;
  std::map<std::string, std::unique_ptr<ShardWriter>> shards_;  // open, by split
  std::map<std::string, int> shard_numbers_;
  ShardWriter* shard_ = nullptr;  // of the document under way; null before its first token
  uint64_t document_bytes_ = 0;
  std::optional<DocumentLabel> document_label_;
  std::span<const uint8_t> document_pixels_;  // of the unit that is being taken
};

// The folder is replaced as a whole, so it must hold nothing but a pack.
void check_out(const PackOptions& options) {
  namespace fs = std::filesystem;
  const bool replaceable = !fs::exists(options.out) || fs::exists(options.out / "pack.json") ||
                           (fs::is_directory(options.out) && fs::is_empty(options.out));
  require(replaceable, ErrorCode::usage,
          "{}: exists and is not a pack; packing replaces the whole folder, so name another",
          options.out.string());
  const fs::path out = fs::weakly_canonical(options.out);
  for (const SourceSpec& spec : options.sources) {
    const fs::path source = fs::weakly_canonical(spec.path);
    const auto [end, ignored] = std::mismatch(out.begin(), out.end(), source.begin(), source.end());
    require(end != out.end(), ErrorCode::usage,
            "{}: lies inside {}, which packing replaces; name another folder", spec.path.string(),
            options.out.string());
  }
}

void check_options(const PackOptions& options) {
  require(!options.sources.empty(), ErrorCode::usage, "pack: has no sources");
  for (const char* split : {"train", "valid"}) {
    size_t sources = 0, weighted = 0;
    for (const SourceSpec& spec : options.sources) {
      require(spec.split == "train" || spec.split == "valid", ErrorCode::usage,
              "{}: the split \"{}\" is neither train nor valid", spec.path.string(), spec.split);
      require(!spec.weight || (*spec.weight > 0 && *spec.weight <= 1e9), ErrorCode::usage,
              "{}: the weight {} is not above 0", spec.path.string(), spec.weight.value_or(0));
      if (spec.split != split) continue;
      ++sources;
      weighted += spec.weight.has_value();
    }
    require(weighted == 0 || weighted == sources, ErrorCode::usage,
            "pack: {} of the {} {} sources have weights; a weight is a share of the mixture, so give one to "
            "all or to none (then their sizes are the shares)",
            weighted, sources, split);
  }
  require(options.valid_fraction >= 0 && options.valid_fraction < 1, ErrorCode::usage,
          "pack: the valid fraction {} is not from 0 to below 1", options.valid_fraction);
}

}  // namespace

SourceSpec parse_source(const std::string& text) {
  SourceSpec spec{.path = text};
  std::string rest = text;
  const auto last_part = [&]() -> std::string {
    const size_t colon = rest.rfind(':');
    return colon == std::string::npos || colon == 0 ? "" : rest.substr(colon + 1);
  };
  const auto drop_part = [&] { rest.erase(rest.rfind(':')); };
  if (const std::string split = last_part(); split == "train" || split == "valid") {
    spec.split = split;
    drop_part();
  }
  const std::string weight = last_part();
  double value = 0;
  const auto [end, error] = std::from_chars(weight.data(), weight.data() + weight.size(), value);
  if (!weight.empty() && error == std::errc() && end == weight.data() + weight.size()) {
    require(value > 0 && value <= 1e9, ErrorCode::usage, "{}: the weight {} is not above 0", text, weight);
    spec.weight = value;
    drop_part();
  }
  require(!rest.empty(), ErrorCode::usage, "\"{}\": names no file; want PATH[:WEIGHT[:train|valid]]", text);
  spec.path = rest;
  return spec;
}

PackResult write_pack(const PackOptions& options, const std::function<bool(const PackProgress&)>& progress) {
  check_options(options);
  check_out(options);
  return Packer(options, progress).run();
}

}  // namespace bantam
