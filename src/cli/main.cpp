// bantam: the program. Exit codes: 0 done, 1 failed, 2 wrong usage or config, 130 interrupted; where nothing is to be
// put in order, SIGINT and SIGTERM end it as they end any program.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>

#include "base/error.h"
#include "base/json.h"
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

// CLI11 reads -1 and 2^64 as 2^64 - 1 where a number has no sign.
void check_unsigned(CLI::App& app) {
  for (CLI::Option* option : app.get_options())
    if (option->get_type_name() == "UINT")
      option->check([](const std::string& text) {
        uint64_t value = 0;
        const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool whole = error == std::errc() && stop == text.data() + text.size();
        return whole ? std::string() : text + " is no whole number from 0 to 18446744073709551615";
      });
  for (CLI::App* command : app.get_subcommands({})) check_unsigned(*command);
}

// Words where a command must stand and that are none: CLI11 would only say that one is missing.
void check_commands(const CLI::App& app, int argc, char** argv) {
  const CLI::App* at = &app;
  for (int i = 1; i < argc && argv[i][0] != '-' && at->get_require_subcommand_min() > 0; ++i) {
    const CLI::App* found = nullptr;
    std::vector<std::string> names;
    for (const CLI::App* command : at->get_subcommands({})) {
      names.push_back(command->get_name());
      if (command->get_name() == argv[i]) found = command;
    }
    const std::string near = found != nullptr ? "" : bantam::nearest_name(argv[i], names);
    bantam::require(found != nullptr, bantam::ErrorCode::usage,
                    "there is no command \"{}\"{}; wanted one of: {}", argv[i],
                    near.empty() ? "" : " (did you mean \"" + near + "\"?)", fmt::join(names, ", "));
    at = found;
  }
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
  check_unsigned(app);
  try {
    check_commands(app, argc, argv);
    app.parse(argc, argv);
    return finish(0);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return finish(code == 0 ? 0 : 2);
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
