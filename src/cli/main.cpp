// bantam: the program. Exit codes: 0 done, 1 failed, 2 wrong usage or config, 130 interrupted.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <new>

#include "base/error.h"
#include "cli/commands.h"

namespace {

int exit_code(bantam::ErrorCode code) {
  switch (code) {
    case bantam::ErrorCode::usage: return 2;
    case bantam::ErrorCode::cancelled: return 130;
    default: return 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is an error of the write that meets it
  CLI::App app{"Bantam takes a compact language model the whole way, on the machine you own."};
  app.name("bantam");
  app.set_version_flag("--version", "bantam 0.1.0");
  app.require_subcommand(1);
  bantam::cli::add_quickstart(app);
  bantam::cli::add_init(app);
  bantam::cli::add_plan(app);
  bantam::cli::add_corpus(app);
  bantam::cli::add_tokenizer(app);
  bantam::cli::add_pack(app);
  bantam::cli::add_train(app);
  bantam::cli::add_generate(app);
  bantam::cli::add_chat(app);
  bantam::cli::add_probe(app);
  bantam::cli::add_inspect(app);
  bantam::cli::add_bench(app);
  bantam::cli::add_docs(app);
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  } catch (const bantam::Error& error) {
    std::fprintf(stderr, "bantam: %s\n", error.what());
    return exit_code(error.code());
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "bantam: the machine has no memory left for this; run `bantam plan` to see what it needs\n");
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bantam: %s\n", error.what());
    return 1;
  }
}
