// Reads TensorBoard's event files by their definition, with a CRC-32C of its own, bit by bit.
#pragma once
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bantam {

struct ReadEvent {
  double wall_time = 0;
  uint64_t step = 0;
  std::string version;
  bool starts = false;  // SessionLog.START
  std::map<std::string, float> scalars;
  std::map<std::string, std::string> texts;
};

class EventReader {
 public:
  // Throws std::runtime_error on what is not as defined.
  static std::vector<ReadEvent> read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    std::vector<ReadEvent> events;
    for (std::string_view rest = bytes; !rest.empty();) {
      const std::string_view size = take(rest, 8);
      check(take(rest, 4), size);
      const std::string_view message = take(rest, number<uint64_t>(size));
      check(take(rest, 4), message);
      events.push_back(event(message));
    }
    return events;
  }

  // The event files of a folder in the order of their names.
  static std::vector<std::filesystem::path> files(const std::filesystem::path& folder) {
    std::map<std::string, std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (const std::string name = entry.path().filename(); name.find("tfevents") != std::string::npos)
        found[name] = entry.path();
    std::vector<std::filesystem::path> files;
    for (const auto& [name, path] : found) files.push_back(path);
    return files;
  }

 private:
  struct Field {
    uint32_t number = 0;
    uint64_t value = 0;
    std::string_view bytes;
  };

  template <class T>
  static T number(std::string_view bytes) {
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  static std::string_view take(std::string_view& rest, uint64_t count) {
    if (count > rest.size()) throw std::runtime_error("a record is cut off");
    const std::string_view taken = rest.substr(0, count);
    rest.remove_prefix(count);
    return taken;
  }
  static void check(std::string_view stored, std::string_view bytes) {
    uint32_t crc = 0xffffffff;
    for (const char c : bytes) {
      crc ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
    }
    crc = ~crc;
    if (number<uint32_t>(stored) != (crc >> 15 | crc << 17) + 0xa282ead8)
      throw std::runtime_error("a checksum does not match");
  }
  static uint64_t varint(std::string_view& rest) {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(rest, 1)[0]);
      value |= static_cast<uint64_t>(byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
  static std::vector<Field> fields(std::string_view rest) {
    std::vector<Field> all;
    while (!rest.empty()) {
      const uint64_t tag = varint(rest);
      Field field{static_cast<uint32_t>(tag >> 3), 0, {}};
      if ((tag & 7) == 0) field.value = varint(rest);
      if ((tag & 7) == 1) field.bytes = take(rest, 8);
      if ((tag & 7) == 2) field.bytes = take(rest, varint(rest));
      if ((tag & 7) == 5) field.bytes = take(rest, 4);
      all.push_back(field);
    }
    return all;
  }
  static void value(ReadEvent& event, std::string_view message) {
    std::string tag, plugin;
    for (const Field& field : fields(message)) {
      if (field.number == 1) tag = field.bytes;
      if (field.number == 2) event.scalars[tag] = number<float>(field.bytes);
      if (field.number == 8)
        for (const Field& part : fields(field.bytes))
          if (part.number == 8) event.texts[tag] = part.bytes;
      if (field.number == 9)
        for (const Field& part : fields(field.bytes))
          if (part.number == 1) plugin = fields(part.bytes).at(0).bytes;
    }
    if (event.texts.contains(tag) != (plugin == "text"))
      throw std::runtime_error("a text without its plugin");
  }
  static ReadEvent event(std::string_view message) {
    ReadEvent event;
    for (const Field& field : fields(message)) {
      if (field.number == 1) event.wall_time = number<double>(field.bytes);
      if (field.number == 2) event.step = field.value;
      if (field.number == 3) event.version = field.bytes;
      if (field.number == 5)
        for (const Field& part : fields(field.bytes)) value(event, part.bytes);
      if (field.number == 7) event.starts = fields(field.bytes).at(0).value == 1;
    }
    return event;
  }
};

}  // namespace bantam
