// What another program prints.
#pragma once
#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace bantam {

// The standard output of a shell command, which must succeed.
inline std::string output_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  char buffer[4096];
  while (const size_t count = fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, count);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return text;
}

}  // namespace bantam
