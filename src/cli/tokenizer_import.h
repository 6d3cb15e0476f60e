// The import subcommand of bantam tokenizer.
#pragma once

namespace CLI {
class App;
}

namespace bantam::cli {

void add_tokenizer_import(CLI::App& tokenizer_command);

}  // namespace bantam::cli
