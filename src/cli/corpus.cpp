// bantam corpus: writes the shipped corpus, any amount of it, from a seed.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/threads.h"
#include "cli/commands.h"
#include "data/corpus/corpus.h"

namespace bantam::cli {
namespace {

struct CorpusFlags {
  corpus::Options options;
  std::string size = "20M", out = "-", split = "train", format = "jsonl", mix;
  int threads = 0;
};

// "20M" is 20 million bytes; K, M, G are powers of 1000.
uint64_t parse_size(const std::string& text) {
  size_t used = 0;
  double number = 0;
  try {
    number = std::stod(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  static const std::map<std::string, double> kFactors = {
      {"", 1}, {"b", 1}, {"k", 1e3}, {"m", 1e6}, {"g", 1e9}};
  const auto unit = kFactors.find(CLI::detail::to_lower(text.substr(used)));
  const double factor = unit == kFactors.end() ? 0 : unit->second;
  require(used > 0 && factor > 0 && number > 0 && number * factor <= 1e15, ErrorCode::usage,
          "corpus: --size is '{}'; want a number with K, M or G, for example 20M", text);
  return static_cast<uint64_t>(number * factor);
}

void write_standard_output(std::string_view piece) {
  require(std::fwrite(piece.data(), 1, piece.size(), stdout) == piece.size(), ErrorCode::io,
          "corpus: standard output closed before everything was written");
}

void check_interrupt(const char* what_is_left) {
  if (interrupted()) fail(ErrorCode::cancelled, "corpus: interrupted; {}", what_is_left);
}

void run(const CorpusFlags& flags) {
  corpus::Options options = flags.options;
  if (!flags.mix.empty()) options.mix = corpus::parse_mix(flags.mix);
  if (flags.threads > 0) set_thread_count(flags.threads);
  const uint64_t bytes = parse_size(flags.size);
  const corpus::Split split = flags.split == "train" ? corpus::Split::train : corpus::Split::valid;
  const corpus::Format format = flags.format == "jsonl" ? corpus::Format::jsonl : corpus::Format::text;
  const InterruptScope interrupts;
  if (flags.out == "-") {
    corpus::generate(options, split, bytes, format, [](std::string_view piece) {
      check_interrupt("output ends here");
      write_standard_output(piece);
    });
    require(std::fflush(stdout) == 0, ErrorCode::io,
            "corpus: standard output closed before everything was written");
    return;
  }
  std::error_code known_below;  // where the folder cannot be made, the file says so
  std::filesystem::create_directories(std::filesystem::path(flags.out).parent_path(), known_below);
  AtomicFile file(flags.out);
  corpus::generate(options, split, bytes, format, [&](std::string_view piece) {
    check_interrupt("nothing was written");
    file.write(piece);
  });
  file.commit();
  fmt::print(stderr, "corpus: {} bytes of the {} split in {}\n", file.size(), flags.split, flags.out);
}

}  // namespace

void add_corpus(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "corpus", "Write the shipped synthetic corpus (stories, questions, dialogues, arithmetic)");
  auto flags = std::make_shared<CorpusFlags>();
  command->add_option("--seed", flags->options.seed, "The same seed writes the same text")
      ->capture_default_str();
  command->add_option("--size", flags->size, "How much to write; ends with a whole document")
      ->capture_default_str();
  command->add_option("--out", flags->out, "A file, or - for standard output")->capture_default_str();
  command->add_option("--split", flags->split, "train, or valid: documents that train never contains")
      ->check(CLI::IsMember({"train", "valid"}))
      ->capture_default_str();
  command->add_option("--format", flags->format, "jsonl rows for `bantam pack`, or plain text with ChatML")
      ->check(CLI::IsMember({"jsonl", "text"}))
      ->capture_default_str();
  command->add_option(
      "--mix", flags->mix,
      "Shares of the text, for example stories=45,questions=22,dialogues=13,arithmetic=20,italian=12");
  command
      ->add_option("--threads", flags->threads, "Threads to use (default: all of this process's processors)")
      ->check(CLI::Range(1, 1024));
  command->callback([flags] { run(*flags); });
}

}  // namespace bantam::cli
