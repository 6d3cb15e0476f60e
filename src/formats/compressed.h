// Files read from front to back, decompressed as they stream: plain, gzip, xz and zstd, one member or many in
// a row. The content decides which it is; a name that promises another compression is an error. Memory is
// bounded whatever the file says, so a decompression bomb costs time only. A cut or damaged stream is an
// error that names the file and the byte, never a silent end.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/file.h"

namespace bantam {

enum class Compression { none, gzip, xz, zstd };
std::string_view name_of(Compression compression);

// "a.jsonl.xz" → "a.jsonl": the name of what is inside.
std::filesystem::path without_compression_suffix(const std::filesystem::path& path);

class CompressedReader {
 public:
  // A file, or "-" for standard input. not_found, io, unsupported (.bz2, .zip and the like).
  explicit CompressedReader(const std::filesystem::path& path);
  ~CompressedReader();
  CompressedReader(const CompressedReader&) = delete;
  CompressedReader& operator=(const CompressedReader&) = delete;

  // Fills `out` as far as the file goes; fewer bytes than asked for come only at the end. corrupt, io, cancelled.
  size_t read(std::span<char> out);
  // What read() will give first: so many bytes, fewer only where the file ends before. Requires: nothing was read.
  std::string_view peek(size_t bytes);

  Compression compression() const { return compression_; }
  uint64_t file_position() const { return file_position_; }  // bytes taken from the file, for progress
  uint64_t file_bytes() const { return file_bytes_; }        // 0 where unknown (a pipe)
  std::string sha256();  // of the file as it is stored; after the end was read

  class Decoder;  // turns stored bytes into bytes; one kind a compression

 private:
  size_t decode(std::span<char> out);
  void wait_for_input();
  void refill();

  std::string where_;
  int descriptor_ = -1;
  Compression compression_ = Compression::none;
  std::unique_ptr<Decoder> decoder_;
  std::unique_ptr<char[]> buffer_;
  std::span<const char> input_;
  std::string peeked_;
  bool input_ended_ = false;
  uint64_t file_position_ = 0, file_bytes_ = 0;
  Sha256 hash_;
};

// The lines of a text, without "\n" or "\r\n". A last line without an end counts; nothing after the last end
// does.
class LineReader {
 public:
  struct Line {
    std::string_view text;  // until the next call
    uint64_t number = 0;    // from 1
    uint64_t offset = 0;    // of its first byte, after decompression
    bool too_long =
        false;  // more than `longest_line` bytes: `text` is its beginning, the rest was passed over
  };

  LineReader(CompressedReader& reader, size_t longest_line);
  bool next(Line& line);  // false at the end

 private:
  bool fill();

  CompressedReader& reader_;
  size_t longest_line_;
  std::string buffer_, kept_;
  size_t begin_ = 0, end_ = 0;  // the part of buffer_ not given out yet
  uint64_t number_ = 0, offset_ = 0;
};

}  // namespace bantam
