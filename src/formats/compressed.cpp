#include "formats/compressed.h"

#include <fcntl.h>
#include <lzma.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/interrupt.h"

namespace bantam {
namespace {

constexpr size_t kBuffer = size_t{1} << 18;
constexpr uint64_t kDecoderMemory = uint64_t{1} << 30;  // xz -9 asks for 65 MiB, zstd --long=29 for 512 MiB
constexpr int kZstdWindowLog = 29;

struct Suffix {
  std::string_view suffix;
  Compression compression;
};
constexpr Suffix kSuffixes[] = {{".gz", Compression::gzip},
                                {".xz", Compression::xz},
                                {".zst", Compression::zstd},
                                {".zstd", Compression::zstd}};
constexpr std::string_view kOtherSuffixes[] = {".bz2", ".zip", ".7z", ".rar", ".lz4", ".br", ".lzma", ".tar"};

Compression detect(std::span<const char> start) {
  const std::string_view text(start.data(), start.size());
  if (text.starts_with("\x1f\x8b")) return Compression::gzip;
  if (text.starts_with(std::string_view("\xfd\x37zXZ\0", 6))) return Compression::xz;
  if (text.starts_with("\x28\xb5\x2f\xfd")) return Compression::zstd;
  // A zstd skippable frame, 0x184D2A50 … 5F, may come first.
  if (text.size() >= 4 && (text[0] & 0xf0) == 0x50 && text.substr(1, 3) == "\x2a\x4d\x18")
    return Compression::zstd;
  return Compression::none;
}

void check_name(const std::filesystem::path& path, Compression found) {
  const std::string extension = path.extension().string();
  for (const std::string_view other : kOtherSuffixes)
    require(extension != other || found != Compression::none, ErrorCode::unsupported,
            "{}: {} files are not read; want plain, .gz, .xz or .zst", path.string(), other);
  for (const Suffix& known : kSuffixes)
    require(extension != known.suffix || found == known.compression, ErrorCode::corrupt,
            "{}: is named {} but does not begin as {} does", path.string(), known.suffix,
            name_of(known.compression));
}

}  // namespace

// Law: step() takes from `input` and fills `output`; it may do only one of the two, but not neither while
// both have room, unless it says done.
class CompressedReader::Decoder {
 public:
  virtual ~Decoder() = default;
  // Moves the front of both spans. True when the stream may end here. Throws a C string that says what is
  // wrong.
  virtual bool step(std::span<const char>& input, std::span<char>& output, bool input_ended) = 0;
};

namespace {

class PlainDecoder final : public CompressedReader::Decoder {
 public:
  bool step(std::span<const char>& input, std::span<char>& output, bool) override {
    const size_t bytes = std::min(input.size(), output.size());
    std::memcpy(output.data(), input.data(), bytes);
    input = input.subspan(bytes);
    output = output.subspan(bytes);
    return true;
  }
};

class GzipDecoder final : public CompressedReader::Decoder {
 public:
  GzipDecoder() { BANTAM_ASSERT(::inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK); }
  ~GzipDecoder() override { ::inflateEnd(&stream_); }
  bool step(std::span<const char>& input, std::span<char>& output, bool) override {
    if (input.empty() && between_members_) return true;
    if (std::exchange(between_members_, false)) ::inflateReset(&stream_);
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(output.data());
    stream_.avail_out = static_cast<uInt>(std::min(output.size(), size_t{1} << 30));
    const size_t offered = stream_.avail_out;
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END)
      between_members_ = true;
    else if (status != Z_OK && status != Z_BUF_ERROR)
      throw stream_.msg != nullptr ? stream_.msg : "damaged";
    input = input.last(stream_.avail_in);
    output = output.subspan(offered - stream_.avail_out);
    return between_members_;
  }

 private:
  z_stream stream_{};
  bool between_members_ = false;
};

class XzDecoder final : public CompressedReader::Decoder {
 public:
  XzDecoder() {
    BANTAM_ASSERT(::lzma_stream_decoder(&stream_, kDecoderMemory,
                                        LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK) == LZMA_OK);
  }
  ~XzDecoder() override { ::lzma_end(&stream_); }
  bool step(std::span<const char>& input, std::span<char>& output, bool input_ended) override {
    if (done_) return true;
    stream_.next_in = reinterpret_cast<const uint8_t*>(input.data());
    stream_.avail_in = input.size();
    stream_.next_out = reinterpret_cast<uint8_t*>(output.data());
    stream_.avail_out = output.size();
    switch (::lzma_code(&stream_, input_ended ? LZMA_FINISH : LZMA_RUN)) {
      case LZMA_OK:
        break;
      case LZMA_STREAM_END:
        done_ = true;
        break;
      case LZMA_BUF_ERROR:
        break;  // no progress: the caller sees that the end is missing
      case LZMA_MEMLIMIT_ERROR:
        throw "needs more than 1 GiB of memory to decompress";
      case LZMA_FORMAT_ERROR:
        throw "bytes that are not xz data follow the stream";
      case LZMA_UNSUPPORTED_CHECK:
        throw "uses an integrity check that is not supported";
      case LZMA_OPTIONS_ERROR:
        throw "uses an xz option that is not supported";
      default:
        throw "damaged";
    }
    input = input.last(stream_.avail_in);
    output = output.last(stream_.avail_out);
    return done_;
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool done_ = false;
};

class ZstdDecoder final : public CompressedReader::Decoder {
 public:
  ZstdDecoder() : stream_(::ZSTD_createDStream()) {
    BANTAM_ASSERT(stream_ != nullptr);
    ::ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, kZstdWindowLog);
  }
  ~ZstdDecoder() override { ::ZSTD_freeDStream(stream_); }
  bool step(std::span<const char>& input, std::span<char>& output, bool) override {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    if (in.size == 0 && between_frames_) return true;
    const size_t status = ::ZSTD_decompressStream(stream_, &out, &in);
    if (::ZSTD_isError(status)) throw ::ZSTD_getErrorName(status);
    between_frames_ = status == 0;
    input = input.subspan(in.pos);
    output = output.subspan(out.pos);
    return between_frames_;
  }

 private:
  ZSTD_DStream* stream_;
  bool between_frames_ = false;
};

}  // namespace

std::string_view name_of(Compression compression) {
  switch (compression) {
    case Compression::none:
      return "plain";
    case Compression::gzip:
      return "gzip";
    case Compression::xz:
      return "xz";
    case Compression::zstd:
      return "zstd";
  }
  return "?";
}

std::filesystem::path without_compression_suffix(const std::filesystem::path& path) {
  for (const Suffix& known : kSuffixes)
    if (path.extension() == known.suffix) return path.parent_path() / path.stem();
  return path;
}

CompressedReader::CompressedReader(const std::filesystem::path& path)
    : where_(path == "-" ? "standard input" : path.string()), buffer_(new char[kBuffer]) {
  descriptor_ = path == "-" ? ::dup(0) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  require(descriptor_ >= 0, errno == ENOENT ? ErrorCode::not_found : ErrorCode::io, "{}: cannot open it: {}",
          where_, std::strerror(errno));
  try {
    struct stat info {};
    require(::fstat(descriptor_, &info) == 0 && !S_ISDIR(info.st_mode), ErrorCode::io, "{}: is not a file",
            where_);
    if (S_ISREG(info.st_mode)) file_bytes_ = static_cast<uint64_t>(info.st_size);
    refill();
    compression_ = detect(input_);
    if (path != "-") check_name(path, compression_);
    switch (compression_) {
      case Compression::none:
        decoder_ = std::make_unique<PlainDecoder>();
        break;
      case Compression::gzip:
        decoder_ = std::make_unique<GzipDecoder>();
        break;
      case Compression::xz:
        decoder_ = std::make_unique<XzDecoder>();
        break;
      case Compression::zstd:
        decoder_ = std::make_unique<ZstdDecoder>();
        break;
    }
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

CompressedReader::~CompressedReader() { ::close(descriptor_); }

// A pipe may keep a reader waiting for ever; Ctrl-C ends that.
void CompressedReader::wait_for_input() {
  pollfd source{descriptor_, POLLIN, 0};
  while (::poll(&source, 1, 200) <= 0)
    if (interrupted()) fail(ErrorCode::cancelled, "{}: interrupted while reading", where_);
}

// Called only when no stored bytes are left. Reads until the buffer is full, so that a pipe's short reads do
// not hide the bytes that tell the compression.
void CompressedReader::refill() {
  size_t filled = 0;
  while (filled < kBuffer && !input_ended_) {
    if (file_bytes_ == 0) wait_for_input();
    const ssize_t bytes = ::read(descriptor_, buffer_.get() + filled, kBuffer - filled);
    if (bytes < 0 && errno == EINTR) continue;
    require(bytes >= 0, ErrorCode::io, "{}: cannot read it: {}", where_, std::strerror(errno));
    input_ended_ = bytes == 0;
    filled += static_cast<size_t>(bytes);
  }
  hash_.update(buffer_.get(), filled);
  input_ = {buffer_.get(), filled};
  file_position_ += filled;
}

std::string_view CompressedReader::peek(size_t bytes) {
  const size_t had = peeked_.size();
  if (bytes > had) {
    peeked_.resize(bytes);
    peeked_.resize(had + decode(std::span(peeked_).subspan(had)));
  }
  return std::string_view(peeked_).substr(0, bytes);
}

size_t CompressedReader::read(std::span<char> out) {
  const size_t peeked = peeked_.copy(out.data(), out.size());
  peeked_.erase(0, peeked);
  return peeked + decode(out.subspan(peeked));
}

size_t CompressedReader::decode(std::span<char> out) {
  std::span<char> rest = out;
  while (!rest.empty()) {
    if (input_.empty() && !input_ended_) refill();
    const size_t had_input = input_.size(), had_room = rest.size();
    bool may_end = false;
    try {
      may_end = decoder_->step(input_, rest, input_ended_);
    } catch (const char* reason) {
      fail(ErrorCode::corrupt, "{}: its {} stream is damaged near byte {} of {}: {}", where_,
           name_of(compression_), file_position_ - input_.size(), file_position_, reason);
    }
    if (input_.size() != had_input || rest.size() != had_room) continue;
    if (!input_.empty())
      fail(ErrorCode::corrupt, "{}: {} bytes follow its {} stream", where_, input_.size(),
           name_of(compression_));
    if (!input_ended_) continue;
    require(may_end, ErrorCode::corrupt, "{}: its {} stream ends too early, at byte {}; the file was cut",
            where_, name_of(compression_), file_position_);
    break;
  }
  return out.size() - rest.size();
}

std::string CompressedReader::sha256() {
  BANTAM_ASSERT(input_ended_ && input_.empty());
  return hash_.hex();
}

LineReader::LineReader(CompressedReader& reader, size_t longest_line)
    : reader_(reader), longest_line_(longest_line) {
  buffer_.resize(kBuffer);
}

// Makes room behind what is kept and reads on. False when the file has ended.
bool LineReader::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
  const size_t bytes = reader_.read(std::span(buffer_).subspan(end_));
  end_ += bytes;
  return bytes > 0;
}

bool LineReader::next(Line& line) {
  size_t searched = 0;
  bool ended = false;
  const char* newline = nullptr;
  while (true) {
    newline = static_cast<const char*>(
        std::memchr(buffer_.data() + begin_ + searched, '\n', end_ - begin_ - searched));
    if (newline != nullptr || ended) break;
    searched = end_ - begin_;
    if (searched > longest_line_ + 2) break;
    ended = !fill();
  }
  if (newline == nullptr && begin_ == end_) return false;
  const size_t length =
      newline != nullptr ? static_cast<size_t>(newline - buffer_.data()) - begin_ : end_ - begin_;
  line = {{buffer_.data() + begin_, length}, ++number_, offset_, false};
  begin_ += length + (newline != nullptr);
  offset_ += length + (newline != nullptr);
  if (newline != nullptr && line.text.ends_with('\r')) line.text.remove_suffix(1);
  line.too_long = line.text.size() > longest_line_;
  if (!line.too_long) return true;
  kept_.assign(line.text.substr(0, std::min<size_t>(longest_line_, 256)));
  line.text = kept_;
  while (newline == nullptr && !ended) {
    begin_ = end_ = 0;
    ended = !fill();
    newline = static_cast<const char*>(std::memchr(buffer_.data(), '\n', end_));
    begin_ = newline != nullptr ? static_cast<size_t>(newline - buffer_.data()) + 1 : end_;
    offset_ += begin_;
  }
  return true;
}

}  // namespace bantam
