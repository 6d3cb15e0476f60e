// bantam tokenizer train: texts, compressed or not, and JSONL rows to a tokenizer.json.
#include "cli/tokenizer_train.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/json.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/threads.h"
#include "data/source_reader.h"
#include "formats/compressed.h"
#include "text/trainer.h"

namespace bantam::cli {
namespace {

constexpr size_t kLongestRow = size_t{64} << 20;
constexpr int kMostValues = 1 << 20;  // of one option

struct TrainOptions {
  std::vector<std::string> inputs;
  std::string split = "gpt2", sequences = "lines", out;
  BpeTrainerOptions trainer;
  int threads = 0;
  bool json = false;
};

void check_interrupt() {
  if (interrupted()) fail(ErrorCode::cancelled, "tokenizer training: interrupted; nothing was written");
}

// The texts of a row: "text", what is said in "messages", and prompts with their answers.
void add_row(std::string_view line, const std::string& where, BpeTrainer& trainer) {
  const Json row = parse_json(line, where);
  require(row.is_object(), ErrorCode::invalid, "{}: is {}; want an object with \"text\" or \"messages\"",
          where, row.type_name());
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

}  // namespace

void add_training_file(const std::string& path, BpeTrainer& trainer) {
  CompressedReader reader(path);
  Progress progress("reading " + path, reader.file_bytes(), Progress::Unit::bytes);
  if (file_kind(path) == FileKind::jsonl) {
    LineReader lines(reader, kLongestRow);
    for (LineReader::Line line; lines.next(line);) {
      const std::string where = fmt::format("{}:{}", path, line.number);
      require(!line.too_long, ErrorCode::invalid, "{}: the row is longer than {} bytes", where, kLongestRow);
      if (line.text.find_first_not_of(" \t") != std::string_view::npos) add_row(line.text, where, trainer);
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

std::string merges_text(const Tokenizer& tokenizer) {
  std::string text;
  const TokenizerDefinition& definition = tokenizer.definition();
  for (const auto& [left, right] : definition.merges)
    text += definition.vocab[left] + " " + definition.vocab[right] + "\n";
  return text;
}

void report(const TrainOptions& options, const BpeTrainer& trainer, const Tokenizer& tokenizer,
            double read_seconds, double learn_seconds) {
  const WordCounts& words = trainer.words();
  if (trainer.replaced() > 0)
    log_warning("{} invalid pieces of UTF-8 were read as U+FFFD", grouped(trainer.replaced()));
  if (words.forgotten() > 0)
    log_warning(
        "the distinct words outgrew --memory: {} of them, seen at most {} times by then, were forgotten, so "
        "merges may "
        "differ from those of a run with more memory",
        grouped(words.forgotten()), words.forgotten_at_most());
  if (tokenizer.vocab_size() < options.trainer.vocab_size)
    log_warning("the text gave {} of the {} tokens asked for; no further pair was frequent enough",
                grouped(tokenizer.vocab_size()), grouped(options.trainer.vocab_size));
  if (options.json) {
    const Json result = {{"out", options.out},
                         {"vocab_size", tokenizer.vocab_size()},
                         {"merges", tokenizer.definition().merges.size()},
                         {"sha256", tokenizer.sha256()},
                         {"bytes", trainer.bytes()},
                         {"words", words.occurrences()},
                         {"distinct_words", words.distinct()},
                         {"forgotten_words", words.forgotten()},
                         {"replaced_utf8", trainer.replaced()},
                         {"read_seconds", read_seconds},
                         {"learn_seconds", learn_seconds}};
    fmt::print("{}", dump_json(result));
    return;
  }
  fmt::print("{}: {} tokens from {} of text ({} words, {} distinct); read in {:.2f} s, learned in {:.2f} s\n",
             (std::filesystem::path(options.out) / "tokenizer.json").string(),
             grouped(tokenizer.vocab_size()), bytes_text(static_cast<double>(trainer.bytes())),
             grouped(words.occurrences()), grouped(words.distinct()), read_seconds, learn_seconds);
}

void train(TrainOptions options) {
  options.trainer.split = *split_named(options.split);
  options.trainer.sequences = options.sequences == "whole" ? Sequences::whole : Sequences::lines;
  if (options.threads > 0) set_thread_count(options.threads);
  const InterruptScope interrupt;
  BpeTrainer trainer(options.trainer);
  const Clock::time_point start = Clock::now();
  for (const std::string& input : options.inputs) add_training_file(input, trainer);
  require(trainer.bytes() > 0, ErrorCode::invalid, "tokenizer training: the input is empty; want text");
  const double read_seconds = seconds_since(start);
  std::optional<Tokenizer> tokenizer;
  {
    Progress progress("learning merges", options.trainer.vocab_size);
    tokenizer = trainer.train([&](size_t tokens, size_t) {
      progress.at(tokens);
      check_interrupt();
    });
  }
  const double learn_seconds = seconds_since(start) - read_seconds;
  const std::filesystem::path out = options.out;
  const auto write = [&](const std::filesystem::path& folder) {
    tokenizer->save(folder);
    write_file(folder / "merges.txt", merges_text(*tokenizer));
  };
  if (std::filesystem::exists(out)) {
    write(out);  // beside what is there
  } else {
    AtomicFolder folder(out);
    write(folder.staging());
    folder.commit();
  }
  report(options, trainer, *tokenizer, read_seconds, learn_seconds);
}

// A list of values taken as they stand: CLI11 reads "[INST]" as a list of its own where extra arguments are
// allowed.
CLI::Option* add_list(CLI::App& command, const char* name, std::vector<std::string>& values,
                      const char* what) {
  return command.add_option(name, values, what)->expected(1, kMostValues)->allow_extra_args(false);
}

}  // namespace

void add_tokenizer_train(CLI::App& tokenizer_command) {
  static TrainOptions options;
  CLI::App* command = tokenizer_command.add_subcommand(
      "train", "Train byte-level BPE with the merges that Hugging Face tokenizers would learn");
  std::vector<std::string> splits;
  for (const std::string_view name : split_names()) splits.emplace_back(name);
  add_list(*command, "--input,input", options.inputs,
           "Text or JSONL files (.gz, .xz, .zst too), or - for standard input")
      ->required();
  command
      ->add_option("--vocab-size", options.trainer.vocab_size,
                   "Tokens, special ones and the 256 bytes included")
      ->required();
  command->add_option("--split", options.split, "How text is cut into words")
      ->check(CLI::IsMember(splits))
      ->capture_default_str();
  command->add_option("--sequences", options.sequences, "Whether words end at each line, or may span lines")
      ->check(CLI::IsMember({"lines", "whole"}))
      ->capture_default_str();
  add_list(*command, "--special", options.trainer.special, "Special tokens; they get the first ids");
  command->add_option("--min-frequency", options.trainer.min_frequency, "Merge only pairs seen this often");
  command->add_option("--max-token-length", options.trainer.max_token_length,
                      "Merged tokens have fewer bytes than this");
  command->add_option("--memory", options.trainer.memory_bytes, "Bound of the word counts, such as 512M")
      ->transform(CLI::AsSizeValue(false))
      ->default_str("512M");
  command->add_option("--threads", options.threads, "Threads; the result does not depend on them")
      ->check(CLI::PositiveNumber);
  command->add_option("--out", options.out, "Folder for tokenizer.json and merges.txt")->required();
  command->add_flag("--json", options.json, "The result as one JSON object");
  command->callback([] { train(options); });
}

}  // namespace bantam::cli
