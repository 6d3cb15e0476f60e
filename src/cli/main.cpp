// bantam: the program. Exit codes: 0 done, 1 failed, 2 wrong usage or config, 3 planned and does not
// fit, 130 interrupted; where nothing is to be
// put in order, SIGINT and SIGTERM end it as they end any program.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>

#include "base/error.h"
#include "cli/command_line.h"
#include "cli/commands.h"

namespace {

int exit_code(bantam::ErrorCode code) {
  switch (code) {
    case bantam::ErrorCode::usage:
      return 2;
    case bantam::ErrorCode::cancelled:
      return 130;
    default:
      return 1;
  }
}

// A closed stream's number would go to the next file that is opened, and what is printed into that file. What stands
// in for it takes messages, but input and output fail.
void occupy_closed_streams() {
  for (int stream = 0; stream < 3; ++stream)
    if (::fcntl(stream, F_GETFD) < 0) ::open("/dev/null", stream == 1 ? O_RDONLY : O_WRONLY);
}

// Flushes what was printed. Output that nobody received is a failure.
int finish(int code) {
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (written || code != 0) return code;
  std::fprintf(stderr, "bantam: standard output: could not be written: %s\n", std::strerror(errno));
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is an error of the write that meets it
  std::signal(SIGPIPE, SIG_IGN);  // so is a reader who went away: what is being written is cleared up first
  occupy_closed_streams();
  CLI::App app{"Bantam takes a compact language model the whole way, on the machine you own."};
  app.name("bantam");
  app.set_version_flag("--version", std::string("bantam ") + bantam::cli::kVersion);
  app.require_subcommand(1);
  bantam::cli::add_quickstart(app);
  bantam::cli::add_init(app);
  bantam::cli::add_plan(app);
  bantam::cli::add_corpus(app);
  bantam::cli::add_tokenizer(app);
  bantam::cli::add_pack(app);
  bantam::cli::add_train(app);
  bantam::cli::add_report(app);
  bantam::cli::add_generate(app);
  bantam::cli::add_chat(app);
  bantam::cli::add_probe(app);
  bantam::cli::add_inspect(app);
  bantam::cli::add_import(app);
  bantam::cli::add_export(app);
  bantam::cli::add_doctor(app);
  bantam::cli::add_verify(app);
  bantam::cli::add_bench(app);
  bantam::cli::add_completion(app);
  bantam::cli::add_docs(app);
  bantam::cli::check_unsigned(app);
  try {
    bantam::cli::check_commands(app, argc, argv);
    app.parse(argc, argv);
    return finish(0);
  } catch (const CLI::RuntimeError& verdict) {  // a command that has said all and failed nowhere
    return finish(verdict.get_exit_code());
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return finish(app.exit(error));  // what --help and --version print
    std::fprintf(stderr, "bantam: %s\n", bantam::cli::usage_message(app, error).c_str());
    return 2;
  } catch (const bantam::Error& error) {
    std::fprintf(stderr, "bantam: %s\n", error.what());
    return exit_code(error.code());
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr,
                 "bantam: the machine has no memory left for this; run `bantam plan` to see what it needs\n");
    return 1;
  } catch (const std::exception& error) {
    if (std::ferror(stdout) != 0) return finish(0);
    std::fprintf(stderr, "bantam: %s\n", error.what());
    return 1;
  }
}
