// bantam corpus: writes the shipped corpus, any amount of it, from a seed.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/threads.h"
#include "cli/commands.h"
#include "cli/size_option.h"
#include "data/corpus/corpus.h"

namespace bantam::cli {
namespace {

struct CorpusFlags {
  corpus::Options options;
  uint64_t size = 20'000'000;
  std::string out = "-", split = "train", format = "jsonl", mix;
  int threads = 0;
};

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
  const corpus::Split split = flags.split == "train" ? corpus::Split::train : corpus::Split::valid;
  const corpus::Format format = flags.format == "jsonl" ? corpus::Format::jsonl : corpus::Format::text;
  const InterruptScope interrupts;
  if (flags.out == "-") {
    corpus::generate(options, split, flags.size, format, [](std::string_view piece) {
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
  corpus::generate(options, split, flags.size, format, [&](std::string_view piece) {
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
  add_size_option(*command, "--size", flags->size, "How much to write; ends with a whole document", "20M");
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
