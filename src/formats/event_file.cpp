#include "formats/event_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>

#include "base/descriptor.h"
#include "base/error.h"

namespace bantam {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kPrefix = "events.out.tfevents.";

constexpr std::array<uint32_t, 256> kCrcOfByte = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0);
    table[byte] = crc;
  }
  return table;
}();

template <class T>
void append_bits(std::string& out, T value) {
  static_assert(std::endian::native == std::endian::little);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

uint32_t masked(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }

// A message of protocol buffers as it grows. Wire types: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.
class Message {
 public:
  Message& number(uint32_t field, uint64_t value) {
    tag(field, 0);
    varint(value);
    return *this;
  }
  Message& real64(uint32_t field, double value) {
    tag(field, 1);
    append_bits(bytes_, value);
    return *this;
  }
  Message& real32(uint32_t field, float value) {
    tag(field, 5);
    append_bits(bytes_, value);
    return *this;
  }
  Message& text(uint32_t field, std::string_view value) {
    tag(field, 2);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  Message& inner(uint32_t field, const Message& value) { return text(field, value.bytes_); }
  const std::string& bytes() const { return bytes_; }

 private:
  void tag(uint32_t field, uint32_t wire) { varint(field << 3 | wire); }
  void varint(uint64_t value) {
    for (; value >= 128; value >>= 7) bytes_ += static_cast<char>(value | 128);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// Event: wall_time 1, step 2, file_version 3, summary 5, session_log 7.
Message event_at(uint64_t step) { return Message().real64(1, now()).number(2, step); }

// Summary.Value: tag 1, simple_value 2, tensor 8, metadata 9.
Message scalar_value(const std::string& tag, double value) {
  return Message().text(1, tag).real32(2, static_cast<float>(value));
}

// What the plugin "text" shows: a tensor of one string. TensorProto: dtype 1 (DT_STRING 7), tensor_shape 2, string_val 8;
// SummaryMetadata: plugin_data 1, data_class 4 (DATA_CLASS_TENSOR 2).
Message text_value(const std::string& tag, const std::string& text) {
  const Message one = Message().number(1, 1), shape = Message().inner(2, one);
  const Message tensor = Message().number(1, 7).inner(2, shape).text(8, text);
  const Message plugin = Message().text(1, "text");
  return Message().text(1, tag).inner(8, tensor).inner(9, Message().inner(1, plugin).number(4, 2));
}

// The seconds in an event file's name; 0 for another file.
uint64_t seconds_of(const std::string& name) {
  uint64_t seconds = 0;
  if (name.starts_with(kPrefix))
    std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), seconds);
  return seconds;
}

// Later than all that are there: TensorBoard reads files in the order of their names.
uint64_t next_seconds(const fs::path& folder) {
  constexpr uint64_t kLargest = 9'999'999'999;  // of ten digits, beyond which the order of names is another
  uint64_t seconds = std::min(kLargest, static_cast<uint64_t>(now()));
  std::error_code missing;  // then it cannot be opened either, which says more
  for (const auto& entry : fs::directory_iterator(folder, missing))
    if (const uint64_t there = seconds_of(entry.path().filename().string()); there < kLargest)
      seconds = std::max(seconds, there + 1);
  return seconds;
}

}  // namespace

uint32_t crc32c(std::string_view bytes) {
  uint32_t crc = ~uint32_t{0};
  for (const char c : bytes) crc = (crc >> 8) ^ kCrcOfByte[(crc ^ static_cast<unsigned char>(c)) & 255];
  return ~crc;
}

EventFile::EventFile(const fs::path& folder, uint64_t first_step)
    : path_(folder / fmt::format("{}{:010}.bantam", kPrefix, next_seconds(folder))) {
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  require(descriptor_ >= 0, ErrorCode::io, "{}: cannot open it to write: {}", path_.string(),
          std::strerror(errno));
  write(Message().real64(1, now()).text(3, "brain.Event:2").bytes());
  constexpr uint64_t kStart = 1;
  write(event_at(first_step).inner(7, Message().number(1, kStart)).bytes());
}

EventFile::~EventFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void EventFile::add(uint64_t step, const EventSummary& summary) {
  Message values;
  for (const auto& [tag, value] : summary.scalars) values.inner(1, scalar_value(tag, value));
  for (const auto& [tag, text] : summary.texts) values.inner(1, text_value(tag, text));
  write(event_at(step).inner(5, values).bytes());
}

void EventFile::write(std::string_view event) {
  std::string record;
  append_bits(record, static_cast<uint64_t>(event.size()));
  append_bits(record, masked(crc32c(record)));
  record += event;
  append_bits(record, masked(crc32c(event)));
  require(write_whole(descriptor_, record), errno == ENOSPC ? ErrorCode::out_of_memory : ErrorCode::io,
          "{}: cannot write to it: {}", path_.string(), std::strerror(errno));
}

}  // namespace bantam
