// Runs the built program as a user would and gives back all it said.
#pragma once
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "temporary_folder.h"

namespace bantam {

struct ProgramResult {
  int code = -1;  // 128 + signal for one that was killed
  std::string out, err;
};

// One run of BANTAM_BINARY_DIR/`name`. `input` is its standard input.
class Program {
 public:
  Program(const std::vector<std::string>& arguments, const std::string& input = "",
          std::optional<uint64_t> largest_file = {}, const std::string& name = "bantam")
      : name_(name) {
    folder_.write("in", input);
    start(arguments, folder_ / "in", largest_file);
  }
  // Standard input is a pipe in which nothing comes until the program ends. The signal comes when the program handles
  // it, so that it ends in order, and has said `after` on its standard error.
  static ProgramResult interrupted(const std::vector<std::string>& arguments, const std::string& after = "") {
    Program program(arguments, Waiting{});
    while (program.runs() &&
           !(program.handles(SIGINT) && program.content("err").find(after) != std::string::npos))
      ::usleep(10'000);
    ::kill(program.child_, SIGINT);
    return program.wait();
  }
  ProgramResult wait() {
    int status = 0;
    ::waitpid(child_, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content("out"), content("err")};
  }

 private:
  struct Waiting {};
  Program(const std::vector<std::string>& arguments, Waiting) {
    ::mkfifo((folder_ / "in").c_str(), 0600);
    start(arguments, folder_ / "in", {});
  }

  void start(const std::vector<std::string>& arguments, const std::filesystem::path& input,
             std::optional<uint64_t> largest_file) {
    const std::string program = std::string(BANTAM_BINARY_DIR) + "/" + name_;
    std::vector<char*> argv = {const_cast<char*>(program.c_str())};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const std::string out = folder_ / "out", err = folder_ / "err";
    child_ = ::fork();
    if (child_ != 0) return;
    ::dup2(::open(input.c_str(), O_RDWR), 0);  // read and write: a pipe opens at once and never ends
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT, 0600), 1);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT, 0600), 2);
    if (largest_file) {
      const rlimit limit{*largest_file, *largest_file};
      ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ::setenv("BANTAM_THREADS", "2", 0);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }
  bool runs() const {
    siginfo_t state{};
    return ::waitid(P_PID, static_cast<id_t>(child_), &state, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           state.si_pid == 0;
  }
  bool handles(int signal) const {
    std::ifstream status("/proc/" + std::to_string(child_) + "/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("SigCgt:"))
        return (std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1) != 0;
    return false;
  }
  std::string content(const std::string& name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string name_ = "bantam";
  TemporaryFolder folder_;
  pid_t child_ = -1;
};

inline ProgramResult run_program(const std::vector<std::string>& arguments, const std::string& input = "") {
  return Program(arguments, input).wait();
}

// A program of examples/.
inline ProgramResult run_example(const std::string& name, const std::vector<std::string>& arguments) {
  return Program(arguments, "", {}, "examples/" + name).wait();
}

}  // namespace bantam
