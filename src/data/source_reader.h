// Reads the files of a source from front to back and cuts them into units small enough to share among
// threads: a row of JSONL, or a part of a text document. Memory is bounded by the unit and the longest line,
// whatever the files hold.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/json_values.h"
#include "formats/compressed.h"

namespace bantam {

// What makes a document of a text file.
enum class DocumentRule {
  file,        // the whole file
  line,        // each line that is not blank
  blank_line,  // what stands between blank lines
  separator,   // what stands between occurrences of a string, without the newlines at its ends
};

struct SourceFile {
  std::filesystem::path path;
  std::string name;  // relative to the source
};

// The files of a source: itself, or all files below a folder but hidden ones, sorted by name. not_found,
// invalid.
std::vector<SourceFile> source_files(const std::filesystem::path& source);

// The category of a file by its folder: the first folder below the source's, or, for a file that lies in none, the name
// of the folder that holds it. Empty at the root of a file system, and for standard input.
std::string category_of_folder(const std::filesystem::path& source, const SourceFile& file);

enum class FileKind { text, jsonl, json, npy };
// Whether its documents are rows.
inline bool has_rows(FileKind kind) { return kind == FileKind::jsonl || kind == FileKind::json; }
FileKind file_kind(const std::filesystem::path& path);  // by its name, a compression suffix aside

struct TextUnit {
  std::string text;
  uint64_t line = 1;                // of its first byte
  uint64_t document = 0;            // of the file, from 0
  bool begins = true, ends = true;  // of a document; a long one comes in parts
  bool line_too_long = false;       // `text` is only the beginning
};

class SourceReader {
 public:
  struct Options {
    DocumentRule documents = DocumentRule::file;
    std::string separator = {};  // for DocumentRule::separator
    size_t part_bytes =
        256 << 10;  // about the size of a document's parts; they end at a line's end where one is
    size_t longest_line = 64 << 20;  // of JSONL and DocumentRule::line; also of a row of .json
  };
  SourceReader(const std::filesystem::path& file, const Options& options);
  ~SourceReader();

  bool next(TextUnit& unit);  // false at the end; corrupt, io

  // That of the file's name; standard input is jsonl where its first line is a JSON object.
  FileKind kind() const { return kind_; }
  const CompressedReader& file() const { return reader_; }
  CompressedReader& file() { return reader_; }       // for who takes a text as it is, instead of next()
  std::string sha256() { return reader_.sha256(); }  // after the end

 private:
  bool next_unit(TextUnit& unit);
  bool next_line(TextUnit& unit);
  bool next_value(TextUnit& unit);
  bool next_paragraph(TextUnit& unit);
  bool next_part(TextUnit& unit);
  bool fill();
  void give(size_t bytes, bool ends, TextUnit& unit);

  Options options_;
  CompressedReader reader_;
  FileKind kind_;
  std::unique_ptr<LineReader> lines_;
  std::unique_ptr<JsonValues> values_;
  uint64_t documents_ = 0;  // begun
  std::string buffer_;
  size_t begin_ = 0;     // the part of buffer_ not given out yet
  size_t searched_ = 0;  // from begin_ on, without a separator
  uint64_t line_ = 1;
  bool inside_ = false;  // a part of the current document has been given out
  bool ended_ = false, first_ = true;
  std::optional<TextUnit> refused_;  // a line that was too long, after what came before it
};

// The next units, until there are `count` of them or `bytes` of text; empty at the end.
std::vector<TextUnit> read_units(SourceReader& reader, size_t bytes, size_t count);

}  // namespace bantam
