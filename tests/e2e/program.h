// The program, run as a user runs it.
#pragma once
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "temporary_folder.h"

namespace bantam {

struct ProgramResult {
  int code = -1;  // 128 + signal when a signal ended it
  std::string out, err;
};

// Runs `bantam` with the given words, standard input holding `input`, two threads.
inline ProgramResult run_program(const std::vector<std::string>& words, const std::string& input = "") {
  const TemporaryFolder folder;
  const std::filesystem::path in = folder.write("in", input), out = folder / "out", err = folder / "err";
  std::string program = BANTAM_BINARY_DIR "/bantam";
  std::vector<char*> arguments = {program.data()};
  std::vector<std::string> copies = words;
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) {
    ::dup2(::open(in.c_str(), O_RDONLY), 0);
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
    ::setenv("BANTAM_THREADS", "2", 0);
    ::execv(program.c_str(), arguments.data());
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  const auto content = [](const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  };
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content(out), content(err)};
}

}  // namespace bantam
