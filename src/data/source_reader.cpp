#include "data/source_reader.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"

namespace bantam {
namespace fs = std::filesystem;
namespace {

constexpr size_t kRead = size_t{1} << 18;
constexpr size_t kFirstLine = size_t{1} << 20;  // of a stream, looked at to know its kind
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

// Where to end a part within `text`: after a run of newlines, else before a space, else between two
// characters. Cutting there leaves nearly all tokens as they would be in one piece.
size_t cut_point(std::string_view text) {
  for (size_t newline = text.rfind('\n'); newline != std::string_view::npos && newline > 0;
       newline = text.rfind('\n', newline - 1)) {
    if (newline + 1 < text.size() && std::strchr(" \t\r\n", text[newline + 1]) == nullptr) return newline + 1;
    if (newline < text.size() / 2) break;
  }
  const size_t space = text.find_last_of(" \n");
  if (space != std::string_view::npos && space > text.size() / 2) return space;
  size_t cut = text.size();
  while (cut > text.size() - 4 && cut > 1 && (static_cast<unsigned char>(text[cut - 1]) & 0xc0) == 0x80)
    --cut;
  return static_cast<unsigned char>(text[cut - 1]) >= 0xc0 ? cut - 1 : text.size();
}

FileKind kind_of_stream(CompressedReader& reader) {
  std::string_view line = reader.peek(kFirstLine);
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  line = line.substr(0, line.find('\n'));
  if (!line.starts_with('{')) return FileKind::text;
  try {
    return parse_json(line, "").is_object() ? FileKind::jsonl : FileKind::text;
  } catch (const Error&) {
    return FileKind::text;
  }
}

}  // namespace

std::vector<SourceFile> source_files(const fs::path& source) {
  std::error_code error;
  const fs::file_status status = fs::status(source, error);
  require(fs::exists(status) || source == "-", ErrorCode::not_found, "{}: does not exist", source.string());
  if (!fs::is_directory(status)) return {{source, source == "-" ? "-" : source.filename().string()}};
  std::vector<SourceFile> files;
  for (auto entry = fs::recursive_directory_iterator(source); entry != fs::recursive_directory_iterator();
       ++entry) {
    const bool hidden = entry->path().filename().string().starts_with('.');
    if (hidden && entry->is_directory()) entry.disable_recursion_pending();
    if (!hidden && entry->is_regular_file())
      files.push_back({entry->path(), entry->path().lexically_relative(source).generic_string()});
  }
  require(!files.empty(), ErrorCode::invalid, "{}: is a folder without files", source.string());
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.name < b.name; });
  return files;
}

std::string category_of_folder(const fs::path& source, const SourceFile& file) {
  if (source == "-") return {};
  std::error_code error;
  const fs::path below(file.name);
  if (fs::is_directory(source, error) && below.has_parent_path()) return below.begin()->string();
  return fs::absolute(file.path).lexically_normal().parent_path().filename().string();
}

FileKind file_kind(const fs::path& path) {
  const fs::path extension = without_compression_suffix(path).extension();
  if (extension == ".jsonl" || extension == ".ndjson") return FileKind::jsonl;
  if (extension == ".json") return FileKind::json;
  return extension == ".npy" ? FileKind::npy : FileKind::text;
}

SourceReader::SourceReader(const fs::path& file, const Options& options)
    : options_(options), reader_(file), kind_(file == "-" ? kind_of_stream(reader_) : file_kind(file)) {
  BANTAM_ASSERT(options.documents != DocumentRule::separator || !options.separator.empty());
  if (kind_ == FileKind::json)
    values_ = std::make_unique<JsonValues>(reader_, options.longest_line, file.string());
  else if (kind_ == FileKind::jsonl || options.documents == DocumentRule::line ||
           options.documents == DocumentRule::blank_line)
    lines_ = std::make_unique<LineReader>(reader_, options.longest_line);
}

SourceReader::~SourceReader() = default;

bool SourceReader::next(TextUnit& unit) {
  unit = {};
  if (!next_unit(unit)) return false;
  documents_ += unit.begins;
  unit.document = documents_ - 1;
  return true;
}

bool SourceReader::next_unit(TextUnit& unit) {
  if (kind_ == FileKind::json) return next_value(unit);
  if (kind_ == FileKind::jsonl || options_.documents == DocumentRule::line) return next_line(unit);
  return options_.documents == DocumentRule::blank_line ? next_paragraph(unit) : next_part(unit);
}

bool SourceReader::next_value(TextUnit& unit) {
  JsonValues::Value value;
  if (!values_->next(value)) return false;
  unit.text = std::move(value.text);
  unit.line = value.line;
  unit.line_too_long = value.too_long;
  return true;
}

bool SourceReader::next_line(TextUnit& unit) {
  LineReader::Line line;
  while (lines_->next(line)) {
    if (line.number == 1 && line.text.starts_with(kByteOrderMark))
      line.text.remove_prefix(kByteOrderMark.size());
    if (!line.too_long && is_blank(line.text)) continue;
    unit = {.text = std::string(line.text), .line = line.number, .line_too_long = line.too_long};
    return true;
  }
  return false;
}

// Lines joined by newlines until a blank one; a long paragraph is given out in parts.
bool SourceReader::next_paragraph(TextUnit& unit) {
  if (refused_) {
    unit = *std::exchange(refused_, std::nullopt);
    return true;
  }
  LineReader::Line line;
  unit.begins = !inside_;
  while (!ended_ && unit.text.size() < options_.part_bytes) {
    if (!lines_->next(line)) {
      ended_ = true;
      break;
    }
    if (line.number == 1 && line.text.starts_with(kByteOrderMark))
      line.text.remove_prefix(kByteOrderMark.size());
    if (line.too_long) {
      TextUnit refused{.text = std::string(line.text),
                       .line = line.number,
                       .begins = !inside_,
                       .ends = !inside_,
                       .line_too_long = true};
      if (unit.text.empty()) {
        unit = std::move(refused);
      } else {
        unit.ends = refused.begins = refused.ends = false;
        inside_ = true;
        refused_ = std::move(refused);
      }
      return true;
    }
    if (is_blank(line.text)) {
      if (inside_ || !unit.text.empty()) {
        inside_ = false;
        return true;
      }
      continue;
    }
    if (unit.text.empty())
      unit.line = line.number - inside_;  // a continued paragraph's text begins with a newline
    if (inside_ || !unit.text.empty()) unit.text += '\n';
    unit.text += line.text;
  }
  unit.ends = ended_;
  const bool anything = inside_ || !unit.text.empty();
  inside_ = !ended_;
  return anything;
}

bool SourceReader::fill() {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  const size_t kept = buffer_.size();
  buffer_.resize(kept + kRead);
  const size_t bytes = reader_.read(std::span(buffer_).subspan(kept));
  buffer_.resize(kept + bytes);
  ended_ = bytes < kRead;
  if (std::exchange(first_, false) && buffer_.starts_with(kByteOrderMark)) begin_ = kByteOrderMark.size();
  return bytes > 0;
}

// Moves `bytes` from the front of the buffer into the unit; at a document's end its outer newlines are
// dropped where a separator marked it.
void SourceReader::give(size_t bytes, bool ends, TextUnit& unit) {
  unit.begins = !inside_;
  unit.ends = ends;
  unit.line = line_;
  unit.text.assign(buffer_, begin_, bytes);
  line_ += static_cast<uint64_t>(std::count(unit.text.begin(), unit.text.end(), '\n'));
  begin_ += bytes;
  searched_ = 0;
  inside_ = !ends;
  if (options_.documents != DocumentRule::separator) return;
  if (unit.begins) {
    const size_t text = std::min(unit.text.find_first_not_of("\r\n"), unit.text.size());
    unit.line += static_cast<uint64_t>(
        std::count(unit.text.begin(), unit.text.begin() + static_cast<long>(text), '\n'));
    unit.text.erase(0, text);
  }
  if (unit.ends) unit.text.erase(unit.text.find_last_not_of("\r\n") + 1);
}

bool SourceReader::next_part(TextUnit& unit) {
  const std::string& separator = options_.separator;
  while (true) {
    const size_t held = buffer_.size() - begin_;
    if (options_.documents == DocumentRule::separator) {
      const size_t found = buffer_.find(separator, begin_ + searched_);
      if (found != std::string::npos && found - begin_ <= 2 * options_.part_bytes) {
        const bool anything = inside_ || !is_blank(std::string_view(buffer_).substr(begin_, found - begin_));
        give(found - begin_, true, unit);
        line_ += static_cast<uint64_t>(std::count(separator.begin(), separator.end(), '\n'));
        begin_ += separator.size();
        if (anything) return true;
        continue;
      }
      searched_ = held < separator.size() ? 0 : held - separator.size() + 1;
    }
    if (held > options_.part_bytes + separator.size()) {
      give(cut_point(std::string_view(buffer_).substr(begin_, options_.part_bytes)), false, unit);
      return true;
    }
    if (ended_) {
      if (!inside_ &&
          (held == 0 || (!separator.empty() && is_blank(std::string_view(buffer_).substr(begin_)))))
        return false;
      give(held, true, unit);
      return true;
    }
    fill();
  }
}

std::vector<TextUnit> read_units(SourceReader& reader, size_t bytes, size_t count) {
  std::vector<TextUnit> units;
  TextUnit unit;
  for (size_t held = 0; held < bytes && units.size() < count && reader.next(unit);) {
    held += unit.text.size();
    units.push_back(std::move(unit));
  }
  return units;
}

}  // namespace bantam
