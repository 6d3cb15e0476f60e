// The inspect subcommand of bantam tokenizer.
#pragma once

namespace CLI {
class App;
}

namespace bantam::cli {

void add_tokenizer_inspect(CLI::App& tokenizer_command);

}  // namespace bantam::cli
