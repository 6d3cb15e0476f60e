// log.jsonl: one JSON object a line, each with the number of steps done when it was written. After a restart
// the log goes on as if the run had never stopped: lines of steps that the checkpoint does not hold are
// dropped. The first line carries the version of the format; docs/formats/run.md names the keys.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/json.h"

namespace bantam {

inline constexpr int kRunLogVersion = 1;

class RunLog {
 public:
  // Keeps the lines up to step `resumed`; a line that a dying process left unfinished goes too. unsupported: the log
  // is of a later version.
  RunLog(std::filesystem::path path, uint64_t resumed);
  // An empty log.
  explicit RunLog(std::filesystem::path path);
  ~RunLog();
  RunLog(const RunLog&) = delete;
  RunLog& operator=(const RunLog&) = delete;

  void add(const Json& line);  // io, out_of_memory: the disk
  void sync();                 // durable from here on

 private:
  void open();

  std::filesystem::path path_;
  int descriptor_ = -1;
  bool begins_ = false;  // nothing is in it yet
};

}  // namespace bantam
