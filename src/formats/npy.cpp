#include "formats/npy.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "formats/safetensors.h"

namespace bantam {
namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr size_t kLongestHeader = 65535;  // numpy.load itself stops at 10000 bytes
constexpr size_t kDeepestShape = 32;
constexpr size_t kWrittenHeader = 128;  // two lines of 64, so that data starts aligned and any count fits
constexpr size_t kBuffer = size_t{1} << 20;

// Reads the one Python literal of a header: {'descr': '<u2', 'fortran_order': False, 'shape': (3, 4), }
class Literal {
 public:
  Literal(std::string_view text, std::string_view where) : text_(text), where_(where) {}

  NpyHeader parse() {
    NpyHeader header;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = string();
      expect(':');
      if (key == "descr" && !std::exchange(descr_seen_, true))
        header.dtype = dtype();
      else if (key == "fortran_order" && !std::exchange(order_seen_, true))
        fortran_ = boolean();
      else if (key == "shape" && !std::exchange(shape_seen_, true))
        header.shape = tuple();
      else
        fail_here(fmt::format("has an unwanted or repeated key \"{}\"", key));
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (at_ != text_.size()) fail_here("goes on after the dictionary");
    if (!descr_seen_ || !order_seen_ || !shape_seen_) fail_here("lacks descr, fortran_order or shape");
    const auto wide =
        std::count_if(header.shape.begin(), header.shape.end(), [](uint64_t n) { return n != 1; });
    require(!fortran_ || wide <= 1, ErrorCode::unsupported,
            "{}: is stored in Fortran order; save it with numpy.ascontiguousarray", where_);
    return header;
  }

 private:
  [[noreturn]] void fail_here(const std::string& what) {
    fail(ErrorCode::corrupt, "{}: the .npy header, at its byte {}, {}", where_, at_, what);
  }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool accept(char wanted) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) fail_here(fmt::format("lacks a '{}'", wanted));
  }
  std::string_view string() {
    const char quote = accept('\'') ? '\'' : '"';
    if (quote == '"') expect('"');
    const size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) fail_here("has a string without an end");
    const std::string_view value = text_.substr(at_, end - at_);
    at_ = end + 1;
    return value;
  }
  bool boolean() {
    skip_space();
    for (const std::string_view word : {"False", "True"})
      if (text_.substr(at_, word.size()) == word) {
        at_ += word.size();
        return word == "True";
      }
    fail_here("has a fortran_order that is neither True nor False");
  }
  std::vector<uint64_t> tuple() {
    std::vector<uint64_t> values;
    expect('(');
    while (!accept(')')) {
      values.push_back(number());
      if (values.size() > kDeepestShape) fail_here("has too many dimensions");
      if (!accept(',')) {
        if (values.size() == 1) fail_here("has a shape that is no tuple");
        expect(')');
        break;
      }
    }
    return values;
  }
  uint64_t number() {
    skip_space();
    const size_t begin = at_;
    uint64_t value = 0;
    bool overflows = false;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_)
      overflows |= __builtin_mul_overflow(value, uint64_t{10}, &value) ||
                   __builtin_add_overflow(value, static_cast<uint64_t>(text_[at_] - '0'), &value);
    if (at_ == begin || overflows) fail_here("has a dimension that is not an integer from 0 to 2^64 - 1");
    return value;
  }
  StoredDtype dtype() {
    skip_space();
    require(at_ >= text_.size() || text_[at_] != '[', ErrorCode::unsupported,
            "{}: holds structured records; save one plain array a file", where_);
    const std::string_view descr = string();
    const char order = descr.empty() ? '?' : descr[0];
    const std::string_view kind = descr.substr(std::min<size_t>(1, descr.size()));
    require(order != '>', ErrorCode::unsupported, "{}: is big-endian ({}); save it with .astype('<{}')",
            where_, descr, kind);
    for (const StoredDtypeInfo& known : stored_dtypes())
      if (!known.numpy.empty() && known.numpy == kind && (order == '<' || (order == '|' && known.bits == 8)))
        return known.dtype;
    fail(ErrorCode::unsupported, "{}: its element type '{}' is not read; want booleans, integers or floats",
         where_, descr);
  }

  std::string_view text_, where_;
  size_t at_ = 0;
  bool descr_seen_ = false, order_seen_ = false, shape_seen_ = false, fortran_ = false;
};

std::string_view header_text(std::span<const std::byte> file, std::string_view where, uint64_t& data_begin) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  require(text.substr(0, kMagic.size()) == kMagic && text.size() >= 10, ErrorCode::corrupt,
          "{}: does not begin as a .npy file", where);
  const auto byte = [&](size_t i) { return static_cast<size_t>(file[i]); };
  const size_t version = byte(6);
  require(version >= 1 && version <= 3 && byte(7) == 0, ErrorCode::unsupported,
          "{}: is .npy version {}.{}; 1.0, 2.0 and 3.0 are read", where, version, byte(7));
  const size_t begin = version == 1 ? 10 : 12;
  require(text.size() >= begin, ErrorCode::corrupt, "{}: ends inside its .npy header", where);
  size_t length = byte(8) | byte(9) << 8;
  if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
  require(length <= kLongestHeader, ErrorCode::corrupt,
          "{}: says its .npy header has {} bytes; at most {} are read", where, length, kLongestHeader);
  require(length <= text.size() - begin, ErrorCode::corrupt,
          "{}: says its .npy header has {} bytes; {} follow", where, length, text.size() - begin);
  data_begin = begin + length;
  return text.substr(begin, length);
}

}  // namespace

NpyHeader parse_npy(std::span<const std::byte> file, std::string_view where) {
  uint64_t data_begin = 0;
  const std::string_view text = header_text(file, where, data_begin);
  NpyHeader header = Literal(text, where).parse();
  header.data_begin = data_begin;
  const uint64_t wanted = stored_bytes(header.dtype, header.shape, where), held = file.size() - data_begin;
  require(wanted == held, ErrorCode::corrupt,
          "{}: {} [{}] needs {} bytes, the file holds {}; it was cut or extended", where,
          info(header.dtype).name, fmt::join(header.shape, ", "), wanted, held);
  const uint64_t element = static_cast<uint64_t>(info(header.dtype).bits / 8);
  require(
      data_begin % element == 0, ErrorCode::unsupported,
      "{}: its data begins at byte {}, not aligned to elements of {} bytes; save it again with numpy.save",
      where, data_begin, element);
  header.elements = wanted / element;
  return header;
}

NpyFile::NpyFile(const std::filesystem::path& path)
    : file_(path), header_(parse_npy(file_.bytes(), path.string())) {}

void NpyFile::require_dtype(StoredDtype wanted) const {
  require(wanted == header_.dtype, ErrorCode::invalid, "{}: holds {}, want {}", path().string(),
          info(header_.dtype).name, info(wanted).name);
}

NpyWriter::NpyWriter(std::filesystem::path path, StoredDtype dtype, std::vector<uint64_t> row_shape)
    : file_(path), dtype_(dtype), row_shape_(std::move(row_shape)) {
  BANTAM_ASSERT(!info(dtype).numpy.empty());
  row_bytes_ = stored_bytes(dtype, row_shape_, path.string());
  BANTAM_ASSERT(row_bytes_ > 0);
  file_.write(header());
  buffer_.reserve(kBuffer);
}

void NpyWriter::append(std::span<const std::byte> bytes) {
  data_bytes_ += bytes.size();
  if (buffer_.size() + bytes.size() > kBuffer) flush();
  if (bytes.size() >= kBuffer)
    file_.write(bytes.data(), bytes.size());
  else
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

void NpyWriter::commit() {
  BANTAM_ASSERT(data_bytes_ % row_bytes_ == 0);
  flush();
  const std::string final_header = header();
  file_.write_at(0, final_header.data(), final_header.size());
  file_.commit();
}

void NpyWriter::require_dtype(StoredDtype written) const { BANTAM_ASSERT(written == dtype_); }

void NpyWriter::flush() {
  file_.write(buffer_.data(), buffer_.size());
  buffer_.clear();
}

std::string NpyWriter::header() const {
  std::string shape = fmt::format("({},", rows());
  for (const uint64_t size : row_shape_) shape += fmt::format(" {},", size);
  shape.back() = row_shape_.empty() ? ',' : ')';
  if (row_shape_.empty()) shape += ')';
  const StoredDtypeInfo& type = info(dtype_);
  std::string text(kMagic);
  text += std::string_view("\x01\x00\x76\x00", 4);  // version 1.0 and 118 bytes of dictionary
  text += fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': {}, }}",
                      type.bits == 8 ? '|' : '<', type.numpy, shape);
  BANTAM_ASSERT(text.size() < kWrittenHeader);
  text.resize(kWrittenHeader - 1, ' ');
  return text + '\n';
}

}  // namespace bantam
