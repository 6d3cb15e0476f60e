// TensorBoard's event files: TFRecord framing around messages of TensorFlow's event.proto, written field by field.
//
//   record = length (u64) · masked CRC-32C of it (u32) · message · masked CRC-32C of the message (u32), little-endian;
//   masked(c) = (c >> 15 | c << 17) + 0xa282ead8
//
// Law: a step never stands twice in what TensorBoard shows. A run that goes on writes another file, later in the order
// of names, that opens with SessionLog.START at its first step: whatever earlier files hold from there on is dropped by
// the reader (TensorFlow's purge_step).
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bantam {

struct EventSummary {
  std::vector<std::pair<std::string, double>> scalars;     // tag, value; stored in f32
  std::vector<std::pair<std::string, std::string>> texts;  // tag, Markdown
  bool empty() const { return scalars.empty() && texts.empty(); }
};

class EventFile {
 public:
  // Makes FOLDER/events.out.tfevents.SECONDS.bantam, where SECONDS is the time, or one more than that of the newest there
  // if the clock went back. io, out_of_memory: the disk.
  EventFile(const std::filesystem::path& folder, uint64_t first_step);
  ~EventFile();
  EventFile(const EventFile&) = delete;
  EventFile& operator=(const EventFile&) = delete;

  void add(uint64_t step, const EventSummary& summary);  // goes to the system at once
  const std::filesystem::path& path() const { return path_; }

 private:
  void write(std::string_view event);

  std::filesystem::path path_;
  int descriptor_ = -1;
};

// CRC-32C (Castagnoli), as iSCSI has it: of "123456789" 0xe3069283.
uint32_t crc32c(std::string_view bytes);

}  // namespace bantam
