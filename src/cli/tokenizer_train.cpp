// bantam tokenizer train: texts, compressed or not, and JSONL rows to a tokenizer of one of three kinds.
#include "cli/tokenizer_train.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/json.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/threads.h"
#include "cli/run_folder.h"
#include "cli/size_option.h"
#include "data/row_shapes.h"
#include "data/source_reader.h"
#include "formats/compressed.h"
#include "model/config.h"
#include "model/family/escarda_card.h"
#include "model/family/vuaf_card.h"
#include "model/presets.h"
#include "text/length_max_trainer.h"
#include "text/sentencepiece_trainer.h"
#include "text/trainer.h"

namespace bantam::cli {
namespace {

constexpr size_t kLongestRow = size_t{64} << 20;
constexpr int kMostValues = 1 << 20;  // of one option

struct TrainOptions {
  std::vector<std::string> inputs;
  std::string kind = "bpe", split = "gpt2", sequences = "lines", normalization = "identity", out;
  BpeTrainerOptions bpe;
  SentencePieceTrainerOptions sentencepiece;
  LengthMaxTrainerOptions length_max;
  std::string preset;
  size_t vocab_size = 0;
  std::vector<std::string> special;
  uint64_t memory_bytes = 0;  // 0: the kind's own
  uint64_t max_token_length = 0;
  int threads = 0;
  bool json = false;
};

void check_interrupt() {
  if (interrupted()) fail(ErrorCode::cancelled, "tokenizer training: interrupted; nothing was written");
}

// The texts of a row: "text", what is said in "messages", and prompts with their answers.
void add_shaped_row(const Json& row, const std::string& where, TextSink& trainer) {
  bool found = false;
  const auto add = [&](const Json& holder, const char* key) {
    const auto text = holder.find(key);
    if (text == holder.end()) return;
    require(text->is_string(), ErrorCode::invalid, "{}: \"{}\" is {}; want a string", where, key,
            text->type_name());
    trainer.add(text->get_ref<const std::string&>());
    trainer.end_text();
    found = true;
  };
  for (const char* key : {"text", "prompt", "completion", "chosen", "rejected"}) add(row, key);
  if (const auto messages = row.find("messages"); messages != row.end()) {
    require(messages->is_array(), ErrorCode::invalid, "{}: \"messages\" is {}; want an array", where,
            messages->type_name());
    for (const Json& message : *messages) {
      require(message.is_object(), ErrorCode::invalid, "{}: a message is {}; want an object", where,
              message.type_name());
      add(message, "content");
    }
  }
  require(found, ErrorCode::invalid,
          "{}: has neither \"text\" nor \"messages\", \"prompt\" or \"completion\"", where);
}

void add_row(std::string_view line, const std::string& where, TextSink& trainer) {
  const Json row = parse_json(line, where);
  require(row.is_object(), ErrorCode::invalid, "{}: is {}; want an object with \"text\" or \"messages\"",
          where, row.type_name());
  Counts unanswered;
  for_each_row(row, where, "prompt", unanswered,
               [&](const Json& shaped, const std::string& here) { add_shaped_row(shaped, here, trainer); });
}

}  // namespace

void add_training_file(const std::string& path, TextSink& trainer) {
  SourceReader source(path, {.longest_line = kLongestRow});
  CompressedReader& reader = source.file();
  Progress progress("reading " + path, reader.file_bytes(), Progress::Unit::bytes);
  if (has_rows(source.kind())) {
    for (TextUnit row; source.next(row);) {
      const std::string where = fmt::format("{}:{}", path, row.line);
      require(!row.line_too_long, ErrorCode::invalid, "{}: the row is longer than {} bytes", where,
              kLongestRow);
      add_row(row.text, where, trainer);
      progress.at(reader.file_position());
      check_interrupt();
    }
    return;
  }
  std::string block(size_t{1} << 20, '\0');
  while (const size_t got = reader.read(block)) {
    trainer.add(std::string_view(block).substr(0, got));
    progress.at(reader.file_position());
    check_interrupt();
  }
  trainer.end_text();
}

namespace {

std::string merges_text(const TokenizerDefinition& definition) {
  std::string text;
  for (const auto& [left, right] : definition.merges)
    text += definition.vocab[left] + " " + definition.vocab[right] + "\n";
  return text;
}

// What came of a training, and how it is told.
struct Trained {
  Tokenizer tokenizer;
  uint64_t bytes, replaced;
  Json details;      // for --json, beside what all kinds have
  std::string from;  // "(12 words, 3 distinct)"
  double read_seconds, learn_seconds;
};

// Reads all input, then learns from it.
template <class Trainer, class Learn>
std::pair<double, double> run(const TrainOptions& options, Trainer& trainer,
                              uint64_t (*bytes)(const Trainer&), const Learn& learn) {
  const Clock::time_point start = Clock::now();
  for (const std::string& input : options.inputs) add_training_file(input, trainer);
  require(bytes(trainer) > 0, ErrorCode::invalid, "tokenizer training: the input is empty; want text");
  const double read_seconds = seconds_since(start);
  learn();
  return {read_seconds, seconds_since(start) - read_seconds};
}

Trained train_bpe(TrainOptions& options) {
  BpeTrainerOptions& o = options.bpe;
  o.vocab_size = options.vocab_size;
  o.special = options.special;
  o.split = *split_named(options.split);
  o.sequences = options.sequences == "whole" ? Sequences::whole : Sequences::lines;
  o.max_token_length = options.max_token_length;
  if (options.memory_bytes > 0) o.memory_bytes = options.memory_bytes;
  const char* temporary = std::getenv("TMPDIR");
  o.scratch_folder = temporary ? std::filesystem::path(temporary) : std::filesystem::absolute(options.out);
  BpeTrainer trainer(o);
  std::optional<Tokenizer> tokenizer;
  const auto bytes = [](const BpeTrainer& t) { return t.bytes(); };
  const auto [read, learn] = run<BpeTrainer>(options, trainer, bytes, [&] {
    Progress progress("learning merges", options.vocab_size);
    tokenizer = trainer.train([&](size_t tokens, size_t) {
      progress.at(tokens);
      check_interrupt();
    });
  });
  const WordCounts& words = trainer.words();
  const uint64_t left_out = words.distinct().words - words.kept().words;
  if (left_out > 0)
    log_warning(
        "the distinct words outgrew --memory: {} of {}, seen at most {} times each, were not learned from, "
        "so merges may differ from those of a run with more memory",
        grouped(left_out), grouped(words.distinct().words), words.left_out_at_most());
  return {*tokenizer,
          trainer.bytes(),
          trainer.replaced(),
          {{"merges", tokenizer->definition().merges.size()},
           {"words", words.occurrences()},
           {"distinct_words", words.distinct().words},
           {"left_out_words", left_out},
           {"spilled_bytes", words.spilled_bytes()}},
          fmt::format("{} words, {} distinct", grouped(words.occurrences()), grouped(words.distinct().words)),
          read,
          learn};
}

template <class Trainer, class Learn>
Trained train_from_sample(const TrainOptions& options, Trainer& trainer, const Learn& learn) {
  std::optional<Tokenizer> tokenizer;
  const auto bytes = [](const Trainer& t) { return t.sample().bytes(); };
  const auto [read, seconds] = run<Trainer>(options, trainer, bytes, [&] { tokenizer = learn(); });
  const TextSample& sample = trainer.sample();
  const auto kept = bytes_text(static_cast<double>(sample.kept_bytes()));
  if (sample.kept_bytes() < sample.bytes() / 4 * 3)
    log_note("learned from {} of the text, taken evenly; --memory allows more", kept);
  return {*tokenizer,
          sample.bytes(),
          sample.replaced(),
          {{"learned_from_bytes", sample.kept_bytes()}},
          "learned from " + kept,
          read,
          seconds};
}

Trained train_sentencepiece(TrainOptions& options) {
  SentencePieceTrainerOptions& o = options.sentencepiece;
  o.vocab_size = options.vocab_size;
  o.special = options.special;
  o.nmt_nfkc = options.normalization == "nmt_nfkc";
  if (options.memory_bytes > 0) o.memory_bytes = options.memory_bytes;
  SentencePieceTrainer trainer(o);
  return train_from_sample(options, trainer, [&] { return trainer.train(); });
}

Trained train_length_max(TrainOptions& options) {
  LengthMaxTrainerOptions& o = options.length_max;
  o.vocab_size = options.vocab_size;
  if (!options.special.empty()) o.special = options.special;
  if (options.max_token_length > 0) o.max_token_bytes = options.max_token_length;
  if (options.memory_bytes > 0) o.memory_bytes = options.memory_bytes;
  LengthMaxTrainer trainer(o);
  return train_from_sample(options, trainer, [&] {
    Progress progress("learning pieces", options.vocab_size);
    return trainer.train([&](size_t tokens, size_t) {
      progress.at(tokens);
      check_interrupt();
    });
  });
}

void report(const TrainOptions& options, const Trained& trained) {
  const Tokenizer& tokenizer = trained.tokenizer;
  if (trained.replaced > 0)
    log_warning("{} invalid pieces of UTF-8 were read as U+FFFD", grouped(trained.replaced));
  if (tokenizer.vocab_size() < options.vocab_size)
    log_warning("the text gave {} of the {} tokens asked for; nothing further was frequent enough",
                grouped(tokenizer.vocab_size()), grouped(options.vocab_size));
  if (options.json) {
    Json result = {{"out", options.out},
                   {"kind", tokenizer.model().kind()},
                   {"vocab_size", tokenizer.vocab_size()},
                   {"sha256", tokenizer.sha256()},
                   {"bytes", trained.bytes},
                   {"replaced_utf8", trained.replaced}};
    result.update(trained.details);
    result["read_seconds"] = trained.read_seconds;
    result["learn_seconds"] = trained.learn_seconds;
    fmt::print("{}", dump_json(result));
    return;
  }
  fmt::print("{}: {} tokens from {} of text ({}); read in {:.2f} s, learned in {:.2f} s\n",
             (std::filesystem::path(options.out) / tokenizer.model().file_name()).string(),
             grouped(tokenizer.vocab_size()), bytes_text(static_cast<double>(trained.bytes)), trained.from,
             trained.read_seconds, trained.learn_seconds);
}

void train(TrainOptions options) {
  if (options.threads > 0) set_thread_count(options.threads);
  const InterruptScope interrupt;
  const Trained trained = options.kind == "bpe"             ? train_bpe(options)
                          : options.kind == "sentencepiece" ? train_sentencepiece(options)
                                                            : train_length_max(options);
  check_interrupt();
  const std::filesystem::path out = options.out;
  const auto write = [&](const std::filesystem::path& folder) {
    trained.tokenizer.save(folder);
    if (options.kind == "bpe") write_file(folder / "merges.txt", merges_text(trained.tokenizer.definition()));
  };
  if (std::filesystem::exists(out)) {
    write(out);  // beside what is there
  } else {
    AtomicFolder folder(out);
    write(folder.staging());
    folder.commit();
  }
  report(options, trained);
}

// A list of values taken as they stand: CLI11 reads "[INST]" as a list of its own where extra arguments are
// allowed.
CLI::Option* add_list(CLI::App& command, const char* name, std::vector<std::string>& values,
                      const char* what) {
  return command.add_option(name, values, what)->expected(1, kMostValues)->allow_extra_args(false);
}

// Options that say nothing to the kind that is trained are errors.
void check_kind(const CLI::App& command, const std::string& kind) {
  constexpr std::pair<const char*, std::string_view> kOnly[] = {{"--split", "bpe"},
                                                                {"--sequences", "bpe"},
                                                                {"--min-frequency", "bpe"},
                                                                {"--phrases", "length-max"},
                                                                {"--category", "sentencepiece"},
                                                                {"--normalization", "sentencepiece"},
                                                                {"--max-token-length", "bpe length-max"}};
  for (const auto& [option, kinds] : kOnly)
    require(command.count(option) == 0 || kinds.find(kind) != std::string_view::npos, ErrorCode::usage,
            "{}: is for --kind {}, not for {}", option, kinds, kind);
}

// What the options leave open, as the preset's model has it.
void apply_preset(const CLI::App& command, TrainOptions& options) {
  const Json model = expand_preset({{"preset", options.preset}}, "--preset");
  const auto among = [&](const std::vector<PresetInfo>& list) {
    return std::any_of(list.begin(), list.end(),
                       [&](const PresetInfo& info) { return info.name == model["name"]; });
  };
  if (command.count("--kind") == 0)
    options.kind = among(vuaf_presets()) ? "sentencepiece" : among(escarda_presets()) ? "length-max" : "bpe";
  if (options.vocab_size == 0) options.vocab_size = model["vocab"].get<size_t>();
  if (options.kind == "bpe" && options.special.empty()) options.special = special_tokens();
}

void add_kind_options(CLI::App& command, TrainOptions& options) {
  std::vector<std::string> splits;
  for (const std::string_view name : split_names()) splits.emplace_back(name);
  command.add_option("--split", options.split, "bpe: how text is cut into words")
      ->check(CLI::IsMember(splits))
      ->capture_default_str();
  command
      .add_option("--sequences", options.sequences, "bpe: whether words end at each line, or may span lines")
      ->check(CLI::IsMember({"lines", "whole"}))
      ->capture_default_str();
  command.add_option("--min-frequency", options.bpe.min_frequency, "bpe: merge only pairs seen this often")
      ->capture_default_str();
  command.add_option("--max-token-length", options.max_token_length,
                     "bpe: merged tokens have fewer bytes than this; length-max: at most so many (24)");
  command.add_flag("--phrases", options.length_max.phrases, "length-max: tokens may span words");
  add_list(command, "--category", options.sentencepiece.categories,
           "sentencepiece: a category of VUAF's prompts, once for each")
      ->default_str("chat code qa stories wiki");
  command
      .add_option("--normalization", options.normalization,
                  "sentencepiece: text as it is, or SentencePiece's own (NFKC, spaces squeezed)")
      ->check(CLI::IsMember({"identity", "nmt_nfkc"}))
      ->capture_default_str();
}

}  // namespace

void add_tokenizer_train(CLI::App& tokenizer_command) {
  static TrainOptions options;
  CLI::App* command = tokenizer_command.add_subcommand(
      "train",
      "Train a tokenizer: byte-level BPE with the merges that Hugging Face tokenizers would learn, "
      "SentencePiece BPE with VUAF's symbols, or longest match as Escarda has it");
  add_list(
      *command, "--input,input", options.inputs,
      "Text or JSONL files (.gz, .xz, .zst too), or - for standard input (rows where its first line is one)")
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->allow_extra_args()
      ->required();
  command->add_option("--kind", options.kind, "What is trained")
      ->check(CLI::IsMember({"bpe", "sentencepiece", "length-max"}))
      ->capture_default_str();
  command->add_option("--vocab-size", options.vocab_size, "Tokens, special ones and the 256 bytes included");
  command
      ->add_option("--preset", options.preset,
                   "The kind and size of tokenizer that a preset's model is made for, and its special tokens")
      ->type_name("PRESET");
  add_list(*command, "--special", options.special,
           "Special tokens; with bpe they get the first ids, with length-max the last (default: Escarda's), "
           "with sentencepiece those after VUAF's");
  add_kind_options(*command, options);
  add_size_option(
      *command, "--memory", options.memory_bytes,
      "bpe: bound of what training takes (512Mi; below 128Mi beside the program's own 20 MB): word counts "
      "beyond it go to disk, in TMPDIR or beside --out, and of more words than fit the rarest are not "
      "learned from; else of the text that is learned from (64Mi)");
  command->add_option("--threads", options.threads, "Threads; the result does not depend on them")
      ->check(CLI::PositiveNumber);
  command->add_option("--out", options.out, "Folder for the tokenizer's files")->required();
  command->add_flag("--json", options.json, "The result as one JSON object");
  command->callback([command] {
    if (!options.preset.empty()) apply_preset(*command, options);
    require(options.vocab_size > 0, ErrorCode::usage,
            "tokenizer train: give --vocab-size, or a model's --preset");
    check_kind(*command, options.kind);
    train(options);
  });
}

}  // namespace bantam::cli
