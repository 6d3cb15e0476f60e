#include "base/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/yaml.h"

namespace bantam {
namespace {

constexpr double kExactIntegers = 0x1p53;  // doubles above skip whole numbers

std::string number_text(double x) {
  if (x == std::floor(x) && std::abs(x) < 1e15) return fmt::format("{:.0f}", x);
  return fmt::format("{}", x);
}

std::string wanted_number(const FieldLimits& limits, std::string_view kind) {
  const bool low = std::isfinite(limits.low), high = std::isfinite(limits.high);
  if (low && high) return number_text(limits.low) + " to " + number_text(limits.high);
  if (low) return "at least " + number_text(limits.low);
  if (high) return "at most " + number_text(limits.high);
  return std::string(kind);
}

// The number that `json` holds; a text only where suffixes are allowed.
double number_of(const Json& json, const ConfigPath& path, const FieldLimits& limits, std::string_view kind) {
  if (json.is_number()) return json.get<double>();
  if (limits.suffixes && json.is_string())
    if (const auto value = parse_count(json.get_ref<const std::string&>()))
      return static_cast<double>(*value);
  fail_value(path, json, wanted_number(limits, limits.suffixes ? "a count such as 4096, 20M or 1e9" : kind));
}

class BoolType final : public ValueType {
  void read(void* value, const Json& json, const ConfigPath& path, const FieldLimits&) const override {
    if (!json.is_boolean()) fail_value(path, json, "true or false");
    *static_cast<bool*>(value) = json.get<bool>();
  }
  void write(const void* value, Json& json) const override { json = *static_cast<const bool*>(value); }
  std::string name() const override { return "boolean"; }
};

template <class T>
class IntegerType final : public ValueType {
  void read(void* value, const Json& json, const ConfigPath& path, const FieldLimits& limits) const override {
    const auto refuse = [&] { fail_value(path, json, wanted_number(limits, "a whole number")); };
    T result{};
    if (json.is_number_unsigned()) {
      const uint64_t x = json.get<uint64_t>();
      if (!std::in_range<T>(x)) refuse();
      result = static_cast<T>(x);
    } else if (json.is_number_integer()) {
      const int64_t x = json.get<int64_t>();
      if (!std::in_range<T>(x)) refuse();
      result = static_cast<T>(x);
    } else {
      const double x = number_of(json, path, limits, "a whole number");
      if (x != std::floor(x) || std::abs(x) > kExactIntegers || !std::in_range<T>(static_cast<int64_t>(x)))
        refuse();
      result = static_cast<T>(static_cast<int64_t>(x));
    }
    if (static_cast<double>(result) < limits.low || static_cast<double>(result) > limits.high) refuse();
    *static_cast<T*>(value) = result;
  }
  void write(const void* value, Json& json) const override { json = *static_cast<const T*>(value); }
  std::string name() const override { return "integer"; }
};

template <class T>
class RealType final : public ValueType {
  void read(void* value, const Json& json, const ConfigPath& path, const FieldLimits& limits) const override {
    const double x = number_of(json, path, limits, "a number");
    if (!(x >= limits.low && x <= limits.high && std::isfinite(static_cast<T>(x))))
      fail_value(path, json, wanted_number(limits, "a finite number"));
    *static_cast<T*>(value) = static_cast<T>(x);
  }
  // The shortest decimal that reads back as the same T, so that 1e-5f is written as 1e-05.
  void write(const void* value, Json& json) const override {
    char text[64];
    const auto end = std::to_chars(text, text + sizeof text, *static_cast<const T*>(value));
    double x = 0;
    std::from_chars(text, end.ptr, x);
    json = x;
  }
  std::string name() const override { return "number"; }
};

class TextType final : public ValueType {
  void read(void* value, const Json& json, const ConfigPath& path, const FieldLimits& limits) const override {
    if (!json.is_string()) fail_value(path, json, "a text");
    const auto& text = json.get_ref<const std::string&>();
    const auto& choices = limits.choices;
    if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end())
      fail_value(path, json, fmt::format("one of {}", fmt::join(choices, ", ")));
    *static_cast<std::string*>(value) = text;
  }
  void write(const void* value, Json& json) const override { json = *static_cast<const std::string*>(value); }
  std::string name() const override { return "text"; }
};

// One step of a dotted path: a key, or the index of a list item.
std::vector<std::string> split_path(std::string_view path, std::string_view where) {
  std::vector<std::string> steps;
  std::string step;
  const auto end_step = [&] {
    require(!step.empty(), ErrorCode::usage,
            "{}: \"{}\" is no path, wanted keys such as train.lr or layers[0].repeat", where, path);
    steps.push_back(std::exchange(step, {}));
  };
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '.' || path[i] == '[') {
      if (!(path[i] == '.' && i > 0 && path[i - 1] == ']')) end_step();
    } else if (path[i] == ']') {
      end_step();
      require(i + 1 == path.size() || path[i + 1] == '.' || path[i + 1] == '[', ErrorCode::usage,
              "{}: \"{}\" is no path: ']' ends a step", where, path);
    } else {
      step += path[i];
    }
  }
  if (!step.empty() || path.empty() || path.back() != ']') end_step();
  return steps;
}

Json* child_of(Json& parent, const std::string& step, std::string_view path, std::string_view where) {
  if (parent.is_null()) parent = Json::object();
  if (parent.is_object()) return &parent[step];
  require(parent.is_array(), ErrorCode::usage, "{}: {}: \"{}\" is not a group of keys", where, path,
          parent.dump());
  size_t index = 0;
  const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
  require(error == std::errc() && end == step.data() + step.size() && index < parent.size(), ErrorCode::usage,
          "{}: {}: \"{}\" is no item of a list of {}, counted from 0", where, path, step, parent.size());
  return &parent[index];
}

std::string markdown(const Schema& schema, const std::string& title, const Json& defaults) {
  std::string text = fmt::format("## {}\n\n{}\n", title, schema.doc);
  if (!schema.fields.empty()) text += "\n| key | type | default | meaning |\n|---|---|---|---|\n";
  std::string nested;
  for (const Field& field : schema.fields) {
    std::string type = field.limits.suffixes ? "count" : field.type->name();
    if (std::isfinite(field.limits.low) || std::isfinite(field.limits.high))
      type += ", " + wanted_number(field.limits, "");
    if (!field.limits.choices.empty()) type += fmt::format(": {}", fmt::join(field.limits.choices, ", "));
    const Schema* inner = field.type->schema();
    const bool known = defaults.contains(field.name);
    std::string shown = field.required ? "(required)" : "–";
    if (known && inner == nullptr && !field.required && !defaults[field.name].is_null())
      shown = "`" + defaults[field.name].dump() + "`";
    text += fmt::format("| `{}` | {} | {} | {} |\n", field.name, type, shown, field.doc);
    if (inner == nullptr) continue;
    nested += "\n" + markdown(*inner, title + "." + field.name,
                              known && field.type->is_struct() ? defaults[field.name] : Json::object());
  }
  return text + nested;
}

}  // namespace

ConfigPath ConfigPath::key(std::string_view name) const {
  return {where, keys.empty() ? std::string(name) : fmt::format("{}.{}", keys, name)};
}
ConfigPath ConfigPath::item(size_t index) const { return {where, fmt::format("{}[{}]", keys, index)}; }
std::string ConfigPath::text() const { return keys.empty() ? where : fmt::format("{}: {}", where, keys); }

void fail_value(const ConfigPath& path, const Json& is, std::string_view wanted) {
  std::string shown = is.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (is.is_number_float() && !std::isfinite(is.get<double>())) shown = fmt::format("{}", is.get<double>());
  if (shown.size() > 60) shown = shown.substr(0, 57) + "...";
  fail(ErrorCode::usage, "{}: is {}, wanted {}", path.text(), shown, wanted);
}

void fail_unknown_key(const ConfigPath& path, std::string_view key, const std::vector<std::string>& known) {
  const std::string near = nearest_name(key, known);
  fail(ErrorCode::usage, "{}: is no known key{}", path.key(key).text(),
       near.empty() ? fmt::format(", wanted {}{}", known.size() == 1 ? "" : "one of ", fmt::join(known, ", "))
                    : fmt::format("; did you mean \"{}\"?", near));
}

std::optional<uint64_t> parse_count(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  const std::string_view suffix(end, static_cast<size_t>(text.data() + text.size() - end));
  if (suffix == "k" || suffix == "K")
    value *= 1e3;
  else if (suffix == "M")
    value *= 1e6;
  else if (suffix == "G" || suffix == "B")
    value *= 1e9;
  else if (suffix == "T")
    value *= 1e12;
  else if (!suffix.empty())
    return std::nullopt;
  value = std::abs(value - std::round(value)) < 1e-6 * std::abs(value) * 1e-6 ? std::round(value) : value;
  if (!(value >= 0 && value <= kExactIntegers && value == std::floor(value))) return std::nullopt;
  return static_cast<uint64_t>(value);
}

void Schema::read(void* object, const Json& json, const ConfigPath& path,
                  const std::vector<std::string>& consumed) const {
  overlay(object, json, path, consumed);
  check(object, path);
}

void Schema::overlay(void* object, const Json& json, const ConfigPath& path,
                     const std::vector<std::string>& consumed) const {
  if (!json.is_object()) fail_value(path, json, "an object");
  const auto was_consumed = [&](const std::string& key) {
    return std::find(consumed.begin(), consumed.end(), key) != consumed.end();
  };
  for (const auto& [key, value] : json.items()) {
    if (was_consumed(key)) continue;
    const Field* field = find(key);
    if (field == nullptr) {
      std::vector<std::string> known = consumed;
      for (const Field& f : fields) known.push_back(f.name);
      fail_unknown_key(path, key, known);
    }
    field->type->read(field->member(object), value, path.key(key), field->limits);
  }
  for (const Field& field : fields)
    require(!field.required || json.contains(field.name), ErrorCode::usage, "{}: is missing; it is: {}",
            path.key(field.name).text(), field.doc);
}

void Schema::check(const void* object, const ConfigPath& path) const {
  for (const Field& field : fields)
    field.type->check(field.member(const_cast<void*>(object)), path.key(field.name));
  for (const Rule& rule : rules)
    if (const std::string complaint = rule(object); !complaint.empty())
      fail(ErrorCode::usage, "{}: {}", path.text(), complaint);
}

Json Schema::write(const void* object) const {
  Json json = Json::object();
  for (const Field& field : fields) {
    const void* value = field.member(const_cast<void*>(object));
    if (!field.type->absent(value)) field.type->write(value, json[field.name]);
  }
  return json;
}

const Field* Schema::find(std::string_view name) const {
  for (const Field& field : fields)
    if (field.name == name) return &field;
  return nullptr;
}

std::vector<std::string> Schema::paths() const {
  std::vector<std::string> all;
  for (const Field& field : fields) {
    if (!field.type->is_struct()) {
      all.push_back(field.name);
      continue;
    }
    for (const std::string& path : field.type->schema()->paths()) all.push_back(field.name + "." + path);
  }
  return all;
}

std::string config_markdown(const Schema& schema, const std::string& title, const void* defaults) {
  return markdown(schema, title, schema.write(defaults));
}

void set_value(Json& config, std::string_view assignment, std::string_view where) {
  const size_t equals = assignment.find('=');
  require(equals != std::string_view::npos && equals > 0, ErrorCode::usage,
          "{}: \"{}\" sets nothing, wanted PATH=VALUE such as train.lr=3e-4", where, assignment);
  const std::string_view path = assignment.substr(0, equals), text = assignment.substr(equals + 1);
  set_value(config, path, parse_yaml(text, fmt::format("{}: {}", where, path)), where);
}

void set_value(Json& config, std::string_view path, Json value, std::string_view where) {
  Json* target = &config;
  for (const std::string& step : split_path(path, where)) target = child_of(*target, step, path, where);
  *target = std::move(value);
}

namespace detail {

template <>
const ValueType& builtin_type<bool>() {
  static const BoolType type;
  return type;
}
template <>
const ValueType& builtin_type<int>() {
  static const IntegerType<int> type;
  return type;
}
template <>
const ValueType& builtin_type<int64_t>() {
  static const IntegerType<int64_t> type;
  return type;
}
template <>
const ValueType& builtin_type<uint64_t>() {
  static const IntegerType<uint64_t> type;
  return type;
}
template <>
const ValueType& builtin_type<float>() {
  static const RealType<float> type;
  return type;
}
template <>
const ValueType& builtin_type<double>() {
  static const RealType<double> type;
  return type;
}
template <>
const ValueType& builtin_type<std::string>() {
  static const TextType type;
  return type;
}

bool json_is_null(const Json& json) { return json.is_null(); }

void ListType::read(void* value, const Json& json, const ConfigPath& path, const FieldLimits& limits) const {
  if (!json.is_array()) fail_value(path, json, "a " + name());
  resize(value, json.size());
  for (size_t i = 0; i < json.size(); ++i) element().read(at(value, i), json[i], path.item(i), limits);
}

void ListType::check(const void* value, const ConfigPath& path) const {
  for (size_t i = 0; i < size(value); ++i) element().check(at(const_cast<void*>(value), i), path.item(i));
}

void ListType::write(const void* value, Json& json) const {
  json = Json::array();
  for (size_t i = 0; i < size(value); ++i) {
    json.push_back(nullptr);
    element().write(at(const_cast<void*>(value), i), json.back());
  }
}

std::string ListType::name() const { return "list of " + element().name() + "s"; }

void MapType::read(void* value, const Json& json, const ConfigPath& path, const FieldLimits& limits) const {
  if (!json.is_object()) fail_value(path, json, "an object of names and values");
  clear(value);
  for (const auto& [key, item] : json.items()) element().read(at(value, key), item, path.key(key), limits);
}

void MapType::write(const void* value, Json& json) const {
  json = Json::object();
  for (const std::string& key : keys(value)) element().write(at(const_cast<void*>(value), key), json[key]);
}

void PairType::read(void* value, const Json& json, const ConfigPath& path, const FieldLimits& limits) const {
  if (!json.is_array() || json.size() != 2) fail_value(path, json, "a list of two");
  const auto [first, second] = halves(value);
  first.type.read(first.value, json[0], path.item(0), limits);
  second.type.read(second.value, json[1], path.item(1), limits);
}

void PairType::write(const void* value, Json& json) const {
  const auto [first, second] = halves(const_cast<void*>(value));
  json = Json::array({nullptr, nullptr});
  first.type.write(first.value, json[0]);
  second.type.write(second.value, json[1]);
}

std::string PairType::name() const {
  const auto [first, second] = halves(nullptr);
  return fmt::format("[{}, {}]", first.type.name(), second.type.name());
}

void StructType::read(void* value, const Json& json, const ConfigPath& path, const FieldLimits&) const {
  schema()->overlay(value, json, path);
}

void StructType::check(const void* value, const ConfigPath& path) const { schema()->check(value, path); }

void StructType::write(const void* value, Json& json) const { json = schema()->write(value); }

void EnumType::read(void* value, const Json& json, const ConfigPath& path, const FieldLimits&) const {
  const std::vector<std::string> known = all_names();
  if (json.is_string()) {
    const auto found = std::find(known.begin(), known.end(), json.get_ref<const std::string&>());
    if (found != known.end()) return set(value, static_cast<size_t>(found - known.begin()));
  }
  fail_value(path, json, fmt::format("{}{}", known.size() == 1 ? "" : "one of ", fmt::join(known, ", ")));
}

void EnumType::write(const void* value, Json& json) const { json = all_names().at(get(value)); }

std::string EnumType::name() const { return fmt::format("{}", fmt::join(all_names(), " / ")); }

std::string member_name(std::string_view pretty) {
  // "… [with auto Member = &bantam::Recipe::lr; …]" or "… [Member = &bantam::Recipe::lr]"
  const size_t start = pretty.find("Member = ");
  BANTAM_ASSERT(start != std::string_view::npos);
  std::string_view name = pretty.substr(start, pretty.find_first_of(";]", start) - start);
  const size_t colons = name.rfind("::");
  BANTAM_ASSERT(colons != std::string_view::npos);
  name = name.substr(colons + 2);
  const auto in_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  const auto end = std::find_if_not(name.begin(), name.end(), in_name);
  return std::string(name.begin(), end);
}

}  // namespace detail
}  // namespace bantam
