#include "train/run_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/file.h"
#include "base/format_version.h"

namespace bantam {
namespace {

// The whole lines at the front of `text` that belong to steps up to `last`.
std::string_view lines_up_to(std::string_view text, uint64_t last) {
  size_t kept = 0;
  while (kept < text.size()) {
    const size_t end = text.find('\n', kept);
    if (end == std::string_view::npos) break;
    const Json line = Json::parse(text.substr(kept, end - kept), nullptr, false);
    if (!line.is_object() || !line.contains("step") || !line["step"].is_number_unsigned()) break;
    if (line["step"].get<uint64_t>() > last) break;
    kept = end + 1;
  }
  return text.substr(0, kept);
}

void check_first_line(std::string_view text, const std::string& where) {
  const Json line = Json::parse(text.substr(0, text.find('\n')), nullptr, false);
  check_format_version(line, kRunLogVersion, where);
}

}  // namespace

RunLog::RunLog(std::filesystem::path path) : path_(std::move(path)) {
  write_file(path_, "");
  open();
}

RunLog::RunLog(std::filesystem::path path, uint64_t resumed) : path_(std::move(path)) {
  if (std::filesystem::exists(path_)) {
    const MappedFile file(path_);
    check_first_line(file.text(), path_.string());
    const std::string_view kept = lines_up_to(file.text(), resumed);
    if (kept.size() != file.text().size()) write_file(path_, kept);
  }
  open();
}

RunLog::~RunLog() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void RunLog::open() {
  std::error_code unknown;
  begins_ = std::filesystem::file_size(path_, unknown) == 0 || unknown;
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  require(descriptor_ >= 0, ErrorCode::io, "{}: cannot open it to append: {}", path_.string(),
          std::strerror(errno));
}

void RunLog::add(const Json& line) {
  std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  if (std::exchange(begins_, false))
    text.replace(0, 1, fmt::format("{{\"{}\":{},", kFormatVersion, kRunLogVersion));
  require(write_whole(descriptor_, text), errno == ENOSPC ? ErrorCode::out_of_memory : ErrorCode::io,
          "{}: cannot write to it: {}", path_.string(), std::strerror(errno));
}

void RunLog::sync() {
  require(::fsync(descriptor_) == 0, ErrorCode::io, "{}: cannot sync it: {}", path_.string(),
          std::strerror(errno));
}

}  // namespace bantam
