#include "data/encoded_unit.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "data/row_shapes.h"
#include "text/unicode.h"

namespace bantam {
namespace {

// The text without the lines that are not UTF-8, each of which is complained about.
std::string valid_lines(std::string_view text, uint64_t line, const std::string& file,
                        std::vector<Complaint>& complaints) {
  std::string kept;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    try {
      require_utf8(text.substr(0, end), fmt::format("{}:{}", file, line));
      kept += text.substr(0, end);
    } catch (const RowError& error) {
      complaints.push_back({error.reason(), error.what()});
    }
    text.remove_prefix(end);
    ++line;
  }
  return kept;
}

void encode_text(const TextUnit& unit, const PackOptions& options, const UnitSource& source,
                 EncodedUnit& result) {
  EncodedRow row;
  if (valid_utf8_prefix(unit.text) == unit.text.size()) {
    options.format.tokenizer.encode(unit.text, Special::none, row.tokens);
    row.text_bytes = unit.text.size();
  } else {
    const std::string kept = valid_lines(unit.text, unit.line, source.name, result.complaints);
    options.format.tokenizer.encode(kept, Special::none, row.tokens);
    row.text_bytes = kept.size();
  }
  row.category = source.category;
  result.rows.push_back(std::move(row));
}

void encode_rows(const TextUnit& unit, const PackOptions& options, const UnitSource& source,
                 const std::string& where, EncodedUnit& result) {
  uint32_t number = 0;
  for_each_row(
      parse_row(unit.text, where), where, options.format.prompt_field, result.left_out,
      [&](const Json& row, const std::string& here) {
        const Verdict* verdict = verdict_on(source.verdicts, unit.document, number++);
        if (verdict != nullptr && verdict->dropped) return result.left_out.add(verdict->reason);
        try {
          result.rows.push_back(encode_row(row, options.format, here, source.folder, source.category));
        } catch (const RowError& error) {
          result.complaints.push_back({error.reason(), error.what()});
        }
      });
}

}  // namespace

double held_out_draw(std::span<const std::byte> content) {
  const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
  return RandomStream(hash_name(text), "held out").uniform(0);
}

EncodedUnit encode_unit(const TextUnit& unit, const PackOptions& options, const UnitSource& source) {
  EncodedUnit result;
  const std::string where = fmt::format("{}:{}", source.name, unit.line);
  if (options.valid_fraction > 0) result.draw = held_out_draw(std::as_bytes(std::span(unit.text)));
  try {
    if (unit.line_too_long)
      throw RowError("line_too_long",
                     fmt::format("{}: is longer than {} bytes; raise --longest-line or split it", where,
                                 options.read.longest_line));
    const Verdict* verdict = source.rows ? nullptr : verdict_on(source.verdicts, unit.document, 0);
    if (verdict != nullptr && verdict->dropped) {
      if (unit.begins) result.left_out.add(verdict->reason);
    } else if (source.rows) {
      encode_rows(unit, options, source, where, result);
    } else {
      encode_text(unit, options, source, result);
    }
  } catch (const RowError& error) {
    result.complaints.push_back({error.reason(), error.what()});
  }
  return result;
}

}  // namespace bantam
