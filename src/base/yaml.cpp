#include "base/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unordered_set>

#include "base/error.h"
#include "base/file.h"

namespace bantam {
namespace {

constexpr int kDepth = 64;
constexpr size_t kNodes = 1'000'000;

// The integers and decimals of YAML 1.2's core schema, less its octal, hexadecimal and infinite forms.
bool is_number(std::string_view text) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t begin = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - begin;
  };
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
  const size_t whole = digits();
  size_t fraction = 0;
  if (i < text.size() && text[i] == '.') {
    ++i;
    fraction = digits();
  }
  if (whole + fraction == 0) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

Json plain_scalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (!is_number(text)) return text;
  const std::string_view unsigned_text = std::string_view(text).substr(text[0] == '+' ? 1 : 0);
  const char *begin = unsigned_text.data(), *end = begin + unsigned_text.size();
  uint64_t natural = 0;
  if (const auto [stop, error] = std::from_chars(begin, end, natural); error == std::errc() && stop == end)
    return natural;
  int64_t integer = 0;
  if (const auto [stop, error] = std::from_chars(begin, end, integer); error == std::errc() && stop == end)
    return integer;
  double value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) return text;
  return value;
}

bool is_utf8(const std::string& text) {
  try {
    (void)Json(text).dump();
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

class Converter {
 public:
  explicit Converter(std::string_view where) : where_(where) {}

  Json convert(const YAML::Node& node, int depth) {
    check(depth < kDepth, node, "YAML is nested too deep");
    check(++nodes_ < kNodes, node, "YAML has too many values; aliases may repeat them");
    switch (node.Type()) {
      case YAML::NodeType::Scalar:
        return node.Tag() == "!" ? Json(text_of(node)) : plain_scalar(text_of(node));
      case YAML::NodeType::Sequence: {
        Json list = Json::array();
        for (const auto& item : node) list.push_back(convert(item, depth + 1));
        return list;
      }
      case YAML::NodeType::Map:
        return convert_map(node, depth);
      default:
        return nullptr;
    }
  }

 private:
  Json convert_map(const YAML::Node& node, int depth) {
    Json object = Json::object();
    std::unordered_set<std::string> keys;
    for (const auto& entry : node) {
      check(entry.first.IsScalar(), entry.first, "a key is not a plain text");
      const std::string& key = text_of(entry.first);
      check(key != "<<", entry.first, "merge keys are not supported");
      check(keys.insert(key).second, entry.first, fmt::format("the key \"{}\" stands twice", key));
      object.get_ref<Json::object_t&>().emplace_back(key, convert(entry.second, depth + 1));
    }
    return object;
  }
  // yaml-cpp makes one byte of the escapes \N and \_, which is no UTF-8.
  const std::string& text_of(const YAML::Node& scalar) const {
    check(is_utf8(scalar.Scalar()), scalar,
          "the text is not UTF-8 (the escapes \\N and \\_ are not supported)");
    return scalar.Scalar();
  }
  void check(bool ok, const YAML::Node& node, std::string_view what) const {
    require(ok, ErrorCode::usage, "{}: line {}, column {}: {}", where_, node.Mark().line + 1,
            node.Mark().column + 1, what);
  }

  std::string where_;
  size_t nodes_ = 0;
};

std::string flow(const Json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    const bool plain =
        !text.empty() && plain_scalar(text).is_string() &&
        text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./+-") ==
            std::string::npos &&
        text[0] != '-';
    return plain ? text : value.dump();
  }
  if (value.is_array()) {
    std::string text = "[";
    for (const Json& item : value) text += (text.size() > 1 ? ", " : "") + flow(item);
    return text + "]";
  }
  if (value.is_object()) {
    std::string text = "{";
    for (const auto& [key, item] : value.items())
      text += (text.size() > 1 ? ", " : "") + flow(Json(key)) + ": " + flow(item);
    return text + "}";
  }
  return value.dump();
}

void dump_block(const Json& object, const std::string& path, int indent,
                FunctionRef<std::string(const std::string&)> comment, std::string& out) {
  for (const auto& [key, value] : object.items()) {
    const std::string inner = path.empty() ? key : path + "." + key;
    std::string line = std::string(static_cast<size_t>(indent), ' ') + flow(Json(key)) + ":";
    const bool block = value.is_object() && !value.empty();
    if (!block) line += " " + flow(value);
    const std::string remark = comment(inner);
    if (!remark.empty()) {
      line.resize(std::max(line.size() + 2, size_t{40}), ' ');
      line += "# " + remark;
    }
    out += line + "\n";
    if (block) dump_block(value, inner, indent + 2, comment, out);
  }
}

class IgnoreEvents final : public YAML::EventHandler {
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}
};

// Whether there is a document. usage: more than one. YAML::LoadAll would find documents without end in a
// stray ",", which yaml-cpp never gets past.
bool holds_document(const std::string& text, std::string_view where) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  IgnoreEvents ignore;
  if (!parser.HandleNextDocument(ignore)) return false;
  require(!parser.HandleNextDocument(ignore), ErrorCode::usage, "{}: holds more than one YAML document",
          where);
  return true;
}

// usage: a line that is not UTF-8, which yaml-cpp takes and which could never be written again.
void check_utf8(std::string_view text, std::string_view where) {
  for (size_t line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    try {
      (void)Json(text.substr(0, end)).dump();  // strict
    } catch (const Json::type_error&) {
      fail(ErrorCode::usage, "{}: line {} is not valid UTF-8", where, line);
    }
    text.remove_prefix(end);
  }
}

}  // namespace

Json parse_yaml(std::string_view text, std::string_view where) {
  check_utf8(text, where);
  try {
    const std::string content(text);
    return holds_document(content, where) ? Converter(where).convert(YAML::Load(content), 0) : Json();
  } catch (const YAML::Exception& error) {
    fail(ErrorCode::usage, "{}: line {}, column {}: is not valid YAML: {}", where, error.mark.line + 1,
         error.mark.column + 1, error.msg);
  }
}

Json read_yaml(const std::filesystem::path& path) {
  return parse_yaml(read_file(path, uint64_t{16} << 20), path.string());
}

std::string dump_yaml(const Json& object, FunctionRef<std::string(const std::string&)> comment) {
  std::string out;
  dump_block(object, "", 0, comment, out);
  return out;
}

}  // namespace bantam
