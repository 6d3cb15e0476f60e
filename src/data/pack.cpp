#include "data/pack.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/disk.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/threads.h"
#include "data/encoded_unit.h"
#include "data/pack_journal.h"
#include "data/shard_writer.h"
#include "formats/npy.h"

namespace bantam {
namespace {

constexpr size_t kBatchBytes = size_t{8} << 20;
constexpr size_t kBatchUnits = 4096;
constexpr size_t kBatchPixels = size_t{64} << 20;  // bytes of a batch's images
constexpr size_t kTokenPiece = size_t{1} << 20;
constexpr size_t kMostComplaints = 20;
constexpr size_t kMostNames = 1000;  // of categories and ignored keys that are counted by name

// Adds to the count of a name that came from outside, without keeping any number of different ones.
void count_name(Counts& counts, const std::string& name) {
  const bool known = counts.by_name.contains(name) || counts.by_name.size() < kMostNames;
  counts.add(known ? name : "(other)");
}

class Packer {
 public:
  Packer(const PackOptions& options, const std::function<bool(const PackProgress&)>& progress)
      : options_(options), progress_(progress), folder_(options.out, AtomicFolder::Left::kept) {}

  PackResult run() {
    try {
      return pack_all();
    } catch (const Error& error) {
      // What can be put right outside, after which the same command goes on.
      const bool may_go_on = error.code() == ErrorCode::cancelled || error.code() == ErrorCode::io ||
                             error.code() == ErrorCode::out_of_memory;
      if (may_go_on && looked_ && journal_exists(folder_.staging())) keep_for_later();
      if (another_works_ || holds_earlier_work()) folder_.keep();
      throw;
    } catch (const std::filesystem::filesystem_error&) {
      if (holds_earlier_work()) folder_.keep();
      throw;
    }
  }

 private:
  PackResult pack_all() {
    const FolderLock lock = locked();
    for (const SourceSpec& spec : options_.sources) files_.push_back(source_files(spec.path));
    for (const auto& list : files_)
      for (const SourceFile& file : list) {
        std::error_code unknown;
        const uint64_t bytes = std::filesystem::file_size(file.path, unknown);
        if (!unknown) state_.bytes_total += bytes;
      }
    identity_ = pack_identity(options_, files_);
    const std::optional<PackJournal> journal = take_up_journal(folder_.staging(), identity_);
    looked_ = true;
    if (journal) take_up(*journal);
    const RowFormat& format = options_.format;
    manifest_.tokenizer = {format.tokenizer.sha256(), format.tokenizer.vocab_size(), format.begin_token,
                           format.end_token};
    manifest_.learn = options_.format.learn;
    manifest_.context = options_.format.context;
    judge_documents();
    for (size_t i = manifest_.sources.size(); i < files_.size(); ++i) pack_source(i);
    require(state_.rows > 0, ErrorCode::invalid, "pack: nothing is left to pack; {}",
            complaints_.empty() ? "the sources hold no documents" : "the first reason: " + complaints_[0]);
    if (skipped_ != nullptr) skipped_->commit();
    write_file(folder_.staging() / "pack.json", manifest_text(manifest_));
    sync_whole(folder_.staging());  // what may fail comes before the journal goes
    remove_journal(folder_.staging());
    remove_whole(folder_.staging() / ".lock");
    folder_.commit();
    return {std::move(manifest_), std::move(complaints_), resumed_shards_};
  }

  FolderLock locked() {
    try {
      return FolderLock(folder_.staging());
    } catch (const Error& error) {
      another_works_ = error.code() == ErrorCode::usage;
      throw;
    }
  }

  // The list of what was skipped would go with its writer.
  void keep_for_later() {
    folder_.keep();
    if (skipped_ == nullptr) return;
    const std::filesystem::path path = folder_.staging() / "skipped.txt.partial";
    const std::filesystem::path aside = folder_.staging() / "skipped.txt.kept";
    std::error_code failed;
    std::filesystem::rename(path, aside, failed);
    skipped_.reset();
    std::filesystem::rename(aside, path, failed);
  }

  // Of an earlier run of this command, at which this one has not looked yet.
  bool holds_earlier_work() const { return !looked_ && journal_exists(folder_.staging()); }

  // Where an interrupted run had whole shards, and what it had counted till then.
  void take_up(const PackJournal& journal) {
    manifest_ = journal.manifest;
    source_ = std::move(manifest_.sources.back());
    manifest_.sources.pop_back();
    resumed_ = journal;
    complaints_ = journal.complaints;
    journaled_shards_ = resumed_shards_ = manifest_.shards.size();
    for (const PackShard& shard : manifest_.shards) {
      ++shard_numbers_[shard.split];
      state_.rows += shard.rows;
      state_.tokens += shard.tokens;
    }
    for (const PackSource& source : manifest_.sources)
      for (const PackFile& file : source.files) packed_before_ += file.bytes;
    state_.bytes_read = packed_before_;
    if (journal.skipped_bytes > 0) take_up_skipped(journal.skipped_bytes);
  }

  // Where the disk is still full, the list stays as it was.
  void take_up_skipped(uint64_t bytes) {
    const std::filesystem::path path = folder_.staging() / "skipped.txt";
    const std::filesystem::path partial = path.string() + ".partial", aside = path.string() + ".kept";
    const std::string before = read_file(partial).substr(0, bytes);
    rename_path(partial, aside);
    try {
      skipped_ = std::make_unique<AtomicFile>(path);
      skipped_->write(before);
    } catch (const Error&) {
      skipped_.reset();
      rename_path(aside, partial);
      throw;
    }
    remove_whole(aside);
  }

  // Which documents are left out, in a pass of its own; the list of them is filtered.txt.
  void judge_documents() {
    for (const auto& list : files_) verdicts_.emplace_back(list.size());
    if (!options_.filter.any()) return;
    DocumentFilter filter(options_.filter, options_.format, options_.read);
    state_.doing = "comparing texts";
    state_.bytes_read = 0;
    std::string list;
    for (size_t i = 0; i < files_.size(); ++i)
      for (size_t j = 0; j < files_[i].size(); ++j) {
        const std::string name = shown_name(options_.sources[i], files_[i][j]);
        require(std::filesystem::is_regular_file(files_[i][j].path), ErrorCode::usage,
                "{}: is no file that can be read twice; texts are compared in a pass of their own",
                files_[i][j].path.string());
        const uint64_t before = state_.bytes_read;
        verdicts_[i][j] = filter.judge(files_[i][j].path, name, [&](uint64_t bytes) {
          state_.bytes_read = before + bytes;
          report();
        });
        state_.bytes_read = before + std::filesystem::file_size(files_[i][j].path);
        for (const Verdict& verdict : verdicts_[i][j])
          list += fmt::format("{} {} {}\n", verdict.dropped ? "dropped" : "listed", verdict.reason,
                              verdict.message);
      }
    write_file(folder_.staging() / "filtered.txt", list);
    manifest_.filters = filter.report();
    state_.doing = "packing";
    state_.bytes_read = packed_before_;
  }

  static std::string source_name(const SourceSpec& spec) {
    return (spec.path.has_filename() ? spec.path : spec.path.parent_path()).filename().string();
  }
  static std::string shown_name(const SourceSpec& spec, const SourceFile& file) {
    const std::string source = source_name(spec);
    return source == file.name ? file.name : source + "/" + file.name;
  }

  void pack_source(size_t number) {
    spec_ = &options_.sources[number];
    const std::vector<SourceFile>& files = files_[number];
    if (!resumed_)
      source_ = {.name = source_name(*spec_), .weight = spec_->weight, .licence = spec_->licence};
    files_in_source_ = files.size();
    for (size_t i = 0; i < files.size(); ++i) {
      const SourceFile& file = files[i];
      if (resumed_ && i < resumed_->file) {
        state_.bytes_read += source_.files[i].bytes;
        continue;
      }
      state_.file = shown_name(*spec_, file);
      const uint64_t taken = resumed_ ? resumed_->units : 0;
      if (!resumed_) source_.files.push_back({.name = file.name});
      resumed_.reset();
      const uint64_t without = not_packed(), bytes_before = state_.bytes_read;
      set_category(file);
      if (file_kind(file.path) == FileKind::npy)
        pack_tokens(file.path, taken);
      else
        pack_text(file.path, std::move(verdicts_[number][i]), taken);
      if (source_.files.back().rows == 0 && not_packed() == without)
        complain({"empty_file", fmt::format("{}: holds no document", state_.file)});
      state_.bytes_read = bytes_before + source_.files.back().bytes;
      report();
    }
    end_shards();
    manifest_.sources.push_back(std::move(source_));
  }

  void set_category(const SourceFile& file) {
    file_category_ = options_.category_from_folder ? category_of_folder(spec_->path, file) : "";
    try {
      options_.format.category_token(file_category_);
    } catch (const Error& error) {
      fail(ErrorCode::invalid, "{}: --category-from-folder: {}", state_.file, error.what());
    }
  }

  uint64_t not_packed() const {
    return source_.skipped.total() + (source_.left_out ? source_.left_out->total() : 0);
  }

  // While the threads tokenise one batch, one of them reads the next.
  void pack_text(const std::filesystem::path& path, Verdicts verdicts, uint64_t taken) {
    SourceReader reader(path, options_.read);
    const UnitSource source{state_.file, file_category_, path.parent_path(), has_rows(reader.kind()),
                            std::move(verdicts)};
    const auto& images = options_.format.images;
    const size_t most =
        images ? std::clamp<size_t>(kBatchPixels / static_cast<size_t>(images->bytes()), 16, kBatchUnits)
               : kBatchUnits;
    const uint64_t bytes_before = state_.bytes_read;
    units_taken_ = 0;
    for (TextUnit unit; units_taken_ < taken; ++units_taken_) {
      require(reader.next(unit), ErrorCode::invalid, "{}: has become shorter while it was packed",
              path.string());
      if (units_taken_ % kBatchUnits == 0) report();
    }
    std::vector<TextUnit> units = read_units(reader, kBatchBytes, most), next;
    while (!units.empty()) {
      std::vector<EncodedUnit> encoded(units.size());
      parallel_for(units.size() + 1, [&](size_t task) {
        if (task == 0)
          next = read_units(reader, kBatchBytes, most);
        else
          encoded[task - 1] = encode_unit(units[task - 1], options_, source);
      });
      for (size_t i = 0; i < units.size(); ++i) {
        take(units[i], encoded[i], source.rows);
        encoded[i] = {};
      }
      units = std::move(next);
      state_.bytes_read = bytes_before + reader.file().file_position();
      report();
    }
    source_.files.back().bytes = reader.file().file_position();
    source_.files.back().sha256 = reader.sha256();
  }

  void take(const TextUnit& unit, const EncodedUnit& encoded, bool rows) {
    for (const Complaint& complaint : encoded.complaints) complain(complaint);
    for (const auto& [reason, count] : encoded.left_out.by_name) {
      if (!source_.left_out) source_.left_out.emplace();
      source_.left_out->add(reason, count);
    }
    if (unit.begins) shard_ = nullptr;
    for (const EncodedRow& row : encoded.rows) {
      for (const std::string& key : row.ignored_fields) count_name(source_.ignored_fields, key);
      if (row.tokens.empty()) continue;
      if (shard_ == nullptr) {
        begin_document(encoded.draw);
        if (!rows) append_token(options_.format.begin_token);
        if (!rows) append_token(options_.format.category_token(row.category));
      }
      append(row.tokens, row.mask);
      document_bytes_ += row.text_bytes;
      document_label_ = row.label;
      document_pixels_ = row.pixels;
      document_category_ = row.category;
      document_meta_ = row.meta;
      if (rows) end_document();
    }
    if (!rows && unit.ends && shard_ != nullptr) {
      append_token(options_.format.end_token);
      end_document();
    }
    ++units_taken_;
    if (shard_ == nullptr) end_full_shards();
  }

  // Tokens made elsewhere. A document ends with the end token, where the tokenizer has one, or with the file.
  void pack_tokens(const std::filesystem::path& path, uint64_t taken) {
    units_taken_ = taken;
    const NpyFile file(path);
    require(file.shape().size() == 1, ErrorCode::invalid, "{}: has {} dimensions; want one row of token ids",
            path.string(), file.shape().size());
    switch (file.dtype()) {
      case StoredDtype::u16:
        take_tokens(file.values<uint16_t>(), path, taken);
        break;
      case StoredDtype::u32:
        take_tokens(file.values<uint32_t>(), path, taken);
        break;
      case StoredDtype::i32:
        take_tokens(file.values<int32_t>(), path, taken);
        break;
      case StoredDtype::i64:
        take_tokens(file.values<int64_t>(), path, taken);
        break;
      case StoredDtype::u64:
        take_tokens(file.values<uint64_t>(), path, taken);
        break;
      default:
        fail(ErrorCode::invalid, "{}: holds {}; want token ids as uint16, uint32, int32 or int64",
             path.string(), info(file.dtype()).name);
    }
    source_.files.back().bytes = std::filesystem::file_size(path);
    source_.files.back().sha256 = sha256_file(path);
  }

  template <class T>
  void take_tokens(std::span<const T> ids, const std::filesystem::path& path, uint64_t taken) {
    std::vector<int32_t> piece;
    shard_ = nullptr;
    for (size_t i = taken; i < ids.size(); ++i) {
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
      if (!ends) continue;
      document_category_ = file_category_;
      end_document();
      units_taken_ = i + 1;
      end_full_shards();
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
    shard_->describe(document_category_, document_meta_);
    if (!document_category_.empty()) count_name(source_.categories, document_category_);
    if (!document_pixels_.empty()) manifest_.images = options_.format.images;
    shard_->end_document(source_.files.size() - 1, document_bytes_, document_label_, document_pixels_);
    document_pixels_ = {};
    document_category_.clear();
    document_meta_.clear();
    source_.files.back().text_bytes += document_bytes_;
    ++source_.files.back().rows;
    ++state_.rows;
    shard_ = nullptr;
  }

  void end_shards() {
    for (auto& [split, shard] : shards_) manifest_.shards.push_back(shard->finish());
    shards_.clear();
  }

  // Once a shard is full, all that are open end: a moment at which everything is in whole shards, and from which an
  // interrupted run goes on.
  void end_full_shards() {
    const auto is_full = [&](const auto& open) { return open.second->tokens() >= options_.shard_tokens; };
    if (std::none_of(shards_.begin(), shards_.end(), is_full)) return;
    end_shards();
    if (identity_.empty()) return;
    PackJournal journal{manifest_,
                        manifest_.sources.size(),
                        source_.files.size() - 1,
                        units_taken_,
                        complaints_,
                        skipped_ == nullptr ? 0 : skipped_->size()};
    journal.manifest.sources.push_back(source_);
    write_journal(folder_.staging(), identity_, journal);
    journaled_shards_ = manifest_.shards.size();
    report();  // where shards are small, the time goes here
  }

  void complain(const Complaint& complaint) {
    if (!options_.skip_invalid)
      throw RowError(
          complaint.reason,
          complaint.message +
              "; --skip-invalid (data.skip_invalid in a recipe) leaves such rows out and counts them");
    source_.skipped.add(complaint.reason);
    ++state_.skipped;
    if (complaints_.size() < kMostComplaints) complaints_.push_back(complaint.message);
    if (skipped_ == nullptr) skipped_ = std::make_unique<AtomicFile>(folder_.staging() / "skipped.txt");
    skipped_->write(complaint.reason + " " + complaint.message + "\n");
  }

  void report() {
    if (!progress_ || progress_(state_)) return;
    fail(ErrorCode::cancelled, "pack: interrupted; {}",
         journaled_shards_ == 0
             ? "nothing was written"
             : fmt::format("{} whole shards are kept at {}, and the same command goes on from them",
                           journaled_shards_, folder_.staging().string()));
  }

  const PackOptions& options_;
  const std::function<bool(const PackProgress&)>& progress_;
  AtomicFolder folder_;
  std::vector<std::vector<SourceFile>> files_;   // by source
  std::vector<std::vector<Verdicts>> verdicts_;  // by source and file
  std::string identity_;                         // what a run that goes on must be alike in; empty: none can
  std::optional<PackJournal> resumed_;           // until its place is reached
  uint64_t journaled_shards_ = 0, resumed_shards_ = 0, packed_before_ = 0;
  bool another_works_ = false, looked_ = false;  // looked_: at what an earlier run left
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
  std::string document_category_, document_meta_, file_category_;
  uint64_t units_taken_ = 0;  // of the file under way; of .npy files, tokens
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
              "{}: the weight {} is not above 0 and at most 1e9", spec.path.string(), spec.weight.value_or(0));
      if (spec.split != split) continue;
      ++sources;
      weighted += spec.weight.has_value();
    }
    require(weighted == 0 || weighted == sources, ErrorCode::usage,
            "pack: {} of the {} {} sources have weights; a weight is a share of the mixture, so give one to "
            "all or to none (then their sizes are the shares)",
            weighted, sources, split);
  }
  for (const SourceSpec& spec : options.sources)
    require(!options.filter.any() || spec.path != "-", ErrorCode::usage,
            "pack: standard input can be read once only; texts are compared in a pass of their own, so "
            "write it to a file");
  for (const SourceSpec& learnt : options.sources)
    for (const SourceSpec& measured : options.sources)
      if (learnt.split == "train" && measured.split == "valid" && learnt.path == measured.path)
        log_warning("{}: is in train and in valid: what is measured on it has been learnt", learnt.path.string());
  require(options.filter.similarity > 0 && options.filter.similarity <= 1, ErrorCode::usage,
          "pack: the similarity {} is not above 0 and at most 1", options.filter.similarity);
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
  if (!weight.empty() && error != std::errc::invalid_argument && end == weight.data() + weight.size()) {
    require(error == std::errc() && value > 0 && value <= 1e9, ErrorCode::usage,
            "{}: the weight {} is not above 0 and at most 1e9", text, weight);
    spec.weight = value;
    drop_part();
  }
  require(!rest.empty(), ErrorCode::usage, "\"{}\": names no file; want PATH[:WEIGHT][:train|valid]", text);
  spec.path = rest;
  return spec;
}

PackResult write_pack(const PackOptions& options, const std::function<bool(const PackProgress&)>& progress) {
  check_options(options);
  check_out(options);
  return Packer(options, progress).run();
}

}  // namespace bantam
