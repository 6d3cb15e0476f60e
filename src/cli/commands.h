// The commands of the program. One file a command, cli/<command>.cpp; each defines one function below that adds its
// subcommand. A callback throws Error to fail; main() turns that into the exit code.
#pragma once

namespace CLI {
class App;
}

namespace bantam::cli {

inline constexpr const char* kVersion = "0.1.0";

void add_quickstart(CLI::App& app);
void add_init(CLI::App& app);
void add_plan(CLI::App& app);
void add_corpus(CLI::App& app);
void add_tokenizer(CLI::App& app);
void add_pack(CLI::App& app);
void add_train(CLI::App& app);
void add_report(CLI::App& app);
void add_generate(CLI::App& app);
void add_chat(CLI::App& app);
void add_probe(CLI::App& app);
void add_inspect(CLI::App& app);
void add_import(CLI::App& app);
void add_export(CLI::App& app);
void add_doctor(CLI::App& app);
void add_verify(CLI::App& app);
void add_bench(CLI::App& app);
void add_completion(CLI::App& app);
void add_docs(CLI::App& app);

}  // namespace bantam::cli
