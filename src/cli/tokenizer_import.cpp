// bantam tokenizer import: vocabularies in the files of others to a tokenizer's folder.
#include "cli/tokenizer_import.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>

#include "base/progress.h"
#include "text/foreign_vocabulary.h"

namespace bantam::cli {

void add_tokenizer_import(CLI::App& tokenizer_command) {
  static struct {
    std::string file, out, split;
    std::vector<std::string> special;
  } options;
  CLI::App* command =
      tokenizer_command.add_subcommand("import",
                                       "Make a tokenizer's folder of a vocabulary in another form: a rank "
                                       "file of tiktoken, encoder.json with vocab.bpe or vocab.json with "
                                       "merges.txt (GPT-2), an RWKV World vocabulary");
  std::vector<std::string> splits;
  for (const std::string_view name : split_names()) splits.emplace_back(name);
  command->add_option("file", options.file, "The vocabulary's file, or the folder of a pair of files")
      ->required();
  command
      ->add_option("--split", options.split, "How text is cut into words, where the file's name does not say")
      ->check(CLI::IsMember(splits));
  command
      ->add_option("--special", options.special,
                   "Special tokens: TEXT takes the first free id, TEXT=ID that one (default: what goes "
                   "with the file's name, else <|endoftext|>)")
      ->expected(1, 1 << 20)
      ->allow_extra_args(false);
  command->add_option("--out", options.out, "Folder for the tokenizer's files")->required();
  command->callback([] {
    ForeignOptions how;
    if (!options.split.empty()) how.split = split_named(options.split);
    how.special = options.special;
    const Tokenizer tokenizer = read_foreign_tokenizer(options.file, how);
    tokenizer.save(options.out);
    fmt::print("{}: {}, {} tokens\n",
               (std::filesystem::path(options.out) / tokenizer.model().file_name()).string(),
               tokenizer.model().kind(), grouped(tokenizer.vocab_size()));
  });
}

}  // namespace bantam::cli
