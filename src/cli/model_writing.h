// What the commands that write a model folder share: they never write into what is there, they show how far
// they are, and Ctrl-C ends them with nothing left behind.
#pragma once
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/progress.h"

namespace bantam::cli {

// usage: `folder` exists and is not an empty folder.
inline void require_new_folder(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  require(!fs::exists(folder) || (fs::is_directory(folder) && fs::is_empty(folder)), ErrorCode::usage,
          "{}: {}; wanted the name of a new folder", folder.string(),
          fs::is_directory(folder) ? "is not empty" : "is a file");
}

// A ByteProgress; pass it by std::ref.
class WritingProgress {
 public:
  bool operator()(uint64_t done, uint64_t total) {
    if (!shown_) shown_.emplace("writing and checking", total, Progress::Unit::bytes);
    shown_->at(done);
    return !interrupted();
  }

 private:
  InterruptScope interrupts_;
  std::optional<Progress> shown_;
};

}  // namespace bantam::cli
