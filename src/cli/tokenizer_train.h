// The train subcommand of bantam tokenizer.
#pragma once
#include <string>

namespace CLI {
class App;
}

namespace bantam {
class TextSink;
}

namespace bantam::cli {

// Adds the texts of a file, compressed or not: plain text, or the rows of JSONL. cancelled after Ctrl-C.
void add_training_file(const std::string& path, TextSink& trainer);

void add_tokenizer_train(CLI::App& tokenizer_command);

}  // namespace bantam::cli
