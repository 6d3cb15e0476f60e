#include "formats/zip.h"

#include <zlib.h>

#include <algorithm>

#include "base/error.h"

namespace bantam {
namespace {

// PKWARE's APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16 and 4.5.3.
constexpr uint32_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd = 0x06054b50, kLongEnd = 0x06064b50,
                   kLongEndLocator = 0x07064b50;
constexpr uint64_t kLocalBytes = 30, kCentralBytes = 46, kEndBytes = 22, kLongEndBytes = 56,
                   kLocatorBytes = 20, kAlignment = 64;
constexpr uint32_t kAbsent32 = 0xFFFFFFFF;
constexpr uint16_t kAbsent16 = 0xFFFF;
constexpr size_t kLongestName = 4096, kMostMembers = 1 << 20;

class Reader {
 public:
  Reader(std::span<const std::byte> file, std::string_view where) : file_(file), where_(where) {}

  std::vector<ZipMember> members() {
    find_directory();
    std::vector<ZipMember> members;
    uint64_t at = directory_;
    for (uint64_t i = 0; i < count_; ++i) {
      members.push_back(member(at));
      at += kCentralBytes + number(at + 28, 2) + number(at + 30, 2) + number(at + 32, 2);
    }
    check_distinct(members);
    return members;
  }

 private:
  uint64_t number(uint64_t at, uint64_t bytes) const {
    require(at <= file_.size() && bytes <= file_.size() - at, ErrorCode::corrupt,
            "{}: the zip archive is cut off at byte {}", where_, file_.size());
    uint64_t value = 0;
    for (uint64_t i = bytes; i-- > 0;) value = value << 8 | static_cast<uint64_t>(file_[at + i]);
    return value;
  }
  std::string text(uint64_t at, uint64_t bytes) const {
    number(at, 0);
    require(bytes <= file_.size() - at, ErrorCode::corrupt, "{}: a name in the zip archive is cut off",
            where_);
    return {reinterpret_cast<const char*>(file_.data()) + at, bytes};
  }
  void expect(bool ok, std::string_view what) const {
    require(ok, ErrorCode::corrupt, "{}: the zip archive {}", where_, what);
  }

  // The end record stands last; behind it only its own comment.
  void find_directory() {
    expect(file_.size() >= kEndBytes, "has no end record");
    uint64_t at = file_.size() - kEndBytes;
    const uint64_t first = at - std::min<uint64_t>(at, 0xFFFF);
    while (number(at, 4) != kEnd || number(at + 20, 2) != file_.size() - at - kEndBytes) {
      expect(at > first, "has no end record: it was cut off, or is no zip archive");
      --at;
    }
    count_ = number(at + 10, 2), directory_ = number(at + 16, 4);
    uint64_t bytes = number(at + 12, 4), end = at;
    if (at >= kLocatorBytes && number(at - kLocatorBytes, 4) == kLongEndLocator) {
      const uint64_t record = number(at - kLocatorBytes + 8, 8);
      expect(record < at && at - record >= kLongEndBytes + kLocatorBytes && number(record, 4) == kLongEnd,
             "has a broken 64-bit end record");
      count_ = number(record + 32, 8), bytes = number(record + 40, 8), directory_ = number(record + 48, 8);
      end = record;
    }
    expect(directory_ <= end && bytes <= end - directory_, "has a directory that lies outside it");
    expect(count_ <= kMostMembers && count_ <= bytes / kCentralBytes,
           "says it has more members than its directory holds");
  }

  ZipMember member(uint64_t at) const {
    expect(number(at, 4) == kCentral, "has a broken directory");
    const uint64_t name_bytes = number(at + 28, 2);
    ZipMember member{text(at + kCentralBytes, name_bytes), 0, number(at + 24, 4)};
    const std::string called = fmt::format("member \"{}\" of", member.name);
    check_name(member.name);
    require((number(at + 8, 2) & 1) == 0, ErrorCode::unsupported, "{}: {} the zip archive is encrypted",
            where_, called);
    require(number(at + 10, 2) == 0, ErrorCode::unsupported,
            "{}: {} the zip archive is compressed by method {}; PyTorch stores its members as they are",
            where_, called, number(at + 10, 2));
    uint64_t compressed = number(at + 20, 4), header = number(at + 42, 4);
    read_long(at + kCentralBytes + name_bytes, number(at + 30, 2), {&member.bytes, &compressed, &header});
    require(compressed == member.bytes, ErrorCode::corrupt, "{}: {} the zip archive has two sizes, {} and {}",
            where_, called, member.bytes, compressed);
    require(header < directory_ && number(header, 4) == kLocal, ErrorCode::corrupt,
            "{}: {} the zip archive has no header where the directory says", where_, called);
    expect(text(header + kLocalBytes, number(header + 26, 2)) == member.name,
           "names a member otherwise than its directory does");
    member.begin = header + kLocalBytes + number(header + 26, 2) + number(header + 28, 2);
    require(member.begin <= directory_ && member.bytes <= directory_ - member.begin, ErrorCode::corrupt,
            "{}: {} the zip archive lies past its end", where_, called);
    return member;
  }

  void check_name(const std::string& name) const {
    const bool leads_out = name.starts_with('/') || name.starts_with("../") || name.ends_with("/..") ||
                           name.find("/../") != std::string::npos || name == ".." ||
                           name.find('\\') != std::string::npos || name.find('\0') != std::string::npos;
    require(!name.empty() && name.size() <= kLongestName && !leads_out, ErrorCode::corrupt,
            "{}: the zip archive has a member \"{}\"; wanted a plain relative name", where_, name);
  }

  // What does not fit into 32 bits stands in an extra field, in this order.
  void read_long(uint64_t at, uint64_t bytes, std::initializer_list<uint64_t*> values) const {
    const uint64_t end = at + bytes;
    while (end - at >= 4) {
      const uint64_t kind = number(at, 2), length = number(at + 2, 2);
      at += 4;
      expect(length <= end - at, "has a broken extra field");
      if (kind == 1) {
        uint64_t from = at;
        for (uint64_t* value : values)
          if (*value == kAbsent32) {
            expect(at + length - from >= 8, "lacks a size of 64 bits");
            *value = number(from, 8);
            from += 8;
          }
        return;
      }
      at += length;
    }
  }

  void check_distinct(std::vector<ZipMember> members) const {
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    for (size_t i = 1; i < members.size(); ++i)
      require(members[i].name != members[i - 1].name, ErrorCode::corrupt,
              "{}: the zip archive has two members \"{}\"", where_, members[i].name);
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
      return std::pair(a.begin, a.bytes) < std::pair(b.begin, b.bytes);
    });
    for (size_t i = 1; i < members.size(); ++i)
      require(members[i - 1].begin + members[i - 1].bytes <= members[i].begin, ErrorCode::corrupt,
              "{}: members \"{}\" and \"{}\" of the zip archive overlap", where_, members[i - 1].name,
              members[i].name);
  }

  std::span<const std::byte> file_;
  std::string_view where_;
  uint64_t directory_ = 0, count_ = 0;
};

// Little-endian numbers, one after the other.
struct Record {
  std::string bytes;
  Record& put(uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
    return *this;
  }
};

constexpr uint64_t kUtf8Names = 0x800, kShortVersion = 20, kLongVersion = 45;

}  // namespace

bool looks_like_zip(std::span<const std::byte> file) {
  static constexpr unsigned char kFirst[] = {'P', 'K', 3, 4};
  return file.size() >= 4 && std::equal(std::begin(kFirst), std::end(kFirst), file.begin(),
                                        [](auto a, auto b) { return std::byte{a} == b; });
}

std::vector<ZipMember> parse_zip(std::span<const std::byte> file, std::string_view where) {
  return Reader(file, where).members();
}

ZipWriter::ZipWriter(const std::filesystem::path& path, uint64_t long_from)
    : file_(path), long_from_(std::min<uint64_t>(long_from, kAbsent32)) {}

void ZipWriter::begin(std::string_view name, uint64_t bytes) {
  end_member();
  const bool is_long = bytes >= long_from_;
  const uint64_t at = file_.size(), fixed = at + kLocalBytes + name.size() + (is_long ? 20 : 0) + 4;
  const uint64_t padding = (kAlignment - fixed % kAlignment) % kAlignment;
  Record header;
  header.put(kLocal, 4).put(is_long ? kLongVersion : kShortVersion, 2).put(kUtf8Names, 2).put(0, 2);
  header.put(0, 2).put(0x21, 2).put(0, 4);  // 1980-01-01: no clock in files; the checksum follows
  header.put(is_long ? kAbsent32 : bytes, 4).put(is_long ? kAbsent32 : bytes, 4).put(name.size(), 2);
  header.put((is_long ? 20 : 0) + 4 + padding, 2).bytes += name;
  if (is_long) header.put(1, 2).put(16, 2).put(bytes, 8).put(bytes, 8);
  header.put(0x4246, 2).put(padding, 2).bytes.append(padding, 'Z');  // as PyTorch pads
  file_.write(header.bytes);
  members_.push_back({std::string(name), at, bytes, 0, 0});
}

void ZipWriter::append(std::span<const std::byte> piece) {
  BANTAM_ASSERT(!members_.empty() && piece.size() <= members_.back().bytes - members_.back().done);
  Member& member = members_.back();
  member.crc = static_cast<uint32_t>(
      ::crc32_z(member.crc, reinterpret_cast<const Bytef*>(piece.data()), piece.size()));
  member.done += piece.size();
  file_.write(piece.data(), piece.size());
}

void ZipWriter::end_member() {
  if (members_.empty()) return;
  const Member& member = members_.back();
  BANTAM_ASSERT(member.done == member.bytes);
  Record crc;
  file_.write_at(member.header + 14, crc.put(member.crc, 4).bytes.data(), 4);
}

void ZipWriter::commit() {
  end_member();
  const uint64_t directory = file_.size();
  for (const Member& member : members_) {
    const bool long_bytes = member.bytes >= long_from_, long_at = member.header >= long_from_;
    const uint64_t extra = (long_bytes ? 16u : 0u) + (long_at ? 8u : 0u);
    const uint64_t version = extra > 0 ? kLongVersion : kShortVersion;
    Record entry;
    entry.put(kCentral, 4)
        .put(version, 2)
        .put(version, 2)
        .put(kUtf8Names, 2)
        .put(0, 2)
        .put(0, 2)
        .put(0x21, 2);
    entry.put(member.crc, 4).put(long_bytes ? kAbsent32 : member.bytes, 4);
    entry.put(long_bytes ? kAbsent32 : member.bytes, 4).put(member.name.size(), 2);
    entry.put(extra > 0 ? extra + 4 : 0, 2).put(0, 2).put(0, 2).put(0, 2).put(0, 4);
    entry.put(long_at ? kAbsent32 : member.header, 4).bytes += member.name;
    if (extra > 0) entry.put(1, 2).put(extra, 2);
    if (long_bytes) entry.put(member.bytes, 8).put(member.bytes, 8);
    if (long_at) entry.put(member.header, 8);
    file_.write(entry.bytes);
  }
  const uint64_t end = file_.size(), bytes = end - directory, count = members_.size();
  const bool is_long = directory >= long_from_ || count >= kAbsent16;
  Record record;
  if (is_long) {
    record.put(kLongEnd, 4).put(kLongEndBytes - 12, 8).put(kLongVersion, 2).put(kLongVersion, 2).put(0, 8);
    record.put(count, 8).put(count, 8).put(bytes, 8).put(directory, 8);
    record.put(kLongEndLocator, 4).put(0, 4).put(end, 8).put(1, 4);
  }
  record.put(kEnd, 4).put(0, 4).put(is_long ? kAbsent16 : count, 2).put(is_long ? kAbsent16 : count, 2);
  record.put(is_long ? kAbsent32 : bytes, 4).put(is_long ? kAbsent32 : directory, 4).put(0, 2);
  file_.write(record.bytes);
  file_.commit();
}

}  // namespace bantam
